// The PC map: keeps the selection over polls, changes only the seats that changed, walks by arrows.
"use strict";

const map = document.getElementById("map");
const sidePanel = document.getElementById("panel");
let selected = map?.dataset.selected ?? "";
let stateFilter = "";
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

function searched() {
  return search?.value.trim().toLowerCase() ?? "";
}

// What is searched or counted; a typed text looks through the whole floor, whatever counter is on.
function isMatch(seat) {
  const text = searched();
  if (text) return seat.dataset.find.toLowerCase().includes(text);
  return stateFilter === "" || seat.dataset.groups.split(" ").includes(stateFilter);
}

// The seat that Enter takes: the PC of exactly this name, else the first match, else none.
function foundSeat() {
  const text = searched();
  if (!text) return undefined;
  const matches = seats().filter(isMatch);
  return matches.find((seat) => seat.dataset.pc.toLowerCase() === text) ?? matches[0];
}

function showSelection() {
  for (const seat of seats()) {
    setPressed(seat, seat.dataset.pc === selected);
    seat.toggleAttribute("data-dimmed", !isMatch(seat));
  }
  for (const counter of document.querySelectorAll("[data-select]")) {
    setPressed(counter, counter.dataset.select === stateFilter);
  }
}

function panelAddress(name) {
  return `/panel/computers/panel?pc=${encodeURIComponent(name)}`;
}

function pcOf(pathInfo) {
  return new URL(pathInfo.requestPath, window.location.href).searchParams.get("pc");
}

function select(name) {
  // Until the other PC's panel is there, no key or click may reach the actions of this one.
  if (name !== selected) sidePanel.inert = name !== "" && sidePanel.childElementCount > 0;
  selected = name;
  const address = new URL(window.location.href);
  if (name) address.searchParams.set("pc", name);
  else address.searchParams.delete("pc");
  window.history.replaceState(null, "", address);
  showSelection();
  if (name) htmx.ajax("GET", panelAddress(name), { source: sidePanel, target: sidePanel, swap: "innerHTML" });
  else sidePanel.replaceChildren();
}

function openDialog(address) {
  htmx.ajax("GET", address, { source: "#dialog", target: "#dialog", swap: "innerHTML" });
}

// ---- Polling: the answer is compared seat by seat, text changes, nodes stay.

// What this script has put on a seat, and the server knows nothing of.
const OWN_ATTRIBUTES = new Set(["aria-pressed", "data-dimmed", "style"]);

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

if (map) {
  map.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt === map) {
      event.detail.parameters.set("seen", map.querySelector("[data-layout]").dataset.name);
    }
  });

  map.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== map || event.detail.xhr.status !== 200) return;
    setServerTime(event.detail.xhr.getResponseHeader("lh-now"));
    window.requestAnimationFrame(() => {
      layHall();
      showSelection();
      drawTimes();
    });
    if (patchMap(event.detail.serverResponse)) event.detail.shouldSwap = false;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== sidePanel || event.detail.xhr.status !== 200) return;
    // An answer that comes late is about a PC that is not selected any more.
    if (pcOf(event.detail.pathInfo) !== selected) {
      event.detail.shouldSwap = false;
      return;
    }
    sidePanel.inert = false;
    window.requestAnimationFrame(drawTimes);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { target, failed, pathInfo } = event.detail;
    if (target !== sidePanel || !failed || !sidePanel.inert || pcOf(pathInfo) !== selected) return;
    sidePanel.replaceChildren();
    sidePanel.inert = false;
  });

  map.addEventListener("click", (event) => {
    const seat = event.target.closest(".lh-seat");
    // The second click of a double-click means the PC of the first, whatever lies under it by then.
    if (seat && event.detail < 2) select(seat.dataset.pc);
    const counter = event.target.closest("[data-select]");
    if (counter) {
      stateFilter = stateFilter === counter.dataset.select ? "" : counter.dataset.select;
      showSelection();
    }
  });

  const sell = (seat) => openDialog(`/panel/computers/start?pc=${encodeURIComponent(seat.dataset.pc)}`);
  map.addEventListener("dblclick", (event) => {
    const seat = event.target.closest(".lh-seat") && seatOf(selected);
    if (seat?.dataset.state === "free") sell(seat);
  });
  // Enter does the usual thing: starts on a free PC, opens any other; the space bar only selects.
  map.addEventListener("keydown", (event) => {
    const seat = event.target.closest(".lh-seat");
    if (event.key !== "Enter" || !seat) return;
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

  showSelection();
  drawTimes();
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
  if (event.key === "Escape" && (selected || stateFilter)) {
    stateFilter = "";
    select("");
  }
  const direction = DIRECTIONS[event.key];
  if (!direction || event.target.matches("input, textarea, select")) return;
  const from = document.activeElement.closest?.(".lh-seat") ?? seatOf(selected);
  const next = from ? nearest(from, direction) : seats()[0];
  if (next) {
    event.preventDefault();
    next.focus();
  }
});
