// The tree table: folding, and J K move, left and right fold, C checks in.
const rows = (table) => [...table.querySelectorAll("tbody tr")];
const depth = (row) => Number(row.dataset.d ?? 0);
const memory = (row) => `cairn.folded.${row.id}`;
// A filtered tree shows every match: what was folded in the whole tree does not hide one here.
const remembers = (table) => "remember" in table.dataset;

function below(row) {
  const found = [];
  for (let next = row.nextElementSibling; next && depth(next) > depth(row); next = next.nextElementSibling) found.push(next);
  return found;
}

function refresh(table) {
  let hiddenBelow = Infinity;
  for (const row of rows(table)) {
    if (depth(row) <= hiddenBelow) hiddenBelow = Infinity;
    row.hidden = depth(row) > hiddenBelow;
    const twist = row.querySelector("button.tw");
    if (!row.hidden && twist && twist.getAttribute("aria-expanded") === "false") hiddenBelow = depth(row);
  }
}

function fold(row, folded) {
  const twist = row.querySelector("button.tw");
  if (!twist) return;
  const table = row.closest("table");
  twist.setAttribute("aria-expanded", String(!folded));
  try { if (remembers(table)) sessionStorage.setItem(memory(row), folded ? "1" : "0"); } catch { /* storage may be off; folding still works */ }
  refresh(table);
}

document.addEventListener("click", (event) => {
  const twist = event.target.closest(".tree button.tw");
  if (twist) fold(twist.closest("tr"), twist.getAttribute("aria-expanded") === "true");
});

function move(table, step) {
  const shown = rows(table).filter((row) => !row.hidden);
  const at = shown.findIndex((row) => row.contains(document.activeElement));
  const next = shown[Math.max(0, Math.min(shown.length - 1, at + step))];
  next?.querySelector(".name a")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches?.("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const table = document.querySelector(".tree[data-keys]");
  if (!table || document.querySelector("dialog[open]")) return;
  const row = document.activeElement?.closest?.(".tree[data-keys] tbody tr");
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") { event.preventDefault(); move(table, key === "j" ? 1 : -1); }
  if (!row) return;
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") { event.preventDefault(); fold(row, event.key === "ArrowLeft"); }
  if (key === "c" && row.dataset.checkIn) location.assign(row.dataset.checkIn);
});

export function restore() {
  for (const table of document.querySelectorAll(".tree")) {
    for (const row of remembers(table) ? rows(table) : []) {
      let folded = null;
      try { folded = sessionStorage.getItem(memory(row)); } catch { /* see above */ }
      if (folded) row.querySelector("button.tw")?.setAttribute("aria-expanded", String(folded === "0"));
    }
    refresh(table);
  }
}
restore();
document.addEventListener("htmx:after:swap", restore);
document.addEventListener("cairn:refreshed", restore);
