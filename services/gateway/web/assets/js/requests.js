// Requests that htmx makes carry the page's CSRF token; a form is sent once.
import { meta } from "./page.js";

document.addEventListener("htmx:config:request", (event) => {
  // A form on its way is closed: what would be asked about it now would be asked without its fields.
  if (event.target.closest?.("form")?.dataset.sent === "yes") event.preventDefault();
  event.detail.ctx.request.headers["X-CSRF-Token"] = meta("csrf-token");
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.sent === "yes") {
    if (form.dataset.sent === "yes") event.preventDefault();
    return;
  }
  // A slow answer must not tempt into a second press; the form's idempotency key would make it harmless anyway.
  setTimeout(() => {
    if (event.defaultPrevented) return;
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
});

// Coming back with the browser's Back button shows a page whose forms may be sent again.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
