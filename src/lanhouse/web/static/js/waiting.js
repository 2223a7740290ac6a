// A page that waits for something asks how far it is, and shows itself anew when that has changed.
// Without this file it is loaded again every few seconds.
"use strict";

const ASK_EVERY = 3000;
const waiting = document.querySelector("[data-waits]");

async function look() {
  try {
    if (!document.hidden) {
      const answer = await fetch(waiting.dataset.waits, { headers: { Accept: "application/json" } });
      const told = answer.ok && !answer.redirected ? await answer.json() : { status: "pending" };
      if (told.status !== "pending") {
        location.reload();
        return;
      }
    }
  } catch {
    // The network is away for a moment: asked again below.
  }
  setTimeout(look, ASK_EVERY);
}
if (waiting) setTimeout(look, ASK_EVERY);
