// Shows, before saving, where a check-in takes the bar. A preview only: the server decides.
import { confidenceOf } from "./confidence.js";
import { percent } from "./page.js";

const decimal = (1.1).toLocaleString(document.documentElement.dataset.locale || undefined).charAt(1);

function valueOf(form) {
  const field = form.elements.value;
  if (!field) return null;
  const text = (field instanceof RadioNodeList ? field.value : field.value.trim()).replace(/[\s\u00a0\u202f]/g, "");
  const number = Number(decimal === "," ? text.replace(/\./g, "").replace(",", ".") : text.replace(/,/g, ""));
  return text === "" || !Number.isFinite(number) ? null : number;
}

function judge(facts, progress, confidence) {
  const gap = facts.expected - progress;
  if (progress >= 1) return "achieved";
  if (facts.settled) return facts.settled; // overdue and too early do not depend on the value
  if (confidence !== null && confidence <= facts.low) return "at_risk";
  if (gap <= facts.track + 1e-9) return "on_track";
  return gap <= facts.behind + 1e-9 ? "behind" : "at_risk";
}

function read(form) {
  const number = (name, otherwise) => Number(form.dataset[name] ?? otherwise);
  return {
    start: number("start", 0), target: number("target", 1), expected: number("expected", 0), was: form.dataset.was,
    track: number("onTrackGap", 0.1), behind: number("behindGap", 0.25), low: number("lowConfidence", 3), settled: form.dataset.settled,
  };
}

function update(form) {
  const box = form.querySelector("[data-effect]");
  if (!box) return;
  const value = valueOf(form);
  const group = form.querySelector("[data-confidence]");
  const confidence = group ? confidenceOf(group) : null;
  box.hidden = value === null || (box.dataset.effect === "typed" && form.dataset.dirty !== "yes" && !form.querySelector(".err"));
  if (value === null) return;
  const facts = read(form);
  const raw = (value - facts.start) / (facts.target - facts.start);
  const progress = Math.max(0, Math.min(1, raw));
  const status = judge(facts, progress, confidence);
  const bar = box.querySelector(".bar");
  bar.dataset.s = status;
  bar.querySelector(".v").setAttribute("width", `${progress * 100}%`);
  bar.setAttribute("aria-label", `${percent(progress)} after this check-in, ${percent(facts.expected)} expected by today`);
  box.querySelector("[data-progress]").textContent = percent(Math.max(0, raw));
  box.querySelectorAll("[data-status]").forEach((word) => { word.hidden = word.dataset.status !== status; });
  const more = form.querySelector(".unfold");
  if (more) {
    more.hidden = !["behind", "at_risk", "overdue"].includes(status) && !typed(more);
    more.dataset.s = status;
  }
}

const typed = (fieldset) => [...fieldset.querySelectorAll("input, textarea")].some((field) => field.value !== "");

const owner = (event) => event.target.closest?.("form[data-check-in]");
for (const kind of ["input", "change", "confidence"]) {
  document.addEventListener(kind, (event) => { const form = owner(event); if (form) update(form); });
}
const all = (root) => root.querySelectorAll("form[data-check-in]").forEach(update);
all(document);
document.addEventListener("htmx:after:swap", () => all(document));
