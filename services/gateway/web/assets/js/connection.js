// Says under the top bar that the connection is gone, and takes it back by itself.
const strip = document.getElementById("connection");
let since = null;

const time = (date) => new Intl.DateTimeFormat(document.documentElement.dataset.locale || undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);

function draw(waiting = 0) {
  if (!strip) return;
  since = navigator.onLine ? null : since ?? new Date();
  strip.hidden = since === null;
  if (since === null) return;
  strip.querySelector("[data-since]").textContent = time(since);
  strip.querySelector("[data-waiting]").hidden = waiting === 0;
}

addEventListener("offline", () => draw());
addEventListener("online", () => draw());
document.addEventListener("cairn:waiting", (event) => draw(event.detail));
strip?.querySelector("button").addEventListener("click", () => {
  document.dispatchEvent(new CustomEvent("cairn:try"));
  draw();
});
draw();
