// Sends forms by script: while one is on its way its button says so, and whatever happens to the connection, to a
// proxy or to the server, the form stays with all that was typed. Only a page of ours replaces it.
import { forget, noticeOf, tell } from "./outcomes.js";
import { status } from "./page.js";
import { go, show } from "./swap.js";

const PATIENCE = 10_000;
const LOOK_EVERY = 5_000;
const LOOK_FOR = 2_000;
const possible = document.getElementById("sending") !== null;
const waiting = new Map();

// Attributes are asked for by name: a field called "target" or "action" hides the form's own property.
const sentByScript = (form) => possible && form.getAttribute("method")?.toLowerCase() === "post" && !form.hasAttribute("data-plain") && !form.hasAttribute("target");

// What carries a key or a revision can be sent again without harm.
const isRepeatable = (form) => form.querySelector('[name="idempotency_key"], [name="rev"]') !== null;

function addressOf(form, submitter) {
  const address = new URL(submitter?.getAttribute("formaction") || form.getAttribute("action") || "", location.href);
  address.hash = "";
  return address;
}

function bodyOf(form, submitter) {
  const fields = [...new FormData(form)];
  if (submitter?.name) fields.push([submitter.name, submitter.value]);
  // Lines end as in a form that the browser sends, so that both ways send the same text.
  return new URLSearchParams(fields.map(([name, value]) => [name, String(value).replace(/\r\n|\r|\n/g, "\r\n")]));
}

function label(button, ...content) {
  button.style.minWidth = `${button.offsetWidth}px`;
  button.replaceChildren(...content);
}

// Nothing is typed into a form that is on its way. What is returned opens it again.
function lock(form, button) {
  const focused = form.contains(document.activeElement) ? document.activeElement : null;
  const controls = [...form.elements].filter((control) => !control.disabled && control.type !== "hidden");
  const spinner = document.getElementById("sending").content.querySelector("[data-spinner]").firstElementChild.cloneNode(true);
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  if (button) {
    label(button, spinner, "Saving…");
    button.classList.add("busy");
  }
  controls.forEach((control) => { control.disabled = true; });
  status("Saving…");
  return () => {
    controls.forEach((control) => { control.disabled = false; });
    button?.classList.remove("busy");
    form.removeAttribute("aria-busy");
    delete form.dataset.sent;
    focused?.focus({ preventScroll: true });
  };
}

async function ask(form, submitter, body) {
  try {
    const answer = await fetch(addressOf(form, submitter), {
      method: "POST",
      body,
      headers: { "X-Cairn-Form": "1", Accept: "text/html" },
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const { headers } = answer;
    return { status: answer.status, page: headers.get("X-Cairn-Page"), to: headers.get("X-Cairn-Location"), text: await answer.text() };
  } catch (error) {
    return { failure: error.name === "TimeoutError" ? "late" : navigator.onLine ? "broken" : "offline" };
  }
}

// Enter presses a button that nobody sees, so that it saves; what tells of it is the one that is seen.
function shownButton(form, submitter) {
  if (submitter && submitter.getAttribute("aria-hidden") !== "true") return submitter;
  return form.querySelector(".btn.primary") ?? form.querySelector(".btn:not([type='button'])");
}

async function send(form, submitter) {
  const button = shownButton(form, submitter);
  const body = bodyOf(form, submitter);
  waiting.delete(form);
  forget(form);
  const open = lock(form, button);
  const answer = await ask(form, submitter, body);
  if (answer.to) {
    delete form.dataset.dirty;
    await go(answer.to);
    return;
  }
  open();
  if (answer.page === "sign-in") {
    sendPlainly(form, submitter);
    return;
  }
  if (answer.page === "page" && show(answer.text, addressOf(form, submitter).href)) return;
  failed(form, submitter, answer);
  if (button) label(button, "Try again");
}

// The browser itself sends it, so that the sign-in page which holds the form is loaded. Nothing is saved by it.
function sendPlainly(form, submitter) {
  if (submitter?.name) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: submitter.name, value: submitter.value });
    form.append(field);
  }
  form.setAttribute("action", addressOf(form, submitter).href);
  HTMLFormElement.prototype.submit.call(form);
}

function failed(form, submitter, answer) {
  const again = isRepeatable(form) ? "" : "-once";
  if (answer.page === "problem" && answer.status < 500 && answer.status !== 429) {
    const page = new DOMParser().parseFromString(answer.text, "text/html");
    const title = document.createElement("b");
    title.textContent = `${page.querySelector("#main h1")?.textContent.trim()}.`;
    tell(form, "problem", [title, ` ${page.querySelector("#main .empty > p")?.textContent.trim() ?? ""}`]);
  } else if (answer.failure === "offline") tell(form, `offline${again}`);
  else if (answer.failure || answer.status === 504 || (answer.page && answer.status === 503)) tell(form, `unknown${again}`);
  else tell(form, "refused");
  // A late answer tells nothing of the connection: it has to be seen broken before it can come back.
  if (answer.failure && !again) {
    waiting.set(form, { submitter, isDown: answer.failure !== "late" });
    if (answer.failure === "late") look();
  }
  document.dispatchEvent(new CustomEvent("cairn:waiting", { detail: waiting.size }));
}

function sendAgain() {
  for (const [form, { submitter, isDown }] of [...waiting]) {
    if (!form.isConnected) waiting.delete(form);
    else if (isDown) send(form, submitter);
  }
}

async function look() {
  if (!waiting.size || !navigator.onLine) return;
  const answer = await fetch("/livez", { cache: "no-store", signal: AbortSignal.timeout(LOOK_FOR) }).catch(() => null);
  if (answer?.ok) sendAgain();
  else waiting.forEach((entry) => { entry.isDown = true; });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !sentByScript(form) || addressOf(form, event.submitter).origin !== location.origin) return;
  event.preventDefault();
  if (form.dataset.sent !== "yes") send(form, event.submitter);
});

// Whoever goes on typing presses the button themselves: half a sentence is not sent for them.
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form");
  if (!waiting.delete(form)) return;
  const at = noticeOf(form)?.querySelector("[data-at]");
  if (at) at.textContent = at.dataset.changed;
});

addEventListener("online", sendAgain);
document.addEventListener("cairn:try", sendAgain);
setInterval(look, LOOK_EVERY);

// What waits to be sent is lost with the page.
addEventListener("beforeunload", (event) => { if (waiting.size) event.preventDefault(); });

// A page that the Back button brings back as it was left has no form on its way.
addEventListener("pageshow", (event) => { if (event.persisted && document.querySelector("form[aria-busy]")) location.reload(); });
