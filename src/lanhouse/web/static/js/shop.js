// The till's tickets. What is on them is kept here; what it costs is computed by the server.
"use strict";

(() => {
  const area = document.getElementById("ticket");
  const form = document.getElementById("ticket-form");
  const chips = document.getElementById("tickets");
  const FIELDS = ["who", "seat", "note", "discount", "discount_reason"];
  let numbers = 0;
  let tickets = [];
  let current = null;
  let group = "";

  // ---- Tickets: one is worked on, others wait.

  function newTicket() {
    numbers += 1;
    const ticket = { number: numbers, items: new Map(), last: "", fields: {}, whose: "" };
    tickets.push(ticket);
    choose(ticket);
  }
  function choose(ticket) {
    if (current) for (const name of FIELDS) current.fields[name] = form.elements[name]?.value ?? "";
    current = ticket;
    for (const name of FIELDS) if (form.elements[name]) form.elements[name].value = ticket.fields[name] ?? "";
    // Who was found for the other ticket is nobody's to press here.
    document.getElementById("who-found").replaceChildren();
    drawChips();
    ask();
  }
  function drawChips() {
    for (const chip of chips.querySelectorAll("[data-ticket]")) chip.remove();
    for (const ticket of tickets) {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = "lh-chip";
      chip.dataset.ticket = ticket.number;
      chip.textContent = ticket.whose || chips.dataset.name.replace("#", ticket.number);
      chip.setAttribute("aria-pressed", String(ticket === current));
      chips.lastElementChild.before(chip);
    }
  }
  function finish() {
    tickets = tickets.filter((ticket) => ticket !== current);
    current = null;
    form.reset();
    document.getElementById("search").value = "";
    if (tickets.length) choose(tickets[0]);
    else newTicket();
    htmx.trigger("#tiles", "lh:sold");
  }

  // ---- Pieces.

  function change(id, by) {
    const number = Math.max(0, (current.items.get(id) ?? 0) + by);
    if (number) current.items.set(id, number);
    else current.items.delete(id);
    current.last = number ? id : [...current.items.keys()].at(-1) ?? "";
    ask();
  }
  function ask() {
    markTiles();
    htmx.trigger(area, "lh:ticket");
  }
  function markTiles() {
    const text = document.getElementById("search").value.trim().toLowerCase();
    for (const tile of tiles(true)) {
      tile.setAttribute("aria-pressed", String(current.items.has(tile.dataset.product)));
      const isOfGroup = !group || tile.dataset.group === group;
      const at = found(tile, text);
      tile.hidden = !isOfGroup || at < 0;
      // "cola" means Cola before it means "Toast and cola".
      tile.style.order = text && at > 0 ? 1 : 0;
    }
  }
  function found(tile, text) {
    if (text && tile.dataset.barcode === text) return 0;
    return tile.querySelector("b").textContent.toLowerCase().indexOf(text);
  }
  function tiles(all = false) {
    const every = [...document.querySelectorAll("#tiles [data-product]")];
    if (all) return every;
    const seen = every.filter((tile) => !tile.hidden && !tile.disabled);
    return seen.sort((one, other) => one.style.order - other.style.order);
  }

  document.addEventListener("htmx:configRequest", (event) => {
    const { path, verb, parameters } = event.detail;
    if (verb !== "get" || !/^\/panel\/shop\/(ticket|pay)$/.test(path) || !current) return;
    for (const [id, number] of current.items) parameters[`item[${id}]`] = number;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "tiles") markTiles();
    if (event.detail.target === area) {
      current.whose = area.querySelector("[data-whose]")?.dataset.whose ?? "";
      drawChips();
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "dialog" && document.querySelector("#dialog [data-sold]")) finish();
  });

  document.addEventListener("click", (event) => {
    const tile = event.target.closest("[data-product]");
    if (tile) change(tile.dataset.product, 1);
    const less = event.target.closest("[data-less]");
    if (less) change(less.dataset.less, -1);
    const more = event.target.closest("[data-more]");
    if (more) change(more.dataset.more, 1);
    const chip = event.target.closest("[data-ticket]");
    if (chip) choose(tickets.find((ticket) => String(ticket.number) === chip.dataset.ticket));
    if (event.target.closest("[data-new-ticket]")) newTicket();
    if (event.target.closest("[data-empty-ticket]")) {
      current.items.clear();
      ask();
    }
    const filter = event.target.closest("#shop-groups [data-group]");
    if (filter) {
      group = filter.dataset.group;
      for (const each of filter.parentElement.querySelectorAll("[data-group]")) {
        each.setAttribute("aria-pressed", String(each === filter));
      }
      markTiles();
    }
  });
  document.getElementById("search").addEventListener("input", markTiles);
  form.addEventListener("submit", (event) => event.preventDefault());

  // ---- Keys.

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.getElementById("dialog").open) return;
    const isSearch = event.target.id === "search";
    if (isSearch && event.key === "Enter") {
      const [first] = tiles();
      if (first) change(first.dataset.product, 1);
      event.target.select();
      event.preventDefault();
      return;
    }
    if (event.target.name === "who" && event.key === "Enter") {
      document.getElementById("search").focus();
      event.preventDefault();
      return;
    }
    if (isSearch && event.key === "ArrowDown") {
      tiles()[0]?.focus();
      event.preventDefault();
      return;
    }
    if (isText(event.target)) return;
    if (/^Arrow/.test(event.key)) walk(event);
    else if (event.key === "+" && current.last) change(current.last, 1);
    else if (event.key === "-" && current.last) change(current.last, -1);
    else if (event.key === "Delete" && current.last) change(current.last, -current.items.get(current.last));
    else return;
    event.preventDefault();
  });
  function walk(event) {
    const seen = tiles();
    if (!seen.length) return;
    const at = seen.indexOf(document.activeElement);
    const row = seen.filter((tile) => tile.offsetTop === seen[0].offsetTop).length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row }[event.key];
    seen[at < 0 ? 0 : Math.min(Math.max(at + step, 0), seen.length - 1)].focus();
  }

  // ---- Scanner: a burst of characters with Enter behind it, wherever the focus is. What it typed
  // into a field is taken out again, and its Enter does nothing else.

  // Nobody types five keys at this rate; a busy machine may hold one of them up.
  const KEY_MS = 50;
  const GAP_MS = 200;
  const CODE_MIN = 4;
  let burst = "";
  let startedAt = 0;
  let lastAt = 0;
  let typedInto = null;
  let before = "";

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const goesOn = event.timeStamp - lastAt < GAP_MS;
      const isQuick = event.timeStamp - startedAt < KEY_MS * burst.length;
      if (event.key === "Enter" && goesOn && isQuick && burst.length >= CODE_MIN) {
        event.preventDefault();
        event.stopImmediatePropagation();
        scanned(burst);
        burst = "";
        return;
      }
      if (event.key.length !== 1) return;
      if (!goesOn || !burst) {
        burst = "";
        startedAt = event.timeStamp;
        typedInto = isText(event.target) ? event.target : null;
        before = typedInto?.value ?? "";
      }
      burst += event.key;
      lastAt = event.timeStamp;
    },
    true,
  );
  function scanned(code) {
    if (typedInto?.isConnected) typedInto.value = before;
    if (document.getElementById("dialog").open) return;
    const tile = tiles(true).find((each) => each.dataset.barcode === code);
    const isSold = tile && !tile.disabled;
    const note = document.getElementById(isSold ? "scanned" : "not-scanned").content.cloneNode(true);
    note.querySelector("[data-scanned]").textContent = isSold ? `1 × ${tile.querySelector("b").textContent}` : code;
    document.getElementById("toast").replaceChildren(note);
    if (isSold) change(tile.dataset.product, 1);
    markTiles();
  }

  newTicket();
})();
