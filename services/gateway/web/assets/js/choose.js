// Two versions of a form: one button takes a whole side.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  if (!button) return;
  for (const radio of button.form.querySelectorAll(`[data-side="${button.dataset.take}"]`)) radio.checked = true;
});
