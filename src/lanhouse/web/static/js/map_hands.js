// What pointer, keys and fields do in the map editor (after map_view.js); starts it.
"use strict";

// ---- Pointer: what is dragged moves at once, and is done when it is dropped.

function pointOf(event) {
  const ground = stage.getBoundingClientRect();
  return { x: (event.clientX - ground.left) / zoom + zero.x, y: (event.clientY - ground.top) / zoom + zero.y };
}

const snapped = (value, event) => (isSnapping !== event.altKey ? snapTo(value, grid) : Math.round(value));

// Pictures of what is dragged lie on a ground of their own: however many they are, one thing moves.
// Of very many only some are drawn, in a frame around all.
const CARRIED_MAX = 60;
function dragBoxes(first, elements) {
  const carried = part("carried");
  let by = [0, 0];
  return {
    on: (dx, dy, event) => {
      if (!carried.childElementCount) carried.replaceChildren(frameAround(chosenBoxes()), ...pictures(elements));
      by = [snapped(first.x + dx, event) - first.x, snapped(first.y + dy, event) - first.y];
      carried.style.transform = `translate(${by[0]}px, ${by[1]}px)`;
    },
    drop: () => {
      if (by[0] || by[1]) move(new Map([...chosen.names].map((name) => [name, by])));
    },
    end: () => {
      carried.replaceChildren();
      carried.style.transform = "";
    },
  };
}

function pictures(elements) {
  return elements.slice(0, CARRIED_MAX).map((element) => element.cloneNode(true));
}

function frameAround(boxes) {
  const frame = part("marquee").cloneNode();
  frame.removeAttribute("id");
  frame.hidden = false;
  const [left, top] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  place2d(frame, left, top);
  size(frame, Math.max(...boxes.map((box) => box.x + box.width)) - left, Math.max(...boxes.map((box) => box.y + box.height)) - top);
  return frame;
}

function dragSeats(name) {
  const seat = seatNamed(name);
  const room = roomOf(work.map, seat.room);
  const first = { x: room.x + seat.x, y: room.y + seat.y };
  return dragBoxes(first, chosenSeats().map((one) => seatParts.get(one.name)));
}

function dragRooms(key) {
  const inside = onMap(work.map).filter((seat) => chosen.names.has(seat.room));
  const rooms = chosenRooms().map((room) => roomParts.get(room.key));
  return dragBoxes(roomOf(work.map, key), [...rooms, ...inside.map((seat) => seatParts.get(seat.name))]);
}

