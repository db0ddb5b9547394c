// Puts the page that a form was answered with in place of the one that is shown. The script, the live stream and
// the templates stay; what the server drew is taken over as it is.
const DRAWN = ["header.top", "#main", ".tabs-b"];
const OF_THE_VIEWER = ["lang", "dir", "data-theme", "data-locale"];
const BY_SCRIPT = { "X-Cairn-Form": "1", Accept: "text/html" };

const all = (root, selector) => [...root.querySelectorAll(selector)];

function takeOver(page, address) {
  // A form without an address of its own goes to the address that drew it.
  for (const form of all(page, 'form[method="post"]:not([action])')) form.setAttribute("action", address);
  document.title = page.title;
  for (const name of OF_THE_VIEWER) {
    const value = page.documentElement.getAttribute(name);
    if (value === null) document.documentElement.removeAttribute(name);
    else document.documentElement.setAttribute(name, value);
  }
  const token = page.querySelector('meta[name="csrf-token"]')?.content;
  if (token) document.querySelector('meta[name="csrf-token"]').content = token;
  for (const selector of DRAWN) {
    const fresh = page.querySelector(selector);
    const old = document.querySelector(selector);
    if (!fresh || !old) continue;
    const node = document.importNode(fresh, true);
    old.replaceWith(node);
    window.htmx.process(node);
  }
  document.getElementById("toasts")?.replaceChildren(...all(page, "#toasts > *").map((toast) => document.importNode(toast, true)));
}

// Whether the page could be shown in place; one with another frame, such as the sign-in page, cannot.
export function show(text, address) {
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.getElementById("live") || !page.getElementById("main")) return false;
  takeOver(page, address);
  document.dispatchEvent(new CustomEvent("htmx:after:swap"));
  const main = document.getElementById("main");
  const first = main.querySelector(".errs") ?? main.querySelector("[autofocus]") ?? main;
  first.focus({ preventScroll: first === main });
  if (first.matches(".errs")) first.scrollIntoView({ block: "nearest" });
  document.dispatchEvent(new CustomEvent("cairn:shown"));
  return true;
}

// On to the page that a saved form leads to. The same page is drawn in place, for nothing else of it has changed.
export async function go(address) {
  const to = new URL(address, location.href);
  if (to.pathname + to.search !== location.pathname + location.search) {
    location.assign(to.href);
    return;
  }
  try {
    const answer = await fetch(to.href, { headers: BY_SCRIPT, credentials: "same-origin" });
    const text = await answer.text();
    if (!answer.ok || answer.headers.get("X-Cairn-Page") !== "page") throw new Error("another page");
    scrollTo(0, 0);
    if (!show(text, to.pathname + to.search)) throw new Error("another frame");
    history.replaceState(history.state, "", to.href);
    if (to.hash) document.getElementById(to.hash.slice(1))?.scrollIntoView();
  } catch {
    history.replaceState(history.state, "", to.href);
    location.reload();
  }
}
