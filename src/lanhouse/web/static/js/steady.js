// What a press or a key was meant for is what gets it: nothing that the server answers, and nothing
// that closes or opens, may take its place.
"use strict";

// ---- While a pointer is down, what lies under it stays: polls and quotes are asked for again after
// the release.

let isPressed = false;
const missed = new Set();

function release() {
  // After the click, which the browser makes of the release.
  setTimeout(() => {
    isPressed = false;
    for (const element of missed) htmx.trigger(element, "lh:missed");
    missed.clear();
  });
}

document.addEventListener("pointerdown", () => (isPressed = true), true);
document.addEventListener("pointerup", release, true);
document.addEventListener("pointercancel", release, true);
// The button was let go where this page could not see it.
document.addEventListener("pointermove", (event) => isPressed && event.buttons === 0 && release(), true);

document.addEventListener(
  "htmx:beforeSwap",
  (event) => {
    const { elt } = event.detail.requestConfig;
    if (!isPressed || !elt.matches("[data-poll], [data-live]")) return;
    event.stopImmediatePropagation();
    event.detail.shouldSwap = false;
    missed.add(elt);
  },
  true,
);

// ---- The later clicks of a double-click reach only what the first one reached.

let firstClicked = null;
let isStray = false;

function sameThing(one, other) {
  return one === other || (one?.id && one.id === other?.id);
}

document.addEventListener(
  "click",
  (event) => {
    const thing = event.target.closest("button, a, summary");
    if (event.detail === 1) firstClicked = thing;
    isStray = event.detail > 1 && thing !== null && !sameThing(firstClicked, thing);
    if (!isStray) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);
document.addEventListener("dblclick", (event) => isStray && event.stopImmediatePropagation(), true);

// ---- No key that is held down or struck twice, and no scanner, may press what moves money.

// Nobody has read a dialog, or seen it go, in less.
const READ_MS = 300;
const SCANNER_KEY_MS = 35;
const SCANNER_KEYS = 6;
let unreadUntil = 0;
let burst = 0;
let lastKeyAt = 0;
let pickedBefore = null;

// Called whenever a dialog comes, changes by an answer, or goes because it is done.
function startReading() {
  unreadUntil = performance.now() + READ_MS;
}

// True for the Enter that ends a burst of a scanner (keys faster than a hand).
function isScanned(event) {
  const isFast = event.timeStamp - lastKeyAt < SCANNER_KEY_MS;
  const isEnd = event.key === "Enter" && isFast && burst >= SCANNER_KEYS;
  lastKeyAt = event.timeStamp;
  if (!isFast) pickedBefore = dialog?.querySelector("[data-key]:checked");
  if (event.key.length === 1) burst = isFast ? burst + 1 : 1;
  else burst = 0;
  return isEnd;
}

function isText(element) {
  return element.matches("input:not([type=radio], [type=checkbox]), textarea, select");
}

document.addEventListener(
  "keydown",
  (event) => {
    const isScannedAct = isScanned(event);
    if (event.key !== "Enter" && !/^F\d+$/.test(event.key)) return;
    // On the page a code may be meant for a field, such as the search.
    const isStrayCode = isScannedAct && (dialog?.open || !isText(event.target));
    if (!event.repeat && !isStrayCode && performance.now() >= unreadUntil) return;
    event.preventDefault();
    event.stopPropagation();
    // The digits of the code have picked something on their way.
    if (isStrayCode && pickedBefore?.isConnected) pick(pickedBefore.dataset.key);
  },
  true,
);
