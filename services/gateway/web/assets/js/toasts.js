// A toast with an undo counts its ten seconds down; others leave by themselves, unless one is reading them.
const seen = new WeakSet();

function run(toast) {
  if (seen.has(toast)) return;
  seen.add(toast);
  let left = Number(toast.dataset.undo ?? toast.dataset.stay ?? 0);
  if (!left) return;
  const seconds = toast.querySelector(".seconds");
  const timer = setInterval(() => {
    if (!toast.isConnected) return clearInterval(timer);
    const reading = !toast.hasAttribute("data-undo") && toast.matches(":hover, :focus-within");
    if (reading) return undefined;
    left -= 1;
    if (seconds) seconds.textContent = `${left}\u00a0s`;
    if (left > 0) return undefined;
    clearInterval(timer);
    return leave(toast);
  }, 1000);
}

function leave(toast) {
  const hadFocus = toast.contains(document.activeElement);
  toast.remove();
  if (hadFocus) document.getElementById("main")?.focus({ preventScroll: true });
}

const all = () => document.querySelectorAll(".toast").forEach(run);
all();
new MutationObserver(all).observe(document.querySelector(".toasts") ?? document.body, { childList: true, subtree: true });

document.addEventListener("click", (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) leave(dismiss.closest(".toast, .notice"));
});

// After a check-in the focus is in the next form; the first Tab from there leads to the undo, the next one back. As
// soon as somebody types, or has been there, the Tab key goes its usual way.
let origin = null;

function arm() {
  const undo = document.querySelector(".toast[data-undo]");
  origin = undo ? document.activeElement : null;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Tab" || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
  const undo = document.querySelector(".toast[data-undo] form button");
  if (!undo || origin === null) return;
  if (document.activeElement === origin && origin !== undo) {
    event.preventDefault();
    undo.focus();
  } else if (document.activeElement === undo) {
    const back = origin;
    origin = null;
    if (!back.matches("input, textarea, select")) return;
    event.preventDefault();
    back.focus();
  } else origin = null;
});
document.addEventListener("input", () => { origin = null; });
document.addEventListener("cairn:shown", arm);
arm();
