// The tree table: collapsing, and J K move, left and right collapse and expand, C checks in.
// Rows below a collapsed one may not be in the page yet: they are fetched when it is expanded.
const rows = (table) => [...table.querySelectorAll("tbody tr")];
const depth = (row) => Number(row.dataset.d ?? 0);
const PREFIX = "cairn.folded.row-";
const memory = (row) => `cairn.folded.${row.id}`;
const toggleOf = (row) => row.querySelector(".tw[aria-expanded]");
const expanded = (row) => toggleOf(row)?.getAttribute("aria-expanded") === "true";
// A filtered tree shows every match: what was collapsed in the whole tree does not hide one here.
const remembers = (table) => "remember" in table.dataset;
const fetching = new Map();

function below(row) {
  const found = [];
  for (let next = row.nextElementSibling; next && depth(next) > depth(row); next = next.nextElementSibling) found.push(next);
  return found;
}

// What has rows below that are not in the page.
const unfetched = (row) => Boolean(toggleOf(row)) && !below(row).length;

function refresh(table) {
  let hiddenBelow = Infinity;
  for (const row of rows(table)) {
    if (depth(row) <= hiddenBelow) hiddenBelow = Infinity;
    row.hidden = depth(row) > hiddenBelow;
    const toggle = toggleOf(row);
    if (!row.hidden && toggle && !expanded(row)) hiddenBelow = depth(row);
  }
  count(table);
}

function count(table) {
  const said = table.id === "tree" && document.querySelector("[data-row-count]");
  if (!said) return;
  const number = new Intl.NumberFormat(document.documentElement.dataset.locale);
  const shown = rows(table).filter((row) => !row.hidden);
  const collapsed = shown.filter((row) => toggleOf(row) && !expanded(row)).reduce((sum, row) => sum + Number(toggleOf(row).dataset.below), 0);
  said.textContent = `${number.format(shown.length)} shown${collapsed ? `, ${number.format(collapsed)} collapsed` : ""}`;
}

function remembered(row) {
  try { return sessionStorage.getItem(memory(row)); } catch { return null; /* storage may be off; collapsing still works */ }
}

function remember(row, collapsed) {
  try { if (remembers(row.closest("table"))) sessionStorage.setItem(memory(row), collapsed ? "1" : "0"); } catch { /* see above */ }
}

function rememberedOpen() {
  try { return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX) && sessionStorage.getItem(key) === "0").map((key) => key.slice(PREFIX.length)); } catch { return []; }
}

// The rows below, with those below them that were expanded before. Asked twice at once, they are fetched once.
function fetchBelow(row) {
  if (!fetching.has(row.id)) fetching.set(row.id, asked(row).finally(() => fetching.delete(row.id)));
  return fetching.get(row.id);
}

async function asked(row) {
  const toggle = toggleOf(row);
  const query = new URLSearchParams({ in: row.closest("table").dataset.cycle ?? "", depth: depth(row), open: rememberedOpen().slice(0, 60).join(",") });
  toggle.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`/okrs/${encodeURIComponent(row.id.slice("row-".length))}/rows?${query}`, { headers: { "HX-Request": "true", "HX-Current-URL": location.href }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return false;
    const page = new DOMParser().parseFromString(`<table><tbody>${await answer.text()}</tbody></table>`, "text/html");
    if (row.isConnected && !below(row).length) row.after(...[...page.querySelectorAll("tr")].map((each) => document.importNode(each, true)));
    return true;
  } catch {
    return false;
  } finally {
    toggle.removeAttribute("aria-busy");
  }
}

async function fold(row, collapsed) {
  const toggle = toggleOf(row);
  if (!toggle) return;
  if (!collapsed && unfetched(row) && !(await fetchBelow(row))) {
    // Its link shows the same rows on a page of their own, or says what is wrong.
    if (toggle.href) location.assign(toggle.href);
    return;
  }
  toggle.setAttribute("aria-expanded", String(!collapsed));
  remember(row, collapsed);
  restoreBelow(row);
  refresh(row.closest("table"));
}

document.addEventListener("click", (event) => {
  const toggle = event.target.closest(".tree .tw[aria-expanded]");
  if (!toggle || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  fold(toggle.closest("tr"), toggle.getAttribute("aria-expanded") === "true");
});

function move(table, step) {
  const shown = rows(table).filter((row) => !row.hidden);
  const at = shown.findIndex((row) => row.contains(document.activeElement));
  const next = shown[Math.max(0, Math.min(shown.length - 1, at + step))];
  next?.querySelector(".name a:not(.tw)")?.focus();
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
  // A link that is told to be a button is pressed by the space bar, as a button is.
  if (event.key === " " && event.target.matches("a.tw")) { event.preventDefault(); event.target.click(); }
  if (key === "c" && row.dataset.checkIn) location.assign(row.dataset.checkIn);
});

function restoreRow(row) {
  const toggle = toggleOf(row);
  const state = toggle && remembered(row);
  if (state === "1") toggle.setAttribute("aria-expanded", "false");
  if (state === "0" && !unfetched(row)) toggle.setAttribute("aria-expanded", "true");
  return state === "0" && unfetched(row);
}

function restoreBelow(row) {
  if (remembers(row.closest("table"))) below(row).forEach(restoreRow);
}

export function restore() {
  for (const table of document.querySelectorAll(".tree")) {
    const missing = remembers(table) ? rows(table).filter(restoreRow) : [];
    refresh(table);
    for (const row of missing.filter((each) => !each.hidden)) fetchBelow(row).then((there) => { if (there && row.isConnected) { restoreRow(row); restoreBelow(row); refresh(table); } });
  }
}

// The address of this page with the rows that are in it now, so that what is fetched anew holds them too.
export function addressWith(parts) {
  const above = new Set(parts.filter((part) => part.matches(".tree tbody tr")).flatMap(pathTo));
  const address = new URL(location.href);
  if (!above.size || !document.querySelector(".tree[data-remember]")) return address;
  address.searchParams.delete("collapsed");
  address.searchParams.set("open", above.size > 60 ? "all" : [...above].join(","));
  return address;
}

function pathTo(row) {
  const path = [];
  let under = depth(row);
  for (let before = row.previousElementSibling; before && under > 0; before = before.previousElementSibling) {
    if (depth(before) >= under) continue;
    under = depth(before);
    if (toggleOf(before)) path.push(before.id.slice("row-".length));
  }
  return path;
}

restore();
document.addEventListener("htmx:after:swap", restore);
document.addEventListener("cairn:refreshed", restore);