function frameBetween(a, b, event) {
  const [left, top] = [snapped(Math.min(a.x, b.x), event), snapped(Math.min(a.y, b.y), event)];
  const [right, bottom] = [snapped(Math.max(a.x, b.x), event), snapped(Math.max(a.y, b.y), event)];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function showMarquee(frame) {
  const marquee = part("marquee");
  marquee.hidden = !frame;
  if (!frame) return;
  place2d(marquee, frame.x, frame.y);
  size(marquee, frame.width, frame.height);
}

// A rectangle from where the pointer went down: a new room, or a choice of seats.
function dragFrame(from, done, isExact) {
  let frame = null;
  return {
    on: (dx, dy, event) => {
      const to = { x: from.x + dx, y: from.y + dy };
      frame = frameBetween(from, to, isExact ? { altKey: isSnapping } : event);
      showMarquee(frame);
    },
    drop: () => done(frame),
  };
}

function dragCorner(room, corner) {
  const opposite = { x: corner.includes("w") ? room.x + room.width : room.x, y: corner.includes("n") ? room.y + room.height : room.y };
  const own = { x: corner.includes("w") ? room.x : room.x + room.width, y: corner.includes("n") ? room.y : room.y + room.height };
  let frame = room;
  return {
    on: (dx, dy, event) => {
      const to = { x: snapped(own.x + dx, event), y: snapped(own.y + dy, event) };
      const width = Math.max(ROOM_MIN, corner.includes("w") ? opposite.x - to.x : to.x - opposite.x);
      const height = Math.max(ROOM_MIN, corner.includes("n") ? opposite.y - to.y : to.y - opposite.y);
      frame = { x: corner.includes("w") ? opposite.x - width : room.x, y: corner.includes("n") ? opposite.y - height : room.y, width, height };
      place2d(roomParts.get(room.key), frame.x, frame.y);
      size(roomParts.get(room.key), frame.width, frame.height);
    },
    drop: () => changeRoom(room.key, frame),
  };
}

// A room's rectangle changes around its seats: they stay where they stand on the map.
function changeRoom(key, values) {
  const before = roomOf(work.map, key);
  const [dx, dy] = [before.x - (values.x ?? before.x), before.y - (values.y ?? before.y)];
  const isResized = values.width !== undefined;
  let map = withRooms(work.map, (room) => (room.key === key ? { ...room, ...values } : null));
  if (isResized) map = withSeats(map, (seat) => (seat.room === key && seat.placed ? { ...seat, x: seat.x + dx, y: seat.y + dy } : null));
  act(map, fill(words.room_changed, { name: roomOf(map, key).name }));
}

function dragWaiting(seat, from) {
  let at = null;
  const shown = seatPart({ ...seat });
  seatParts.delete(seat.name);
  shown.hidden = true;
  return {
    on: (dx, dy, event) => {
      at = { x: snapped(from.x + dx - seat.width / 2, event), y: snapped(from.y + dy - seat.height / 2, event) };
      shown.hidden = false;
      place2d(shown, at.x, at.y);
    },
    drop: () => {
      shown.remove();
      const room = at && roomAt(work.map, at.x + seat.width / 2, at.y + seat.height / 2);
      if (!room) return say(words.no_room);
      const there = { placed: true, room: room.key, x: at.x - room.x, y: at.y - room.y };
      chosen = { kind: "seats", names: new Set([seat.name]) };
      act(withSeats(work.map, (one) => (one.name === seat.name ? { ...one, ...there } : null)), fill(words.placed, { names: seat.name }));
    },
    end: () => shown.remove(),
  };
}

function chooseIn(frame, isAdded) {
  const inside = onMap(work.map).filter((seat) => overlaps(outlineOf(work.map, seat), frame));
  const before = isAdded && chosen.kind === "seats" ? chosen.names : [];
  choose("seats", [...before, ...inside.map((seat) => seat.name)]);
}

// What the pointer went down on -> what dragging does, and what happens when it was none.
function grabbed(event) {
  const on = (name) => event.target.closest(`[data-${name}]`);
  const isAdding = event.shiftKey || event.ctrlKey || event.metaKey;
  const from = pointOf(event);
  const waiting = on("waiting");
  if (waiting) {
    const seat = seatNamed(waiting.dataset.waiting);
    return { ...dragWaiting(seat, from), click: () => placeSeats([seat]) };
  }
  if (!view.contains(event.target)) return null;
  const corner = on("corner");
  if (corner) return dragCorner(roomOf(work.map, corner.closest("[data-room]").dataset.room), corner.dataset.corner);
  if (isDrawing) {
    const made = (frame) => {
      isDrawing = false;
      addRoom({ ...frame, width: Math.max(ROOM_MIN, frame.width), height: Math.max(ROOM_MIN, frame.height) });
    };
    const usual = { x: snapTo(from.x, grid), y: snapTo(from.y, grid), width: 320, height: 240 };
    return { ...dragFrame(from, made, false), click: () => made(usual) };
  }
  const seat = on("seat")?.dataset.seat;
  const head = on("room-head")?.closest("[data-room]").dataset.room;
  const [kind, name] = seat ? ["seats", seat] : ["rooms", head];
  if (name) {
    const was = chosen.kind === kind && chosen.names.has(name);
    if (isAdding) return { on: () => {}, drop: () => {}, click: () => toggle(kind, name) };
    if (!was) choose(kind, [name]);
    return { ...(seat ? dragSeats(name) : dragRooms(name)), click: () => choose(kind, [name]) };
  }
  // A finger on the ground scrolls.
  if (event.pointerType === "touch" || event.target === view) return null;
  const room = on("room")?.dataset.room;
  return { ...dragFrame(from, (frame) => chooseIn(frame, isAdding), true), click: () => choose("rooms", room ? [room] : []) };
}

editor.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || drag) return;
  const grip = grabbed(event);
  if (!grip) return;
  drag = { grip, from: pointOf(event), at: event, isMoved: false, frame: 0, pointer: event.pointerId };
  drag.start = [event.clientX, event.clientY];
  view.setPointerCapture(event.pointerId);
});

function follow() {
  drag.frame = 0;
  const to = pointOf(drag.at);
  drag.grip.on(to.x - drag.from.x, to.y - drag.from.y, drag.at);
}

view.addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.pointer) return;
  const far = Math.hypot(event.clientX - drag.start[0], event.clientY - drag.start[1]);
  if (!drag.isMoved && far < STARTS_AT_PX) return;
  drag.isMoved = true;
  drag.at = event;
  if (!drag.frame) drag.frame = window.requestAnimationFrame(follow);
});

function letGo(isDone) {
  if (!drag) return;
  const { grip, isMoved, frame } = drag;
  if (frame) window.cancelAnimationFrame(frame);
  if (frame && isDone) follow();
  drag = null;
  showMarquee(null);
  if (isDone && isMoved) grip.drop();
  else if (isDone) grip.click?.();
  grip.end?.();
  draw();
}
view.addEventListener("pointerup", (event) => event.pointerId === drag?.pointer && letGo(true));
view.addEventListener("pointercancel", () => letGo(false));

// ---- Buttons and fields.

editor.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) {
    ACTS[button.dataset.act](event);
    return;
  }
  // Whatever the pointer does is done by then; this is Enter or the space bar.
  if (event.detail !== 0) return;
  const { seat, waiting } = event.target.closest("[data-seat], [data-waiting]")?.dataset ?? {};
  if (waiting) placeSeats([seatNamed(waiting)]);
  else if (seat) toggle("seats", seat);
  else if (event.target.closest("[data-room-head]")) toggle("rooms", event.target.closest("[data-room]").dataset.room);
});

