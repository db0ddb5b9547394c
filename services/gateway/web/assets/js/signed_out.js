// A part of the page was asked for and nobody is signed in any longer. Whoever has typed stays with the form: it
// leads to the sign-in page itself and comes back. Others are led there at once.
import { tell } from "./outcomes.js";

const isLive = (element) => element.id === "live";

function signIn(to) {
  const forms = [...document.querySelectorAll('form[method="post"][data-dirty="yes"]')];
  if (forms.length) forms.forEach((form) => tell(form, "signed-out"));
  else location.assign(to);
}

// A refusal is no part of a page: what was asked for stays as it is.
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (isLive(event.target) || ctx.response.status < 400) return;
  event.preventDefault();
  if (ctx.response.status === 401) signIn(ctx.response.headers.get("X-Cairn-Sign-In") ?? "/sign-in");
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-sign-in]");
  button?.closest("form")?.requestSubmit();
});
