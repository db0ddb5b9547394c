// Says beside a form what became of it when it could not be saved. The words are drawn by the server, in a template.
import { status } from "./page.js";

const templates = document.getElementById("sending")?.content;
const notices = new WeakMap();
const TYPED = 'input:not([type="hidden"], [type="radio"], [type="checkbox"], [type="password"]), textarea';

const now = () => new Intl.DateTimeFormat(document.documentElement.dataset.locale || undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date());

export function forget(form) {
  notices.get(form)?.remove();
  notices.delete(form);
}

function place(form, notice) {
  const row = form.querySelector(":scope > .foot, :scope > footer, :scope > .acts");
  if (row) row.before(notice);
  else if (form.querySelector(TYPED)) form.append(notice);
  else if (form.closest("dialog")) form.before(notice);
  else {
    // A lone button: its notice stands on top of the page.
    document.getElementById("main").prepend(notice);
    notice.scrollIntoView({ block: "nearest" });
  }
}

const labelOf = (field) => field.labels?.[0]?.textContent.trim() ?? field.name;

async function copy(form, button) {
  const lines = [...form.querySelectorAll(TYPED)].filter((field) => field.value).map((field) => `${labelOf(field)}: ${field.value}`);
  await navigator.clipboard.writeText(lines.join("\n"));
  button.textContent = button.dataset.copied;
}

export function tell(form, kind, words) {
  forget(form);
  const notice = templates?.querySelector(`[data-kind="${kind}"]`)?.cloneNode(true);
  if (!notice) return;
  if (words) notice.querySelector("[data-words]").replaceChildren(...words);
  const at = notice.querySelector("[data-at]");
  if (at) at.textContent = at.textContent.replace("…", now());
  const copier = notice.querySelector("[data-copy-form]");
  if (copier && navigator.clipboard && form.querySelector(TYPED)) copier.addEventListener("click", () => copy(form, copier));
  else copier?.remove();
  notices.set(form, notice);
  place(form, notice);
  status(""); // the notice is an alert and says itself
}

export const noticeOf = (form) => notices.get(form);
