// The map of the editor as plain values: where boxes stand, how they line up, what was done. It knows
// no page; every change answers a new map and leaves the old one, so that undo is going back.
"use strict";

const MAP_GAP = 8;
const MAP_HEAD = 32;

const onMap = (map) => map.seats.filter((seat) => seat.placed);
const roomOf = (map, key) => map.rooms.find((room) => room.key === key);
const snapTo = (value, grid) => Math.round(value / grid) * grid;
const fold = (name) => name.trim().toLowerCase();

// Where a seat's turned box reaches, on the map.
function outlineOf(map, seat) {
  const room = roomOf(map, seat.room);
  const angle = (seat.turned * Math.PI) / 180;
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  const width = Math.round(seat.width * cos + seat.height * sin);
  const height = Math.round(seat.width * sin + seat.height * cos);
  return {
    x: room.x + seat.x + Math.round((seat.width - width) / 2),
    y: room.y + seat.y + Math.round((seat.height - height) / 2),
    width,
    height,
  };
}

const overlaps = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

// The uppermost room at a point of the map.
function roomAt(map, x, y) {
  const isIn = (room) => x >= room.x && y >= room.y && x < room.x + room.width && y < room.y + room.height;
  return map.rooms.findLast(isIn);
}

const withSeats = (map, change) => ({ ...map, seats: map.seats.map((seat) => change(seat) ?? seat) });
const withRooms = (map, change) => ({ ...map, rooms: map.rooms.map((room) => change(room) ?? room) });

// A seat belongs to the room that its middle is in; between rooms it stays with the one it had.
function settled(map, seat, x, y) {
  const room = roomAt(map, x + seat.width / 2, y + seat.height / 2) ?? roomOf(map, seat.room);
  return { ...seat, room: room.key, x: x - room.x, y: y - room.y };
}

// Moves by name of seat or key of room: name -> [dx, dy]. The seats of a room go with it.
function movedSeats(map, moves) {
  return withSeats(map, (seat) => {
    const by = moves.get(seat.name);
    if (!by) return null;
    const room = roomOf(map, seat.room);
    return settled(map, seat, room.x + seat.x + by[0], room.y + seat.y + by[1]);
  });
}

function movedRooms(map, moves) {
  return withRooms(map, (room) => {
    const by = moves.get(room.key);
    return by && { ...room, x: room.x + by[0], y: room.y + by[1] };
  });
}

function turnedSeats(map, names, degrees) {
  const turned = (seat) => (((seat.turned + degrees) % 360) + 360) % 360;
  return withSeats(map, (seat) => (names.has(seat.name) ? { ...seat, turned: turned(seat) } : null));
}

function takenOff(map, names) {
  return withSeats(map, (seat) => (names.has(seat.name) ? { ...seat, placed: false, room: "", x: 0, y: 0, turned: 0 } : null));
}

function withoutRooms(map, keys) {
  const off = new Set(map.seats.filter((seat) => keys.has(seat.room)).map((seat) => seat.name));
  return { ...takenOff(map, off), rooms: map.rooms.filter((room) => !keys.has(room.key)) };
}

// Seats that change their room keep their place on the map if they are in it, else they get one there.
function putInRoom(map, names, key) {
  const room = roomOf(map, key);
  const inside = (seat) => roomAt({ rooms: [room] }, ...middleOf(map, seat)) !== undefined;
  const staying = map.seats.filter((seat) => names.has(seat.name) && seat.placed && inside(seat));
  const stay = new Set(staying.map((seat) => seat.name));
  const kept = withSeats(map, (seat) => {
    if (!stay.has(seat.name)) return null;
    const from = roomOf(map, seat.room);
    return { ...seat, room: key, x: from.x + seat.x - room.x, y: from.y + seat.y - room.y };
  });
  return placed(kept, new Map([...names].filter((name) => !stay.has(name)).map((name) => [name, key])));
}

function middleOf(map, seat) {
  const room = roomOf(map, seat.room);
  return [room.x + seat.x + seat.width / 2, room.y + seat.y + seat.height / 2];
}

// Puts seats in rows where their room is empty: name of seat -> key of room. A room that is full
// grows downwards.
function placed(map, wanted) {
  let result = map;
  for (const [name, key] of wanted) {
    const seat = result.seats.find((one) => one.name === name);
    const room = roomOf(result, key);
    const taken = onMap(result).filter((one) => one.name !== name).map((one) => outlineOf(result, one));
    const spot = freeSpot(room, seat, taken);
    const bottom = spot.y + seat.height + MAP_GAP;
    result = withSeats(result, (one) => (one === seat ? { ...one, placed: true, room: key, ...spot } : null));
    if (bottom > room.height) result = withRooms(result, (one) => (one.key === key ? { ...one, height: bottom } : null));
  }
  return result;
}

