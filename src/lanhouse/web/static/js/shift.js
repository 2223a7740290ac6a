// Adds up what is counted piece by piece; the server adds it up again.
"use strict";

function addUp(box) {
  const money = new Intl.NumberFormat(document.documentElement.dataset.locale, { style: "currency", currency: box.dataset.currency });
  let hundredths = 0;
  for (const field of box.querySelectorAll("[data-piece]")) {
    const part = Math.round(Number(field.dataset.piece) * 100) * (Number.parseInt(field.value, 10) || 0);
    field.nextElementSibling.textContent = part ? money.format(part / 100) : "";
    hundredths += part;
  }
  box.querySelector("[data-count-sum]").textContent = money.format(hundredths / 100);
}

document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-count]");
  if (box) addUp(box);
});
for (const kind of ["DOMContentLoaded", "htmx:afterSettle"]) {
  document.addEventListener(kind, () => document.querySelectorAll("[data-count]").forEach(addUp));
}
