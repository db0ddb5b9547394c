// <details class="pop"> are the menus: they open without a script; here they close again.
function close(pop, refocus) {
  pop.open = false;
  if (refocus) pop.querySelector("summary").focus();
}

const open = () => [...document.querySelectorAll("details.pop[open]")];

document.addEventListener("click", (event) => {
  for (const pop of open()) if (!pop.contains(event.target)) close(pop, false);
});

document.addEventListener("keydown", (event) => {
  const pop = event.target.closest?.("details.pop[open]") ?? open()[0];
  if (!pop) return;
  if (event.key === "Escape") {
    event.preventDefault();
    close(pop, true);
    return;
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const items = [...pop.querySelectorAll(".mi")];
  if (!items.length || !pop.contains(event.target)) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  const at = items.indexOf(document.activeElement);
  items[at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length].focus();
});

// On a phone the chips scroll sideways: the one that filters now must not be out of sight.
for (const chip of document.querySelectorAll(".tools [aria-current]")) {
  const tools = chip.parentElement;
  if (tools.scrollWidth > tools.clientWidth) tools.scrollLeft = chip.offsetLeft - tools.offsetLeft - (tools.clientWidth - chip.offsetWidth) / 2;
}
