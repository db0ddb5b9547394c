// The set-up form opens with the browser's own time zone, where the list has it. Without a script it is chosen by hand.
const field = document.querySelector("select[data-browser-zone]");
const zone = field && Intl.DateTimeFormat().resolvedOptions().timeZone;

if (field && Array.from(field.options).some((option) => option.value === zone)) field.value = zone;
