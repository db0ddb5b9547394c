// A form that somebody has typed into says so: nothing may be swapped away under it.
for (const kind of ["input", "change", "confidence"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.closest?.("form");
    if (form) form.dataset.dirty = "yes";
  });
}
