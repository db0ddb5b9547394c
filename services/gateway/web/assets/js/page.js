// What several modules read from the page.
export const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function status(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}
