// Light, dark or as the system says. The choice is a cookie, so the server renders it and nothing flashes.
const root = document.documentElement;
const year = 60 * 60 * 24 * 365;

const shown = () => root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

function choose(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `cairn_theme=${theme}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-switch]")) choose(shown() === "dark" ? "light" : "dark");
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches('[data-theme-choice] input[type="radio"]')) choose(field.value);
});
