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
    if (!isPressed || !elt.matches("[data-poll], [data-live], [data-news]")) return;
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
let readings = 0;
const awaited = new Set();
let isAsking = false;
let burst = 0;
let lastKeyAt = 0;
let pickedBefore = null;

// Called whenever a dialog comes, changes by an answer, or goes because it is done. The time to read
// begins when the change is on the screen, which on a busy machine is later than this call.
function startReading() {
  const mine = ++readings;
  unreadUntil = Infinity;
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (mine === readings) unreadUntil = performance.now() + READ_MS;
    }),
  );
}

// A sale is on its way until its answer is there and what it changed stands on the page: every part
// that polls is asked anew, and what was asked before the sale is thrown away.
function showResult() {
  startReading();
  for (const part of document.querySelectorAll("[data-poll]")) htmx.trigger(part, "htmx:abort");
  isAsking = true;
  htmx.trigger(document.body, "lh:changed");
  isAsking = false;
}
document.addEventListener("htmx:beforeSend", (event) => {
  const { elt, xhr } = event.detail;
  if (!isAsking || !elt.matches("[data-poll]")) return;
  awaited.add(xhr);
  xhr.addEventListener("loadend", () => {
    awaited.delete(xhr);
    if (!awaited.size) startReading();
  });
});

// True for a key struck at `at` (of its event) before somebody could read what it would act on.
function isUnread(at) {
  return awaited.size > 0 || at < unreadUntil || document.querySelector("dialog[open] form[data-sent], #panel form[data-sent]") !== null;
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
    if (!event.repeat && !isStrayCode && !isUnread(event.timeStamp)) return;
    event.preventDefault();
    event.stopPropagation();
    // The digits of the code have picked something on their way.
    if (isStrayCode && pickedBefore?.isConnected) pick(pickedBefore.dataset.key);
  },
  true,
);
