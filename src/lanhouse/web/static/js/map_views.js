// One floor, looked at in four ways: as it was laid out, as cards, as a table, on a line of time. The
// seats are the same nodes in each, so that selection, search and polls know nothing of it.
"use strict";

const VIEW_KEY = "lh-hall";
const ORDER_KEY = "lh-order";
const VIEWS = ["map", "cards", "table", "timeline"];
// A seat keeps its name and time readable, and does not grow beyond a card.
const HALL_SCALE_MIN = 1.5;
const HALL_SCALE_MAX = 2.4;
const HALL_WIDTH_MIN = 700;
// From here a hall that is wider than the page scrolls; below it is shown as rooms.
const HALL_WIDTH_SCROLLED = 900;
const HALL_LARGE = 2.1;

// A browser may keep nothing: then the choice holds for the page.
function remembered(key, otherwise) {
  try {
    return window.localStorage.getItem(key) ?? otherwise;
  } catch {
    return otherwise;
  }
}
function remember(key, value) {
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // Kept for this page alone.
  }
}

let floorView = remembered(VIEW_KEY, "map");
if (!VIEWS.includes(floorView)) floorView = "map";
// The column that orders the table, with a minus when it goes down.
let tableOrder = remembered(ORDER_KEY, "name");

function setStyle(element, name, value) {
  if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
}

// ---- The hall as it was laid out: rooms and seats at their places, as large as the page allows.

function boxOf(element, scale) {
  const [x, y, width, height] = element.dataset.box.split(" ").map((number) => `${Number(number) * scale}px`);
  return { left: x, top: y, width, height };
}

function layHall() {
  const hall = document.querySelector("[data-hall]");
  if (!hall) return;
  const [width, height] = hall.dataset.hall.split(" ").map(Number);
  const available = hall.parentElement.clientWidth;
  const needed = Math.max(HALL_WIDTH_MIN, Math.min(width * HALL_SCALE_MIN, HALL_WIDTH_SCROLLED));
  const isLaid = floorView === "map" && available >= needed;
  const scale = Math.min(HALL_SCALE_MAX, Math.max(HALL_SCALE_MIN, available / width));
  hall.toggleAttribute("data-laid", isLaid);
  hall.dataset.size = scale >= HALL_LARGE ? "large" : "small";
  setStyle(hall, "width", isLaid ? `${width * scale}px` : "");
  setStyle(hall, "height", isLaid ? `${height * scale}px` : "");
  for (const element of hall.querySelectorAll("[data-box]")) {
    const box = isLaid ? boxOf(element, scale) : { left: "", top: "", width: "", height: "" };
    for (const [name, value] of Object.entries(box)) setStyle(element, name, value);
    if (element.dataset.percent) element.style.opacity = element.dataset.percent / 100;
    if (element.dataset.turned) setStyle(element, "--turned", `${element.dataset.turned}deg`);
  }
}

// ---- The table: rows in the order of a column. Without an end comes last, whichever way it goes.

const COLUMN_TEXT = { who: ".lh-who", until: ".lh-until", money: ".lh-money", rule: ".lh-rule", state: ".lh-state" };

function sortKey(seat, column) {
  if (column === "left" || column === "until") return Number(seat.dataset.expiresAt || 0);
  const text = seat.querySelector(COLUMN_TEXT[column])?.textContent.trim() ?? "";
  if (column === "money") return Number(text.replace(/[^\d]/g, ""));
  return text.toLowerCase();
}

function orderTable() {
  const seats = [...document.querySelectorAll(".lh-seat")];
  const isDown = tableOrder.startsWith("-");
  const column = tableOrder.replace("-", "");
  let rows = seats;
  if (floorView === "table" && (column !== "name" || isDown)) {
    const keys = new Map(seats.map((seat) => [seat, column === "name" ? "" : sortKey(seat, column)]));
    const compare = (one, other) => {
      const [a, b] = [keys.get(one), keys.get(other)];
      if (!a || !b) return Number(!a) - Number(!b);
      return (a < b ? -1 : a > b ? 1 : 0) * (isDown ? -1 : 1);
    };
    rows = column === "name" ? seats.toReversed() : seats.toSorted(compare);
  }
  const isOrdered = rows !== seats;
  rows.forEach((seat, index) => setStyle(seat, "order", isOrdered ? String(index + 1) : ""));
  for (const head of document.querySelectorAll("[data-order]")) {
    const isOn = head.dataset.order === column;
    head.setAttribute("aria-pressed", isOn);
    head.querySelector("[data-up]").hidden = !isOn || isDown;
    head.querySelector("[data-down]").hidden = !isOn || !isDown;
  }
}

