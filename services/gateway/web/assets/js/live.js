// Others' check-ins: what changed is drawn again in place, unless one is just working on it; then a notice says so.
// A part of a page that can change carries an id and data-live="<id of a key result or objective> …". One that
// also carries data-reading and data-by says in a notice what was read, by whom; data-by is empty for oneself.
import { addressWith, restore } from "./tree.js";

const region = document.getElementById("live");
const due = new Set();
let others = false;
let waiting = null;
let unnamed = null;
let polling = null;

function touched(ids) {
  return [...document.querySelectorAll("[data-live][id]")].filter((part) => {
    const own = part.dataset.live.split(" ");
    return own.includes("*") || own.some((id) => ids.has(id));
  });
}

const typedInto = (part) => [...part.querySelectorAll("form")].some((form) => form.dataset.dirty === "yes");
// A field that merely has the focus, because the page opened there, keeps nothing from being drawn anew.
const busy = (part) => typedInto(part)
  || part.contains(document.activeElement) && document.activeElement.matches("select, button");

async function freshPage(parts) {
  const answer = await fetch(addressWith(parts), { headers: { "X-Cairn-Live": "1" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function placeOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const address = element.getAttribute("href");
  return address ? `[href="${CSS.escape(address)}"]` : null;
}

// Each page masks the token of its forms anew: that alone is no change.
function unmask(fresh) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token) fresh.querySelectorAll('input[name="csrf_token"]').forEach((field) => field.setAttribute("value", token));
}

function swap(part, fresh) {
  unmask(fresh);
  if (part.isEqualNode(fresh)) return;
  const focused = part.contains(document.activeElement) ? placeOf(document.activeElement) : null;
  const node = document.importNode(fresh, true);
  // A row that was expanded or collapsed here stays so, whatever the page opens with.
  const state = part.querySelector(".tw[aria-expanded]")?.getAttribute("aria-expanded");
  if (state) node.querySelector(".tw[aria-expanded]")?.setAttribute("aria-expanded", state);
  part.replaceWith(node);
  window.htmx.process(node);
  node.classList.add("changed");
  if (focused) node.querySelector(focused)?.focus({ preventScroll: true });
}

async function refresh() {
  waiting = null;
  // A form is on its way: the page is about to be left, and what it shows may be gone by now.
  if (document.querySelector('form[data-sent="yes"]')) return;
  const ids = new Set(due);
  const byOthers = others;
  due.clear();
  others = false;
  const parts = touched(ids);
  if (!parts.length) return;
  const page = await freshPage(parts);
  if (!page) return;
  const left = [];
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    if (!fresh || !part.isConnected) continue;
    if (busy(part)) left.push([part, fresh]);
    else swap(part, fresh);
    tell(part, fresh);
  }
  const badge = page.getElementById("due-badge");
  if (badge) document.getElementById("due-badge")?.replaceWith(document.importNode(badge, true));
  restore();
  document.dispatchEvent(new CustomEvent("cairn:refreshed"));
  if (left.length && byOthers) offer(left);
}

function blankNotice() {
  const notice = region?.querySelector("template")?.content.firstElementChild.cloneNode(true);
  if (notice) region.querySelectorAll(".notice").forEach((old) => old.remove());
  return notice;
}

function tell(part, fresh) {
  const { by, reading } = fresh.dataset;
  if (!by || reading === part.dataset.reading) return;
  const notice = blankNotice();
  if (!notice) return;
  const was = part.dataset.reading ? `, was ${part.dataset.reading}` : "";
  notice.querySelector("span").textContent = `${by} checked in a moment ago. ${reading}${was}.`;
  notice.querySelector("[data-show]").remove();
  region.append(notice);
  setTimeout(() => notice.remove(), 12000);
}

function offer(left) {
  const notice = blankNotice();
  if (!notice) return;
  notice.querySelector("[data-show]").addEventListener("click", () => {
    left.forEach(([part, fresh]) => { if (part.isConnected) swap(part, fresh); });
    notice.remove();
  });
  region.append(notice);
}

function soon(ids) {
  ids.forEach((id) => { if (id) due.add(id); });
  // A burst of check-ins is one fetch; a single one still shows well within a second.
  waiting ??= setTimeout(refresh, 200);
}

// Something changed whose name is kept from those who may not see it. Whether it shows here, the fresh page says;
// all open pages hear it at once and must not all ask at once.
function later() {
  unnamed ??= setTimeout(() => {
    unnamed = null;
    if (!document.hidden) soon(everything());
  }, 500 + Math.random() * 2500);
}

region?.addEventListener("progress", (event) => {
  const said = JSON.parse(event.detail.data);
  if (!said.key_result_id && !said.objective_id) {
    later();
    return;
  }
  if (said.by !== region.dataset.viewer) others = true;
  soon([said.key_result_id, said.objective_id, ...(said.ids ?? [])]);
});

// Too many open pages, or a proxy that swallows streams: look again by hand, now and then, and try the stream again.
function fallBack() {
  polling ??= setInterval(() => {
    if (document.hidden) return;
    soon(everything());
    window.htmx.trigger(region, "reconnect");
  }, 20000);
}

for (const trouble of ["htmx:sse:error", "htmx:response:error", "htmx:error"]) {
  region?.addEventListener(trouble, (event) => { if (event.target === region) fallBack(); });
}

region?.addEventListener("htmx:sse:after:connection", () => {
  clearInterval(polling);
  polling = null;
  // What was said while the stream was away (a hidden tab, a restart) is caught up with.
  if (region.dataset.connected) soon(everything());
  region.dataset.connected = "yes";
});

const everything = () => [...document.querySelectorAll("[data-live]")].flatMap((part) => part.dataset.live.split(" "));
