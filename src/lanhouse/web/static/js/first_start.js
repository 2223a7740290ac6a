// A new centre lies where the browser's clock says, until somebody has chosen otherwise.
"use strict";

const guessed = document.querySelector("[data-guess]");
if (guessed) {
  let isTouched = false;
  guessed.addEventListener("input", () => (isTouched = true), { once: true });
  guessed.addEventListener("htmx:beforeSwap", (event) => {
    const isOurs = event.detail.requestConfig.triggeringEvent === undefined;
    if (isOurs && isTouched) event.detail.shouldSwap = false;
  });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const address = `${guessed.dataset.guess}?guess_zone=${encodeURIComponent(zone)}`;
  htmx.ajax("GET", address, { target: guessed, swap: "innerHTML" });
}
