// Three taps store 2, 5 or 8; the up and down arrows refine the number one by one.
const bands = [[0, 3], [4, 6], [7, 10]];

const fields = (group) => [...group.querySelectorAll('input[type="radio"]')];

export function confidenceOf(group) {
  const chosen = fields(group).find((field) => field.checked);
  return chosen ? Number(chosen.value) : null;
}

function show(group) {
  fields(group).forEach((field) => {
    const exact = field.parentElement.querySelector(".exact");
    const refined = field.checked && Number(field.value) !== Number(field.dataset.band);
    if (exact) exact.textContent = refined ? field.value : "";
  });
  const chosen = fields(group).find((field) => field.checked);
  const hint = group.parentElement.querySelector("[data-chosen]");
  if (chosen && hint) hint.textContent = `${chosen.dataset.word} (${chosen.value}). `;
  // What was missing is there. Its line keeps its room, so that nothing moves.
  const missing = group.parentElement.querySelector(".err");
  if (chosen && missing) missing.style.visibility = "hidden";
  group.classList.toggle("bad", !chosen && group.classList.contains("bad"));
  group.dispatchEvent(new CustomEvent("confidence", { bubbles: true }));
}

export function setConfidence(group, value) {
  const index = bands.findIndex(([low, high]) => value >= low && value <= high);
  fields(group).forEach((field) => { field.value = field.dataset.band; });
  const field = fields(group)[index];
  field.value = String(value);
  field.checked = true;
  field.focus();
  show(group);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  const group = event.target.closest?.("[data-confidence]");
  if (!group || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const now = confidenceOf(group) ?? 5;
  setConfidence(group, Math.max(0, Math.min(10, now + (event.key === "ArrowUp" ? 1 : -1))));
});

document.addEventListener("change", (event) => {
  const group = event.target.closest?.("[data-confidence]");
  if (!group) return;
  fields(group).forEach((field) => { if (!field.checked) field.value = field.dataset.band; });
  show(group);
});
