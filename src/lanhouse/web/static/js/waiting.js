// A page that waits for something asks how far it is, and shows itself anew when that has changed,
// or the page that its element names (data-then). It asks every few seconds (data-every), and at
// once when somebody looks at it again. Without this file a page that waits for money is loaded
// again every few seconds.
"use strict";

const ASK_EVERY = 3;
const waiting = document.querySelector("[data-waits]");
let next = 0;

function again() {
  clearTimeout(next);
  next = setTimeout(look, 1000 * (Number(waiting.dataset.every) || ASK_EVERY));
}

async function look() {
  try {
    if (!document.hidden) {
      const answer = await fetch(waiting.dataset.waits, { headers: { Accept: "application/json" } });
      const told = answer.ok && !answer.redirected ? await answer.json() : { status: "pending" };
      if (told.status !== "pending") {
        if (waiting.dataset.then) location.assign(waiting.dataset.then);
        else location.reload();
        return;
      }
    }
  } catch {
    // The network is away for a moment: asked again below.
  }
  again();
}
if (waiting) {
  again();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
}
