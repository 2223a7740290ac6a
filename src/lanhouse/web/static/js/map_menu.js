// The menu of a seat, or of all that are selected: by the right button, a long press, or the menu key.
// Each of its lines is a dialog of the server, which gets the PCs by name.
"use strict";

const seatMenu = document.getElementById("seat-menu");
let menuSeat = null;

function kindsOf(seat) {
  const { state } = seat.dataset;
  if (state === "free" || state === "broken") return [state];
  // Who pays at the end, or nothing, has no time that could be added to.
  return state === "postpaid" || state === "nocharge" ? ["running"] : ["running", "timed"];
}

function isForThese(item, these) {
  if (these.length > 1 ? item.dataset.one !== undefined : item.dataset.many !== undefined) return false;
  const kinds = item.dataset.for.split(" ");
  return these.some((seat) => kindsOf(seat).some((kind) => kinds.includes(kind)));
}

function menuSeats() {
  if (!menuSeat) return [];
  return chosen.has(menuSeat.dataset.pc) && chosen.size > 1 ? seats().filter((seat) => chosen.has(seat.dataset.pc)) : [menuSeat];
}

function openMenu(seat, x, y) {
  menuSeat = seat;
  if (!chosen.has(seat.dataset.pc)) select(seat.dataset.pc);
  const these = menuSeats();
  for (const item of seatMenu.querySelectorAll("[role=menuitem]")) item.hidden = !isForThese(item, these);
  const title = seatMenu.querySelector("[data-title]");
  title.textContent = these.length > 1 ? `${title.dataset.word} ${these.length}` : seat.dataset.pc;
  if (!seatMenu.matches(":popover-open")) seatMenu.showPopover();
  const { width, height } = seatMenu.getBoundingClientRect();
  seatMenu.style.left = `${Math.max(8, Math.min(x, window.innerWidth - width - 8))}px`;
  seatMenu.style.top = `${Math.max(8, Math.min(y, window.innerHeight - height - 8))}px`;
  menuItems()[0]?.focus();
}

function menuItems() {
  return [...seatMenu.querySelectorAll("[role=menuitem]:not([hidden])")];
}

function runItem(item) {
  const these = menuSeats();
  const kinds = item.dataset.for.split(" ");
  const names = these.filter((seat) => kindsOf(seat).some((kind) => kinds.includes(kind))).map((seat) => seat.dataset.pc);
  seatMenu.hidePopover();
  if (item.dataset.act === "room") {
    const inRoom = menuSeat.closest(".lh-room").querySelectorAll(".lh-seat");
    choose([...inRoom].map((seat) => seat.dataset.pc));
  } else {
    openDialog(`${item.dataset.open}?${pcQuery(names)}${item.dataset.more ?? ""}`);
  }
}

if (map && seatMenu) {
  map.addEventListener("contextmenu", (event) => {
    const seat = event.target.closest(".lh-seat");
    if (!seat) return;
    event.preventDefault();
    openMenu(seat, event.clientX, event.clientY);
  });
  map.addEventListener("keydown", (event) => {
    const seat = event.target.closest(".lh-seat");
    if (!seat || !(event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey))) return;
    event.preventDefault();
    const box = seat.getBoundingClientRect();
    openMenu(seat, box.left + 8, box.bottom - 8);
  });
  seatMenu.addEventListener("click", (event) => {
    const item = event.target.closest("[role=menuitem]");
    if (item) runItem(item);
  });
  seatMenu.addEventListener("keydown", (event) => {
    const items = menuItems();
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Tab") seatMenu.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    items.at(next % items.length)?.focus();
  });
  seatMenu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed" || dialog.open) return;
    // Back to where it was opened, unless a press has led elsewhere.
    if (document.activeElement === document.body || seatMenu.contains(document.activeElement)) menuSeat?.focus();
  });
}
