// Choosing hours of the week: drag a rectangle, walk with the arrows; without it each is a tick.
"use strict";

(() => {
  const DAY = 48;
  let drag = null;

  const grid = () => document.querySelector("[data-paint]");
  const cells = () => [...grid().querySelectorAll("input[name=cells]")];

  function count() {
    const told = document.querySelector("[data-count]");
    if (!told || !grid()) return;
    const chosen = cells().filter((cell) => cell.checked).length;
    told.textContent = chosen === 1 ? told.dataset.one : told.dataset.many.replace("{}", chosen);
  }

  // The rectangle between two cells, over what was chosen before.
  function choose(from, to, before) {
    const place = (cell) => [Math.floor(cell.value / DAY), cell.value % DAY];
    const [one, other] = [place(from), place(to)];
    const days = [one[0], other[0]].sort((a, b) => a - b);
    const times = [one[1], other[1]].sort((a, b) => a - b);
    for (const cell of cells()) {
      const [day, time] = place(cell);
      const isIn = day >= days[0] && day <= days[1] && time >= times[0] && time <= times[1];
      cell.checked = isIn || before.has(cell.value);
    }
    count();
  }

  const cellAt = (event) =>
    document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-paint] td")?.querySelector("input");

  // A finger scrolls and ticks one by one; a mouse or a pen draws.
  document.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest?.("[data-paint] td")?.querySelector("input");
    if (!cell || event.pointerType === "touch" || event.button !== 0) return;
    const keeps = event.shiftKey || event.ctrlKey || event.metaKey;
    const before = new Set(keeps ? cells().filter((one) => one.checked).map((one) => one.value) : []);
    drag = { from: cell, before };
    choose(cell, cell, before);
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const cell = cellAt(event);
    if (cell) choose(drag.from, cell, drag.before);
  });
  document.addEventListener("pointerup", () => setTimeout(() => (drag = null)));
  document.addEventListener("pointercancel", () => (drag = null));
  // The tick that the browser makes of the release would take the first cell off again.
  document.addEventListener(
    "click",
    (event) => {
      if (!drag || !event.target.closest?.("[data-paint] td")) return;
      event.preventDefault();
      const { from, before } = drag;
      const to = cellAt(event) ?? from;
      setTimeout(() => choose(from, to, before));
    },
    true,
  );

  // A day's or an hour's name chooses all of it; again takes it off.
  document.addEventListener("click", (event) => {
    const { day, hour } = event.target.closest?.("[data-day], [data-hour]")?.dataset ?? {};
    if (day === undefined && hour === undefined) return;
    const found = cells().filter((cell) =>
      day === undefined
        ? Math.floor((cell.value % DAY) / 2) === Number(hour)
        : Math.floor(cell.value / DAY) === Number(day),
    );
    const isAll = found.every((cell) => cell.checked);
    for (const cell of found) cell.checked = !isAll;
    count();
  });

  document.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches?.("[data-paint] input[name=cells]")) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -DAY, ArrowDown: DAY }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = cells()[Number(cell.value) + step];
    if (!next) return;
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    if (event.shiftKey) {
      cell.checked = next.checked = true;
      count();
    }
  });
  document.addEventListener("change", (event) => event.target.name === "cells" && count());
})();
