// The map editor: draws the map of map_model.js, moves what is dragged or stepped by keys, and saves it whole.
"use strict";

const editor = document.getElementById("map-editor");
const words = JSON.parse(editor.dataset.words);
const grid = Number(editor.dataset.grid);
const view = document.getElementById("map-view");
const stage = document.getElementById("map-stage");
const part = (name) => document.getElementById(`map-${name}`);
const STARTS_AT_PX = 3;
const ROOM_MIN = 32;
const NUDGE_MS = 1000;
const EDGE = 16;
// Smaller, a seat could not be hit by a finger any more.
const FIT_MIN = 0.75;

let version = "";
// Rooms that the server knows: key of the editor -> number.
let roomIds = new Map();
let picture = null;
let work = null;
let zoom = 1;
let zero = { x: 0, y: 0 };
let chosen = { kind: "seats", names: new Set() };
let isDrawing = false;
let isSnapping = true;
let drag = null;
let nextRoom = 1;
let nudged = { names: "", at: 0 };
const roomParts = new Map();
const seatParts = new Map();

const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
const listed = (names) => {
  const all = [...names];
  return all.length > 3 ? fill(words.several, { count: all.length }) : all.join(", ");
};
const say = (text) => {
  part("said").textContent = text;
};
const seatNamed = (name) => work.map.seats.find((seat) => seat.name === name);
const chosenSeats = () => (chosen.kind === "seats" ? work.map.seats.filter((seat) => chosen.names.has(seat.name)) : []);
const chosenRooms = () => (chosen.kind === "rooms" ? work.map.rooms.filter((room) => chosen.names.has(room.key)) : []);

// ---- From and to the server.

function taken(out) {
  version = out.version;
  picture = out.picture && { address: out.picture.address, ratio: out.picture.height / out.picture.width };
}

function opened(out) {
  taken(out);
  const rooms = out.rooms.map((room) => ({ ...room, key: `r${room.id}`, booking: room.allows_booking }));
  roomIds = new Map(rooms.map((room) => [room.key, room.id]));
  const keys = new Map(rooms.map((room) => [room.name, room.key]));
  const seat = (one, isPlaced) => ({ x: 0, y: 0, turned: 0, ...one, room: keys.get(one.room) ?? "", placed: isPlaced });
  const seats = [...out.seats.map((one) => seat(one, true)), ...out.waiting.map((one) => seat(one, false))];
  return { rooms, seats, picture: out.picture && placeOf(out.picture) };
}

const placeOf = ({ x, y, width, percent }) => ({ x, y, width, percent });

function sent(map) {
  const names = new Map(map.rooms.map((room) => [room.key, room.name]));
  return {
    version,
    rooms: map.rooms.map((room) => ({
      id: roomIds.get(room.key) ?? null,
      name: room.name,
      x: room.x,
      y: room.y,
      width: room.width,
      height: room.height,
      allows_booking: room.booking,
    })),
    seats: onMap(map).map((seat) => ({ name: seat.name, room: names.get(seat.room), x: seat.x, y: seat.y, turned: seat.turned })),
    picture: picture && map.picture,
  };
}

// Answers what the server said; a refusal is told in the page and answers nothing.
async function ask(address, body, headers = {}) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  let answer;
  try {
    answer = await fetch(address, { method: "POST", body, headers: { "X-CSRF-Token": token, ...headers } });
  } catch {
    tell(words.offline);
    return null;
  }
  if (answer.status === 401) {
    tell(words.signed_out);
    return null;
  }
  const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
  if (answer.ok) return told;
  tell(told.problem ?? words.failed, answer.status === 409);
  return null;
}

function tell(problem, isOther = false) {
  part("problem").hidden = !problem;
  part("problem-words").textContent = problem;
  part("load").hidden = !isOther;
}

let lastSent = "";
let attempt = 0;
async function save() {
  const button = part("save");
  if (button.getAttribute("aria-busy") || !work.isChanged) return;
  button.setAttribute("aria-busy", "true");
  const map = work.map;
  const body = JSON.stringify(sent(map));
  // Sent again because nothing came back it is the same save; changed meanwhile it is another.
  if (body !== lastSent) attempt += 1;
  lastSent = body;
  const key = `${editor.dataset.key}-${attempt}`;
  const out = await ask(editor.dataset.save, body, { "Content-Type": "application/json", "Idempotency-Key": key });
  button.removeAttribute("aria-busy");
  if (!out) return;
  tell("");
  taken(out);
  roomIds = new Map(map.rooms.map((room, index) => [room.key, out.rooms[index].id]));
  work.saved = map;
  // The next step of a key is one of its own, so that undo comes back to what is saved.
  nudged = { names: "", at: 0 };
  draw();
  say(words.saved);
}

async function sendPicture(file) {
  const body = new FormData();
  if (file) body.set("picture", file);
  const address = `${editor.dataset.picture}${file ? "" : "/remove"}?version=${version}`;
  const out = await ask(address, body);
  if (!out) return;
  tell("");
  taken(out);
  const place = out.picture && placeOf(out.picture);
  // It is there at once, and no step: every map that can be gone back to has it, lying as it did.
  work.replace((map) => ({ ...map, picture: place && (map.picture ?? place) }));
  draw();
}

// ---- What is done.

function act(map, label, nudge = "") {
  const now = performance.now();
  if (nudge && nudge === nudged.names && now - nudged.at < NUDGE_MS) work.map = map;
  else work.do(map, label);
  nudged = { names: nudge, at: now };
  draw();
  say(label);
}

function choose(kind, names) {
  chosen = { kind, names: new Set(names) };
  draw();
}

