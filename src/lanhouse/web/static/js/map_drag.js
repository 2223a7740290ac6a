// Carrying: a session onto another PC moves it, a length of time onto a PC opens its sale. Whatever is
// carried has a line in the menu of a seat too, for keys and fingers.
"use strict";

const CARRY_PIXELS = 8;
let carried = null;

function seatUnder(event) {
  return document.elementFromPoint(event.clientX, event.clientY)?.closest(".lh-seat") ?? null;
}

// A session goes to a free PC, time to one that is free or has time; the server says the last word.
function takes(seat) {
  if (!seat || seat === carried.seat) return false;
  const { state } = seat.dataset;
  return carried.seat ? state === "free" : !["broken", "postpaid", "nocharge"].includes(state);
}

function startCarry(event) {
  const chip = event.target.closest("[data-carry]");
  const seat = event.target.closest(".lh-seat[data-session]");
  if (event.button !== 0 || event.ctrlKey || event.shiftKey || event.metaKey || isPickingSeveral) return;
  // A finger on a seat scrolls the page; a chip is there to be carried.
  if (!chip && !(seat && event.pointerType === "mouse")) return;
  carried = { x: event.clientX, y: event.clientY, seat, minutes: chip?.dataset.carry, source: chip ?? seat, target: null, over: null };
}

function carry(event) {
  if (!carried.ghost) {
    if (Math.hypot(event.clientX - carried.x, event.clientY - carried.y) < CARRY_PIXELS) return;
    carried.ghost = document.createElement("div");
    carried.ghost.className = "lh-ghost";
    carried.ghost.textContent = carried.seat ? carried.seat.dataset.pc : carried.source.textContent.trim();
    document.body.append(carried.ghost);
    document.body.dataset.carrying = "";
    carried.source.dataset.carried = "";
  }
  carried.ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 12}px)`;
  const seat = seatUnder(event);
  carried.over = seat === carried.seat ? null : seat;
  const target = takes(seat) ? seat : null;
  if (target === carried.target) return;
  carried.target?.removeAttribute("data-target");
  target?.setAttribute("data-target", "");
  carried.target = target;
}

function endCarry(isDone) {
  if (!carried) return;
  const { ghost, target, over, seat, minutes, source } = carried;
  carried = null;
  if (!ghost) return;
  ghost.remove();
  delete document.body.dataset.carrying;
  delete source.dataset.carried;
  target?.removeAttribute("data-target");
  // The click that the browser makes of the release is none.
  window.addEventListener("click", stopClick, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", stopClick, { capture: true }));
  if (isDone && over && !target) tellRefused(seat ? "not-moved" : "not-added", over);
  if (!isDone || !target) return;
  if (seat) moveTo(seat, target);
  else openDialog(`/panel/computers/start?pc=${encodeURIComponent(target.dataset.pc)}&minutes=${minutes}`);
}

// Nothing happened, and whoever let go there should not have to look for it.
function tellRefused(words, seat) {
  const note = document.getElementById(words).content.cloneNode(true);
  note.querySelector("b").textContent = seat.dataset.pc;
  document.getElementById("toast").replaceChildren(note);
}

function stopClick(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function newKey() {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("");
}

// The session that was carried, not whichever is there when the server hears of it.
function moveTo(seat, target) {
  const values = { pc: seat.dataset.pc, target: target.dataset.pc, session: seat.dataset.session, key: newKey() };
  for (const one of [seat, target]) one.dataset.moving = "";
  htmx.ajax("POST", "/panel/computers/move", { source: target, target: "#dialog", swap: "innerHTML", values }).finally(() => {
    for (const one of [seat, target]) delete one.dataset.moving;
    if (!dialog.open) select(values.target);
  });
}

if (map) {
  document.addEventListener("pointerdown", startCarry);
  document.addEventListener("pointermove", (event) => carried && carry(event));
  document.addEventListener("pointerup", () => endCarry(true));
  document.addEventListener("pointercancel", () => endCarry(false));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !carried?.ghost) return;
    event.stopImmediatePropagation();
    endCarry(false);
  }, true);
}
