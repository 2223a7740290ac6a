// The timeline of bookings: draw on a free place to book it, draw a booking to move it.
"use strict";

(() => {
  const UNIT = 5;
  const STEP = 3;
  const CLICK = 12;
  const line = document.querySelector("[data-timeline]");
  if (!line) return;
  const table = line.querySelector("table");
  const units = Number(line.dataset.units);
  const isRight = getComputedStyle(line).direction === "rtl";
  let drag = null;

  // Pixels of the table -> units of its day; the first column is the names.
  const names = () => table.querySelector("thead th").offsetWidth;
  const width = () => (table.offsetWidth - names()) / units;
  function unitAt(x) {
    const box = table.getBoundingClientRect();
    const along = isRight ? box.right - x : x - box.left;
    return Math.min(Math.max((along - names()) / width(), 0), units);
  }

  function now() {
    if (line.dataset.now === undefined) return;
    const mark = document.createElement("div");
    mark.className = "bk-now";
    const at = names() + Number(line.dataset.now) * width();
    mark.style.insetInlineStart = `${at}px`;
    mark.style.blockSize = `${table.offsetHeight}px`;
    line.append(mark);
    line.scrollLeft = (isRight ? -1 : 1) * Math.max(at - names() - line.clientWidth / 4, 0);
  }
  now();

  const open = (address) => htmx.ajax("GET", address, { source: "#dialog", target: "#dialog", swap: "innerHTML" });
  // One listener for thousands of blocks; the click after a drawn move is not one.
  line.addEventListener("click", (event) => {
    const block = event.target.closest("[data-booking]");
    if (block && !(drag?.isDrawn && drag.block)) open(`/panel/bookings/one?booking=${block.dataset.booking}`);
  });
  if (line.dataset.edit === undefined) return;

  const rowAt = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest("tr[data-pc]");

  function show(row, from, to) {
    drag.shown ??= line.appendChild(Object.assign(document.createElement("div"), { className: "bk-drawn" }));
    const { style } = drag.shown;
    style.insetBlockStart = `${row.offsetTop + 3}px`;
    style.insetInlineStart = `${names() + from * width()}px`;
    style.inlineSize = `${Math.max(to - from, 1) * width()}px`;
  }

  function place(event) {
    const at = unitAt(event.clientX);
    if (drag.block) {
      const from = Math.round((at - drag.grip) / STEP) * STEP;
      return { row: rowAt(event) ?? drag.row, from: Math.max(from, 0), to: Math.max(from, 0) + drag.length };
    }
    const [low, high] = [Math.min(drag.from, at), Math.max(drag.from, at)];
    return { row: drag.row, from: Math.floor(low / STEP) * STEP, to: Math.ceil(high / STEP) * STEP };
  }

  // A finger scrolls; a mouse or a pen draws.
  line.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    const row = event.target.closest("tr[data-pc]");
    const block = event.target.closest("[data-moves]");
    if (!row || (!block && !event.target.closest(".bk-free"))) return;
    const from = unitAt(event.clientX);
    const cell = event.target.closest("td");
    const grip = from - Number(cell.dataset.from);
    drag = { row, block, from, grip, length: cell.colSpan, x: event.clientX, y: event.clientY, isDrawn: false };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.isDrawn ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 5;
    if (!drag.isDrawn) return;
    const { row, from, to } = place(event);
    show(row, from, to);
  });
  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const was = drag;
    const found = place(event);
    was.shown?.remove();
    // The click that follows would open the booking that was drawn.
    setTimeout(() => (drag = null));
    if (was.block && !was.isDrawn) return;
    const values = new URLSearchParams({ starts_date: line.dataset.day, offset: found.from * UNIT });
    if (was.block) {
      values.set("booking", was.block.dataset.booking);
      values.set("pc", found.row.dataset.pc);
      open(`/panel/bookings/move?${values}`);
      return;
    }
    values.set("pcs", found.row.dataset.pc);
    values.set("minutes", (was.isDrawn ? found.to - found.from : CLICK) * UNIT);
    open(`/panel/bookings/new?${values}`);
  });
  document.addEventListener("pointercancel", () => {
    drag?.shown?.remove();
    drag = null;
  });
})();