// The seats as a reader meets them, row by row.
function seatsInOrder() {
  const all = [...document.querySelectorAll(".lh-seat")];
  return all[0]?.style.order ? all.sort((one, other) => one.style.order - other.style.order) : all;
}

// ---- The line of time: what was, from the log; what runs, to its end; now at the same place always.

const HOUR_MS = 3_600_000;
const BEHIND_MS = 3 * HOUR_MS;
const AHEAD_MS = 5 * HOUR_MS;
const PAST_EVERY_MS = 15_000;
let past = new Map();
let pastAskedAt = -Infinity;

function share(at, begin) {
  return Math.min(100, Math.max(0, ((at - begin) / (BEHIND_MS + AHEAD_MS)) * 100));
}

function bar(kind, from, to, begin) {
  const made = document.createElement("i");
  made.className = kind;
  made.style.insetInlineStart = `${share(from, begin)}%`;
  made.style.width = `${Math.max(0.3, share(to, begin) - share(from, begin))}%`;
  return made;
}

function drawTrack(seat, now) {
  const begin = now - BEHIND_MS;
  const bars = (past.get(seat.dataset.pc) ?? []).map(([from, to, state]) => {
    const made = bar("lh-past", from, to, begin);
    made.dataset.state = state;
    return made;
  });
  const { startedAt, expiresAt } = seat.dataset;
  if (startedAt) {
    const made = bar("lh-run", Number(startedAt), expiresAt ? Math.max(Number(expiresAt), now) : now, begin);
    made.toggleAttribute("data-open", !expiresAt);
    bars.push(made);
  }
  let track = seat.querySelector(".lh-track");
  if (!track) {
    track = document.createElement("span");
    track.className = "lh-track";
    seat.append(track);
  }
  track.replaceChildren(...bars);
}

function drawScale(now) {
  const scale = document.querySelector(".lh-scale");
  const begin = now - BEHIND_MS;
  const marks = [];
  for (let at = Math.ceil(begin / HOUR_MS) * HOUR_MS; at < begin + BEHIND_MS + AHEAD_MS; at += HOUR_MS) {
    const mark = document.createElement("span");
    mark.textContent = clockFormat.format(new Date(at));
    mark.style.insetInlineStart = `${share(at, begin)}%`;
    marks.push(mark);
  }
  scale?.replaceChildren(...marks);
}

// All tracks, or after a poll only those of the seats that came anew.
function drawTimeline(isAll = true) {
  if (floorView !== "timeline") return;
  const now = serverNow();
  if (isAll) drawScale(now);
  for (const seat of document.querySelectorAll(isAll ? ".lh-seat" : ".lh-seat:not(:has(> .lh-track))")) drawTrack(seat, now);
  askPast();
}

async function askPast() {
  if (performance.now() - pastAskedAt < PAST_EVERY_MS) return;
  pastAskedAt = performance.now();
  const answer = await fetch("/panel/computers/past", { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return;
  past = new Map();
  for (const [pc, ...ended] of await answer.json()) past.set(pc, [...(past.get(pc) ?? []), ended]);
  drawTimeline();
}

// ---- Which of them.

function showView() {
  const floor = document.getElementById("map");
  if (!floor) return;
  if (floor.dataset.view !== floorView) floor.dataset.view = floorView;
  for (const button of document.querySelectorAll("[data-view]:not(#map)")) {
    button.setAttribute("aria-pressed", button.dataset.view === floorView);
  }
  layHall();
  orderTable();
  drawTimeline(document.querySelector(".lh-track") === null);
}

document.addEventListener("click", (event) => {
  const view = event.target.closest("button[data-view]");
  if (view) {
    floorView = view.dataset.view;
    remember(VIEW_KEY, floorView);
    showView();
    drawTimeline();
  }
  const head = event.target.closest("[data-order]");
  if (head) {
    tableOrder = tableOrder === head.dataset.order ? `-${tableOrder}` : head.dataset.order;
    remember(ORDER_KEY, tableOrder);
    orderTable();
  }
});

if (document.getElementById("map")) {
  new ResizeObserver(layHall).observe(document.getElementById("map"));
  showView();
  setInterval(drawTimeline, 30_000);
}
