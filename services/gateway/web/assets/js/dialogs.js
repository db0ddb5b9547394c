// <button data-dialog="id"> opens that <dialog>; [data-close] inside closes it. Focus returns by itself.
// One that waits in <template data-dialog-of="id"> becomes part of the page when it is first opened.
export function openDialog(id) {
  const waiting = document.querySelector(`template[data-dialog-of="${id}"]`);
  if (waiting && !document.getElementById(id)) waiting.after(waiting.content.cloneNode(true));
  document.getElementById(id)?.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) openDialog(opener.dataset.dialog);
  const closer = event.target.closest("dialog [data-close]");
  if (closer) closer.closest("dialog").close();
  if (event.target.matches("dialog.dialog") && outside(event)) event.target.close();
});

function outside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

// A dialog that the server sent back with errors opens again.
const openAgain = () => document.querySelectorAll("dialog[data-open]:not([open])").forEach((dialog) => dialog.showModal());
openAgain();
document.addEventListener("cairn:shown", openAgain);

document.addEventListener("click", async (event) => {
  const copier = event.target.closest("[data-copy]");
  if (!copier) return;
  await navigator.clipboard.writeText(document.getElementById(copier.dataset.copy).textContent.trim());
  copier.textContent = copier.dataset.copied;
});