function toggle(kind, name) {
  const names = chosen.kind === kind ? new Set(chosen.names) : new Set();
  if (!names.delete(name)) names.add(name);
  choose(kind, names);
}

function move(moves, nudge = "") {
  if (chosen.kind === "rooms") {
    const rooms = chosenRooms().map((room) => room.name);
    act(movedRooms(work.map, moves), fill(words.moved, { names: listed(rooms) }), nudge);
  } else {
    act(movedSeats(work.map, moves), fill(words.moved, { names: listed(moves.keys()) }), nudge);
  }
}

// One step of the grid, to its next line; with Shift one pixel.
function step(dx, dy, isFine) {
  const boxes = chosenBoxes();
  if (!boxes.length) return;
  const by = (at, direction) => {
    if (!direction) return 0;
    if (isFine || !isSnapping) return isFine ? direction : direction * grid;
    const line = direction > 0 ? Math.floor(at / grid) + 1 : Math.ceil(at / grid) - 1;
    return line * grid - at;
  };
  const moves = [by(boxes[0].x, dx), by(boxes[0].y, dy)];
  move(new Map(boxes.map((box) => [box.name, moves])), [...chosen.names].join("\n"));
  if (boxes.length > 1) return;
  const [box] = chosen.kind === "rooms" ? chosenRooms() : chosenSeats();
  say(fill(words.at, { name: box.name, x: box.x, y: box.y }));
}

function chosenBoxes() {
  if (chosen.kind === "rooms") return chosenRooms().map((room) => ({ ...room, name: room.key }));
  return chosenSeats().map((seat) => ({ name: seat.name, ...outlineOf(work.map, seat) }));
}

function align(how) {
  move(ALIGNMENTS[how](chosenBoxes()));
}

function turn(degrees) {
  const names = chosen.kind === "seats" ? chosen.names : new Set();
  if (names.size) act(turnedSeats(work.map, names, degrees), fill(words.turned, { names: listed(names) }));
}

function addRoom(frame) {
  const names = new Set(work.map.rooms.map((room) => fold(room.name)));
  let number = work.map.rooms.length + 1;
  while (names.has(fold(fill(words.room, { number })))) number += 1;
  const room = { key: `n${nextRoom}`, name: fill(words.room, { number }), booking: true, ...frame };
  nextRoom += 1;
  chosen = { kind: "rooms", names: new Set([room.key]) };
  act({ ...work.map, rooms: [...work.map.rooms, room] }, fill(words.room_added, { name: room.name }));
  part("room-name").focus();
  part("room-name").select();
}

function remove() {
  if (chosen.kind === "rooms" && chosen.names.size) {
    const names = listed(chosenRooms().map((room) => room.name));
    const map = withoutRooms(work.map, chosen.names);
    chosen = { kind: "seats", names: new Set() };
    act(map, fill(words.room_removed, { names }));
  } else if (chosen.names.size) {
    const { names } = chosen;
    chosen = { kind: "seats", names: new Set() };
    act(takenOff(work.map, names), fill(words.taken_off, { names: listed(names) }));
  }
}

// The room into which a seat that waits goes: its own, the chosen one, the one of a chosen seat, the first.
function roomFor(seat) {
  const [room] = chosenRooms();
  const key = seat.room || room?.key || chosenSeats()[0]?.room || work.map.rooms[0]?.key;
  return key;
}

function placeSeats(seats) {
  if (!work.map.rooms.length) {
    say(words.no_room);
    tell(words.no_room);
    return;
  }
  const wanted = new Map(seats.map((seat) => [seat.name, roomFor(seat)]));
  chosen = { kind: "seats", names: new Set(wanted.keys()) };
  act(placed(work.map, wanted), fill(words.placed, { names: listed(wanted.keys()) }));
}

function goBack(isForth) {
  const label = isForth ? work.redo() : work.undo();
  nudged = { names: "", at: 0 };
  if (!label) return;
  const known = new Set([...work.map.rooms.map((room) => room.key), ...onMap(work.map).map((seat) => seat.name)]);
  chosen = { ...chosen, names: new Set([...chosen.names].filter((name) => known.has(name))) };
  draw();
  say(fill(isForth ? words.redone : words.undone, { what: label }));
}

const ACTS = {
  undo: () => goBack(false),
  redo: () => goBack(true),
  rotate: () => turn(90),
  "take-off": remove,
  "remove-room": remove,
  save,
  discard: () => {
    chosen = { kind: "seats", names: new Set() };
    act(work.saved, words.discarded);
  },
  load: () => {
    work.saved = work.map;
    window.location.reload();
  },
  "place-all": () => placeSeats(work.map.seats.filter((seat) => !seat.placed)),
  "remove-picture": () => sendPicture(null),
  snap: () => {
    isSnapping = !isSnapping;
    draw();
  },
  room: (event) => {
    // Without a pointer there is nothing to draw with: a usual room is added at once.
    if (event.detail === 0) addRoom(freeFrame(work.map, 320, 240));
    else isDrawing = !isDrawing;
    draw();
  },
  "zoom-in": () => setZoom(zoom * 1.25),
  "zoom-out": () => setZoom(zoom / 1.25),
  fit,
};
for (const how of Object.keys(ALIGNMENTS)) ACTS[how] = () => align(how);

function setZoom(to) {
  zoom = Math.min(2, Math.max(0.25, to));
  draw();
}

function fit() {
  const width = Number.parseFloat(stage.style.width) || 1;
  setZoom(Math.min(1.25, Math.max(FIT_MIN, (view.clientWidth - 2) / width)));
}