function freeSpot(room, seat, taken) {
  const last = Math.max(MAP_GAP, room.width - MAP_GAP - seat.width);
  for (let y = MAP_HEAD; ; y += seat.height + MAP_GAP) {
    for (let x = MAP_GAP; x <= last; x += seat.width + MAP_GAP) {
      const box = { x: room.x + x, y: room.y + y, width: seat.width, height: seat.height };
      if (!taken.some((other) => overlaps(box, other))) return { x, y };
    }
  }
}

// Where a room of this size stands free: right of everything.
function freeFrame(map, width, height) {
  const right = Math.max(0, ...map.rooms.map((room) => room.x + room.width));
  const top = map.rooms.length ? Math.min(...map.rooms.map((room) => room.y)) : 16;
  return { x: right + 16, y: top, width, height };
}

// How boxes line up: a list of {name, x, y, width, height} -> moves by name.
const ALIGNMENTS = {
  left: (boxes) => towards(boxes, "x", (box) => Math.min(...boxes.map((one) => one.x)) - box.x),
  center: (boxes) => towards(boxes, "x", (box) => Math.round(middle(boxes, "x", "width") - box.x - box.width / 2)),
  top: (boxes) => towards(boxes, "y", (box) => Math.min(...boxes.map((one) => one.y)) - box.y),
  middle: (boxes) => towards(boxes, "y", (box) => Math.round(middle(boxes, "y", "height") - box.y - box.height / 2)),
  across: (boxes) => spread(boxes, "x", "width"),
  down: (boxes) => spread(boxes, "y", "height"),
};

function towards(boxes, axis, by) {
  return new Map(boxes.map((box) => [box.name, axis === "x" ? [by(box), 0] : [0, by(box)]]));
}

function middle(boxes, axis, size) {
  const ends = boxes.map((box) => box[axis] + box[size]);
  return (Math.min(...boxes.map((box) => box[axis])) + Math.max(...ends)) / 2;
}

// The same distance between neighbours; the first and the last stay.
function spread(boxes, axis, size) {
  const row = [...boxes].sort((a, b) => a[axis] - b[axis]);
  const [first, last] = [row[0], row.at(-1)];
  const room = last[axis] - first[axis] - first[size];
  const gap = (room - row.slice(1, -1).reduce((sum, box) => sum + box[size], 0)) / (row.length - 1);
  let at = first[axis];
  const moves = new Map();
  for (const box of row) {
    const by = Math.round(at) - box[axis];
    moves.set(box.name, axis === "x" ? [by, 0] : [0, by]);
    at += box[size] + gap;
  }
  return moves;
}

// The seats of which one lies over another.
function overlapping(map) {
  const boxes = onMap(map).map((seat) => ({ name: seat.name, ...outlineOf(map, seat) }));
  boxes.sort((a, b) => a.x - b.x);
  const found = new Set();
  boxes.forEach((box, index) => {
    for (let next = index + 1; next < boxes.length && boxes[next].x < box.x + box.width; next += 1) {
      if (overlaps(box, boxes[next])) found.add(box.name).add(boxes[next].name);
    }
  });
  return found;
}

// What was done, to go back and forth in.
class MapHistory {
  constructor(map) {
    this.past = [];
    this.future = [];
    this.map = map;
    this.saved = map;
  }
  get isChanged() {
    return this.map !== this.saved;
  }
  do(map, label) {
    this.past.push({ map: this.map, label });
    this.future = [];
    this.map = map;
  }
  step(from, to) {
    const last = from.pop();
    if (!last) return "";
    to.push({ map: this.map, label: last.label });
    this.map = last.map;
    return last.label;
  }
  // Changes every map in the same way; the saved one stays the saved one.
  replace(change) {
    const made = new Map();
    const changed = (map) => made.get(map) ?? made.set(map, change(map)).get(map);
    for (const done of [...this.past, ...this.future]) done.map = changed(done.map);
    this.saved = changed(this.saved);
    this.map = changed(this.map);
  }
  undo() {
    return this.step(this.past, this.future);
  }
  redo() {
    return this.step(this.future, this.past);
  }
}
