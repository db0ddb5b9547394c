// Asks the server, while somebody types a check-in, what it would store and where it would lead.
const formOf = (event) => event.target.closest?.("form[data-check-in]");

function ask(form) {
  form.querySelector("[data-effect]")?.dispatchEvent(new CustomEvent("preview"));
}

for (const kind of ["input", "change", "confidence"]) {
  document.addEventListener(kind, (event) => {
    const form = formOf(event);
    if (form) ask(form);
  });
}

// A preview of what was typed before is worse than none.
for (const trouble of ["htmx:before:response", "htmx:error"]) {
  document.addEventListener(trouble, (event) => {
    const place = event.target.closest?.("[data-effect]");
    if (place && !(event.detail.ctx?.response?.status < 400)) place.replaceChildren();
  });
}

// A reading of a text that could be two numbers: chosen here, it stands in the field before the form is sent.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-reading]");
  const field = button?.closest("form")?.elements.value;
  if (!field) return;
  field.value = button.dataset.reading;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// Where it would be behind, a little more is asked: the words and their colour follow the preview. It never opens by
// itself, for that would push away what somebody is about to press.
function unfold(form) {
  const more = form.querySelector(".unfold");
  const status = form.querySelector("[data-preview]")?.dataset.preview;
  if (!more || !status) return;
  more.dataset.s = status;
  let asked = false;
  for (const words of more.querySelectorAll("[data-when]")) {
    words.hidden = words.dataset.when !== status;
    asked ||= !words.hidden;
  }
  more.querySelector("[data-otherwise]").hidden = asked;
}

const all = () => document.querySelectorAll("form[data-check-in]").forEach(unfold);
all();
document.addEventListener("htmx:after:swap", all);
