// Check-in forms by keyboard: Alt 1 to 3 confidence, Ctrl Enter check in, Alt J skip. On every page: Alt Z takes back
// what the toast offers to undo, whatever has the focus (Ctrl Z stays the undo of the field), and ? lists the keys.
import { setConfidence } from "./confidence.js";
import { openDialog } from "./dialogs.js";

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-check-in]") ?? document.querySelector("form[data-check-in]");
  if (!form) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".btn.primary") ?? undefined);
    return;
  }
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const band = ["Digit1", "Digit2", "Digit3"].indexOf(event.code);
  const group = form.querySelector("[data-confidence]");
  if (band >= 0 && group) {
    event.preventDefault();
    setConfidence(group, [2, 5, 8][band]);
  }
  if (event.code === "KeyJ") {
    event.preventDefault();
    form.querySelector("[data-skip]")?.click();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (event.altKey && event.code === "KeyZ") {
    const undo = document.querySelector(".toast[data-undo] form button");
    if (!undo) return;
    event.preventDefault();
    undo.form.requestSubmit(undo);
  }
  if (event.key === "?" && !event.altKey && !event.target.matches?.("input, textarea, select, [contenteditable]")) {
    event.preventDefault();
    openDialog("shortcuts");
  }
});
