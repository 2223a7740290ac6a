// The floor: finds, changes only the seats that changed, walks by arrows. What is selected is
// map_select.js, how it looks map_views.js.
"use strict";

const map = document.getElementById("map");
const sidePanel = document.getElementById("panel");
const search = document.getElementById("search");

function seats() {
  return [...document.querySelectorAll(".lh-seat")];
}

function seatOf(name) {
  return seats().find((seat) => seat.dataset.pc === name);
}

// Writing the same value again would have the browser compute the style of every seat anew.
function setPressed(button, isPressed) {
  if (button.getAttribute("aria-pressed") !== String(isPressed)) button.setAttribute("aria-pressed", String(isPressed));
}
function setMark(element, name, isOn) {
  if (element.hasAttribute(name) !== isOn) element.toggleAttribute(name, isOn);
}

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function searched() {
  return plain(search?.value.trim() ?? "");
}

// A PC, an account, a name, a phone number however it is written, or the number of a ticket, which is
// that of its session and must be whole.
function isMatch(seat, text = searched()) {
  if (!text) return true;
  const { pc, phone, session } = seat.dataset;
  const digits = text.replace(/[^\d]/g, "");
  const isNumber = /^[+\d\s/().-]+$/.test(text);
  if (isNumber && digits.length >= 4 && phone?.includes(digits.replace(/^0+/, ""))) return true;
  if (session && digits === session && /^#?\d+$/.test(text)) return true;
  return plain(pc).includes(text) || plain(seat.querySelector(".lh-who")?.textContent ?? "").includes(text);
}

// The seat that Enter takes: the PC of exactly this name, else the first match, else none.
function foundSeat() {
  const text = searched();
  if (!text) return undefined;
  const matches = seatsInOrder().filter((seat) => isMatch(seat, text));
  return matches.find((seat) => plain(seat.dataset.pc) === text) ?? matches[0];
}

function showSelection() {
  const text = searched();
  let found = 0;
  for (const seat of seats()) {
    setPressed(seat, chosen.has(seat.dataset.pc));
    const isFound = isMatch(seat, text);
    setMark(seat, "data-dimmed", !isFound);
    found += isFound;
  }
  for (const counter of document.querySelectorAll("[data-select]")) setPressed(counter, counter.dataset.select === counterOn);
  for (const button of document.querySelectorAll("[data-several]")) setPressed(button, isPickingSeveral);
  const nothing = document.getElementById("nothing-found");
  if (nothing) {
    nothing.hidden = !text || found > 0;
    const link = nothing.querySelector("a");
    if (link) link.href = `/panel/members?search=${encodeURIComponent(search.value.trim())}`;
  }
}

function openDialog(address) {
  htmx.ajax("GET", address, { source: "#dialog", target: "#dialog", swap: "innerHTML" });
}

// ---- Polling: the answer is compared seat by seat, text changes, nodes stay.

// What this script has put on a seat, and the server knows nothing of.
const OWN_ATTRIBUTES = new Set(["aria-pressed", "data-dimmed", "style", "data-target", "data-carried", "data-moving", "data-fresh"]);

function patchSeat(current, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
  for (const { name } of [...current.attributes]) {
    if (!fresh.hasAttribute(name) && !OWN_ATTRIBUTES.has(name)) current.removeAttribute(name);
  }
  current.replaceChildren(...fresh.childNodes);
}

function patchMap(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const root = fresh.querySelector("[data-layout]");
  if (!root || root.dataset.layout !== map.querySelector("[data-layout]")?.dataset.layout) return false;
  map.querySelector("[data-layout]").dataset.name = root.dataset.name;
  for (const seat of fresh.querySelectorAll(".lh-seat")) {
    const current = document.getElementById(seat.id);
    if (current.dataset.version !== seat.dataset.version) patchSeat(current, seat);
  }
  for (const part of fresh.querySelectorAll("[data-patch]")) {
    const current = document.getElementById(part.id);
    if (current.innerHTML === part.innerHTML) continue;
    current.innerHTML = part.innerHTML;
    // What the note of a wrong clock brings is sent by htmx.
    htmx.process(current);
  }
  return true;
}

// What is being filled in beside the map stays as it is, however the panel around it changes.
Idiomorph.defaults.callbacks.beforeNodeMorphed = (kept, fresh) => !(kept.dataset?.kept !== undefined && kept.id === fresh.id);

if (map) {
  map.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt === map) {
      event.detail.parameters.set("seen", map.querySelector("[data-layout]").dataset.name);
    }
  });

  map.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== map || event.detail.xhr.status !== 200) return;
    setServerTime(event.detail.xhr.getResponseHeader("lh-now"));
    if (patchMap(event.detail.serverResponse)) event.detail.shouldSwap = false;
    window.requestAnimationFrame(showFloor);
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== sidePanel || event.detail.xhr.status !== 200) return;
    // An answer that comes late is about PCs that are not selected any more.
    if (!isAboutChosen(event.detail.pathInfo)) {
      event.detail.shouldSwap = false;
      return;
    }
    shownBefore = null;
    sidePanel.inert = false;
    window.requestAnimationFrame(drawTimes);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { target, failed, pathInfo } = event.detail;
    if (target === sidePanel && failed && isAboutChosen(pathInfo)) chooseShown();
  });

  map.addEventListener("click", (event) => {
    const seat = event.target.closest(".lh-seat");
    // The second click of a double-click means the PC of the first, whatever lies under it by then.
    if (seat && event.detail < 2) pressSeat(seat, event);
    const counter = event.target.closest("[data-select]");
    if (counter) pressCounter(counter, event.shiftKey);
  });

  const sell = (seat) => openDialog(`/panel/computers/start?pc=${encodeURIComponent(seat.dataset.pc)}`);
  map.addEventListener("dblclick", (event) => {
    const seat = event.target.closest(".lh-seat") && seatOf(selectedName());
    if (seat?.dataset.state === "free") sell(seat);
  });
  // Enter does the usual thing: starts on a free PC, opens any other; the space bar only selects.
  map.addEventListener("keydown", (event) => {
    const seat = event.target.closest(".lh-seat");
    if (!seat) return;
    if (event.key === " " && (event.ctrlKey || event.shiftKey)) {
      event.preventDefault();
      pressSeat(seat, event);
    }
    if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      choose(seats().filter((one) => isMatch(one)).map((one) => one.dataset.pc));
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    select(seat.dataset.pc);
    if (seat.dataset.state === "free") sell(seat);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-panel-close]")) select("");
  });

  search?.addEventListener("input", showSelection);
  search?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const found = foundSeat();
    if (!found) return;
    search.value = "";
    found.focus();
    select(found.dataset.pc);
  });

  // The scripts after this one say what a selection and a view are.
  document.addEventListener("DOMContentLoaded", showFloor);
}

