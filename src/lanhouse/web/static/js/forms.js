// Small helps for plain forms; everything works without this file.
"use strict";

// A form is sent once: a second click or Enter while the answer is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  // Asking for a page may be repeated, and what htmx sends is guarded where it is sent.
  if (form.method !== "post" || form.matches("[hx-post], [hx-put], [hx-delete]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
  document.querySelector("[aria-invalid=true]")?.focus();
});
// A refused page that htmx has swapped in begins in the wrong field too, not in its first one.
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.detail.requestConfig?.elt.matches("[data-page]")) return;
  document.querySelector("#main [aria-invalid=true]")?.focus();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-password]");
  if (!button) return;
  const field = document.getElementById(button.dataset.showPassword);
  const isShown = field.type === "text";
  field.type = isShown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!isShown));
});

// A form with a bar to save: what was changed and is not saved yet is told, also on leaving.
function isChanged(form) {
  return form.querySelector("[data-savebar] [data-changed]:not([hidden])") !== null;
}
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const note = event.target.form?.querySelector("[data-savebar] [data-changed]");
    if (note) note.hidden = false;
  });
}
document.addEventListener("click", (event) => {
  const note = event.target.closest("[data-discard]")?.closest("form")?.querySelector("[data-changed]");
  if (note) note.hidden = true;
});
window.addEventListener("beforeunload", (event) => {
  const isLeft = [...document.forms].some((form) => isChanged(form) && !form.dataset.sent);
  if (isLeft) event.preventDefault();
});

// A file that the server would refuse is not sent first; whoever sends it at once asks afterwards,
// so it is looked at on the way down.
document.addEventListener(
  "change",
  (event) => {
    const { maxBytes, tooLarge } = event.target.dataset;
    if (!maxBytes) return;
    const isTooLarge = [...event.target.files].some((file) => file.size > Number(maxBytes));
    event.target.setCustomValidity(isTooLarge ? tooLarge : "");
    event.target.reportValidity();
  },
  true,
);
