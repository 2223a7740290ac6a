// What is selected on the floor: one PC, whose panel is beside it, or several with what they allow in
// common. By press, Ctrl, Shift, a band around them, a counter, or a mode for fingers; polls change
// nothing of it.
"use strict";

const BAND_PIXELS = 6;
const chosen = new Set(map?.dataset.selected ? [map.dataset.selected] : []);
let anchor = map?.dataset.selected ?? "";
let counterOn = "";
let isPickingSeveral = false;
// What the panel is about, until the answer for another selection is there.
let shownBefore = null;

// The PC whose own panel is shown; none while several are selected.
function selectedName() {
  return chosen.size === 1 ? [...chosen][0] : "";
}

function pcQuery(names) {
  return names.map((name) => `pc=${encodeURIComponent(name)}`).join("&");
}

function panelAddress() {
  if (!chosen.size) return "";
  const part = chosen.size === 1 ? "panel" : "selection";
  return `/panel/computers/${part}?${pcQuery([...chosen])}`;
}

// Whether an answer is about what is selected now.
function isAboutChosen(pathInfo) {
  const asked = new URL(pathInfo.requestPath, window.location.href);
  const names = asked.searchParams.getAll("pc");
  return names.length === chosen.size && names.every((name) => chosen.has(name));
}

function sayChosen() {
  const said = document.getElementById("map-said");
  if (said) said.textContent = chosen.size > 1 ? `${said.dataset.word} ${chosen.size}` : "";
}

function setChosen(names, counter) {
  chosen.clear();
  for (const name of names) chosen.add(name);
  counterOn = counter;
  const address = new URL(window.location.href);
  if (selectedName()) address.searchParams.set("pc", selectedName());
  else address.searchParams.delete("pc");
  window.history.replaceState(null, "", address);
  showSelection();
  sayChosen();
}

// `names` replace what was selected; `counter` is the counter that selected them.
function choose(names, counter = "") {
  const wanted = [...new Set(names)];
  const isSame = wanted.length === chosen.size && wanted.every((name) => chosen.has(name));
  // Until the other panel is there, no key or click may reach the actions of this one.
  if (!isSame) {
    sidePanel.inert = wanted.length > 0 && sidePanel.childElementCount > 0;
    shownBefore ??= { names: [...chosen], counter: counterOn };
  }
  setChosen(wanted, counter);
  const part = panelAddress();
  if (part) return htmx.ajax("GET", part, { source: sidePanel, target: sidePanel, swap: "innerHTML" });
  shownBefore = null;
  return sidePanel.replaceChildren();
}

// The panel of what was chosen did not come: what it shows is selected again.
function chooseShown() {
  if (!shownBefore) return;
  const { names, counter } = shownBefore;
  shownBefore = null;
  sidePanel.inert = false;
  anchor = names.at(-1) ?? "";
  setChosen(names, counter);
}

function select(name) {
  anchor = name;
  choose(name ? [name] : []);
}

function toggleChosen(name) {
  anchor = name;
  choose(chosen.has(name) ? [...chosen].filter((one) => one !== name) : [...chosen, name]);
}

// From where the last press was to here, in the order in which the seats are read.
function extendTo(name) {
  const names = seatsInOrder().filter((seat) => seat.checkVisibility()).map((seat) => seat.dataset.pc);
  const [from, to] = [names.indexOf(anchor), names.indexOf(name)];
  if (from < 0) select(name);
  else choose([...chosen, ...names.slice(Math.min(from, to), Math.max(from, to) + 1)]);
}

// PCs that are gone are not selected any more.
function dropGone() {
  const there = new Set(seats().map((seat) => seat.dataset.pc));
  const left = [...chosen].filter((name) => there.has(name));
  if (left.length !== chosen.size) choose(left);
}

function pressSeat(seat, event) {
  const { pc } = seat.dataset;
  if (event.shiftKey) extendTo(pc);
  else if (event.ctrlKey || event.metaKey || isPickingSeveral) toggleChosen(pc);
  else select(pc);
}

function pressCounter(counter, isAdded) {
  const name = counter.dataset.select;
  if (counterOn === name && !isAdded) return choose([]);
  const names = seats().filter((seat) => seat.dataset.groups.split(" ").includes(name)).map((seat) => seat.dataset.pc);
  choose(isAdded ? [...chosen, ...names] : names, name);
}

// ---- A band around seats, with the mouse alone: a finger scrolls.

let band = null;

function bandRect(event) {
  const [x, y] = [event.pageX, event.pageY];
  return { left: Math.min(band.x, x), top: Math.min(band.y, y), right: Math.max(band.x, x), bottom: Math.max(band.y, y) };
}

function drawBand(event) {
  const rect = bandRect(event);
  if (!band.box) {
    if (rect.right - rect.left < BAND_PIXELS && rect.bottom - rect.top < BAND_PIXELS) return;
    band.box = document.createElement("div");
    band.box.className = "lh-band";
    document.body.append(band.box);
    band.places = seats()
      .filter((seat) => seat.checkVisibility())
      .map((seat) => [seat, seat.getBoundingClientRect()]);
  }
  Object.assign(band.box.style, {
    left: `${rect.left}px`,
    top: `${rect.top}px`,
    width: `${rect.right - rect.left}px`,
    height: `${rect.bottom - rect.top}px`,
  });
  band.inside = new Set(band.before);
  const [dx, dy] = [band.scrollX, band.scrollY];
  for (const [seat, box] of band.places) {
    const isIn = box.left + dx < rect.right && box.right + dx > rect.left && box.top + dy < rect.bottom && box.bottom + dy > rect.top;
    if (isIn) band.inside.add(seat.dataset.pc);
    setPressed(seat, band.inside.has(seat.dataset.pc));
  }
}

function endBand(isDone) {
  if (!band) return;
  const { box, inside } = band;
  band = null;
  box?.remove();
  if (!box) return;
  if (isDone) choose([...inside]);
  else showSelection();
}

if (map) {
  map.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType !== "mouse") return;
    if (event.target.closest("button, a, input, form, [data-carry]")) return;
    const isAdded = event.ctrlKey || event.metaKey || event.shiftKey;
    const [scrollX, scrollY] = [window.scrollX, window.scrollY];
    band = { x: event.pageX, y: event.pageY, scrollX, scrollY, before: isAdded ? [...chosen] : [] };
    // Nothing of the page is marked as text on the way.
    event.preventDefault();
    document.activeElement?.blur();
  });
  document.addEventListener("pointermove", (event) => band && drawBand(event));
  document.addEventListener("pointerup", () => endBand(true));
  document.addEventListener("pointercancel", () => endBand(false));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-several]");
    if (!button) return;
    isPickingSeveral = !isPickingSeveral;
    showSelection();
  });
}

// What a batch could not do stays selected, so that it can be tried again or looked at.
document.addEventListener("htmx:afterSettle", (event) => {
  const left = event.detail.target === dialog && dialog.querySelector("[data-left]");
  if (map && left) choose(JSON.parse(left.dataset.left));
});