// Everything that follows from the seats, after they have come or changed.
function showFloor() {
  showView();
  dropGone();
  showSelection();
  showSound();
  tellEnds();
  drawTimes();
  drawAside();
}

// ---- Arrows walk to the nearest seat in that direction; Esc clears the selection.

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function nearest(from, [dx, dy]) {
  const here = from.getBoundingClientRect();
  let best = null;
  let bestDistance = Infinity;
  for (const seat of seats()) {
    const there = seat.getBoundingClientRect();
    const x = there.x - here.x;
    const y = there.y - here.y;
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (seat === from || ahead < 10) continue;
    const distance = ahead + aside * 3;
    if (distance < bestDistance) [best, bestDistance] = [seat, distance];
  }
  return best;
}

document.addEventListener("keydown", (event) => {
  if (!map || document.getElementById("dialog").open) return;
  if (seatMenu?.matches(":popover-open")) return;
  if (event.key === "Escape" && chosen.size) select("");
  const direction = DIRECTIONS[event.key];
  if (!direction || event.target.matches("input, textarea, select")) return;
  const from = document.activeElement.closest?.(".lh-seat") ?? seatOf(selectedName());
  const next = from ? nearest(from, direction) : seats()[0];
  if (next) {
    event.preventDefault();
    next.focus();
    if (event.shiftKey) choose([...chosen, ...(from ? [from.dataset.pc] : []), next.dataset.pc]);
  }
});
