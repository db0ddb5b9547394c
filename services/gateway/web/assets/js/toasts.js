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
let armed = false;
let back = null;

function arm() {
  armed = document.querySelector(".toast[data-undo]") !== null;
  back = null;
}

function disarm() {
  armed = false;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Tab" || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
  const undo = document.querySelector(".toast[data-undo] form button");
  if (undo && armed && document.activeElement !== undo) {
    event.preventDefault();
    back = document.activeElement;
    undo.focus();
  } else if (undo && document.activeElement === undo && back?.isConnected && back.matches("input, textarea, select")) {
    event.preventDefault();
    back.focus();
  }
  armed = false;
});
document.addEventListener("input", disarm);
document.addEventListener("pointerdown", disarm);
document.addEventListener("cairn:shown", arm);
arm();
