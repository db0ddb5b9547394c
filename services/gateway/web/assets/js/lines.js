// A field that grows with its text but holds one line: Enter saves its form, as in every other field.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.altKey) return;
  const field = event.target.closest?.("textarea[data-one-line]");
  if (!field?.form) return;
  event.preventDefault();
  field.form.requestSubmit();
});