function wrong(field, reason) {
  field.setCustomValidity(reason);
  field.reportValidity();
  return Boolean(reason);
}

// The whole number in a field; a wrong one is told at the field, and nothing is done.
function numberIn(field) {
  wrong(field, "");
  const value = field.valueAsNumber;
  const isWrong = !Number.isInteger(value) || !field.validity.valid;
  return wrong(field, isWrong ? words.whole : "") ? null : value;
}

function changeSeats(change, label) {
  const { names } = chosen;
  act(withSeats(work.map, (seat) => (names.has(seat.name) ? { ...seat, ...change } : null)), label);
}

function nameRoom(field) {
  const name = field.value.trim();
  const [room] = chosenRooms();
  const isTaken = work.map.rooms.some((one) => one.key !== room.key && fold(one.name) === fold(name));
  if (wrong(field, !name ? words.no_name : isTaken ? fill(words.taken, { name }) : "")) return;
  changeRoom(room.key, { name });
}

const FIELDS = {
  "seat-turned": (value) => turn(value - chosenSeats()[0].turned),
  "picture-x": (x) => layPicture({ x }),
  "picture-y": (y) => layPicture({ y }),
  "picture-width": (width) => layPicture({ width }),
  "picture-percent": (percent) => layPicture({ percent }),
};
for (const axis of ["x", "y"]) {
  FIELDS[`seat-${axis}`] = (value) => changeSeats({ [axis]: value }, fill(words.moved, { names: listed(chosen.names) }));
}
for (const name of ["x", "y", "width", "height"]) {
  FIELDS[`room-${name}`] = (value) => changeRoom(chosenRooms()[0].key, { [name]: value });
}

function layPicture(values) {
  act({ ...work.map, picture: { ...work.map.picture, ...values } }, words.picture_moved);
}

editor.addEventListener("change", (event) => {
  const field = event.target;
  const name = field.id.replace(/^map-/, "");
  if (name === "file") {
    if (field.files.length && field.validity.valid) sendPicture(field.files[0]).then(() => (field.value = ""));
  } else if (name === "room-name") {
    nameRoom(field);
  } else if (name === "room-booking") {
    changeRoom(chosenRooms()[0].key, { booking: field.checked });
  } else if (name === "seat-room") {
    const room = roomOf(work.map, field.value);
    const names = new Set(chosen.names);
    if (room) act(putInRoom(work.map, names, room.key), fill(words.moved, { names: listed(names) }));
  } else if (name === "seat-turned" && chosen.names.size > 1) {
    const value = numberIn(field);
    if (value !== null) changeSeats({ turned: value }, fill(words.turned, { names: listed(chosen.names) }));
  } else if (FIELDS[name]) {
    const value = numberIn(field);
    if (value !== null) FIELDS[name](value);
  }
});

// ---- Keys.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// What has the focus on the map is what keys mean, unless it is one of several chosen ones.
function chooseFocused() {
  const focused = document.activeElement;
  const seat = focused.closest("[data-seat]")?.dataset.seat;
  const room = focused.closest("[data-room-head]") && focused.closest("[data-room]").dataset.room;
  if (seat && !(chosen.kind === "seats" && chosen.names.has(seat))) choose("seats", [seat]);
  if (room && !(chosen.kind === "rooms" && chosen.names.has(room))) choose("rooms", [room]);
  return Boolean(seat || room);
}

function withControl(event) {
  const key = event.key.toLowerCase();
  if (key === "s") save();
  else if (isText(event.target)) return false;
  else if (key === "z") goBack(event.shiftKey);
  else if (key === "y") goBack(true);
  else if (key === "a" && view.contains(document.activeElement)) choose("seats", onMap(work.map).map((seat) => seat.name));
  else return false;
  return true;
}

function withoutControl(event) {
  const { key } = event;
  if (isText(event.target) || event.target.matches("select")) return false;
  if (key === "Escape" && drag) {
    letGo(false);
  } else if (key === "Escape") {
    isDrawing = false;
    choose("seats", []);
  } else if (ARROWS[key] && chooseFocused()) {
    step(...ARROWS[key], event.shiftKey);
  } else if (key.toLowerCase() === "r" && (chooseFocused() || chosen.names.size)) {
    turn(event.shiftKey ? 15 : 90);
  } else if (key === "Delete" && (chooseFocused() || chosen.names.size)) {
    const focused = document.activeElement;
    remove();
    if (!focused.isConnected) view.focus();
  } else {
    return false;
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (document.getElementById("dialog").open || event.altKey) return;
  const isDone = event.ctrlKey || event.metaKey ? withControl(event) : withoutControl(event);
  if (isDone) event.preventDefault();
});

window.addEventListener("beforeunload", (event) => {
  if (work.isChanged) event.preventDefault();
});

work = new MapHistory(opened(JSON.parse(editor.dataset.map)));
draw();
fit();
