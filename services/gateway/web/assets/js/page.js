// What several modules read from the page.
export const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function status(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}

export function percent(share) {
  const rounded = Math.round(share * 100);
  const shown = rounded >= 100 && share < 1 ? 99 : rounded; // 99.6 is not there yet
  return `${new Intl.NumberFormat(document.documentElement.lang).format(shown)}\u00a0%`;
}
