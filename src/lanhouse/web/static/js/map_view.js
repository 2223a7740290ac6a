// How the map editor looks: parts stay, only what differs is written (after map_editor.js).
"use strict";

function put(element, name, value) {
  if (element.dataset[name] !== value) element.dataset[name] = value;
}

function place2d(element, x, y) {
  const at = `translate(${x - zero.x}px, ${y - zero.y}px)`;
  if (element.style.transform !== at) element.style.transform = at;
}

function size(element, width, height) {
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
}

function draw() {
  const { map } = work;
  drawStage(map);
  drawRooms(map);
  drawSeats(map);
  drawWaiting(map);
  drawSide(map);
  drawTools(map);
}

function drawStage(map) {
  const boxes = [...map.rooms, ...onMap(map).map((seat) => outlineOf(map, seat))];
  if (picture && map.picture) boxes.push({ ...map.picture, height: map.picture.width * picture.ratio });
  // While something is dragged the ground must not move under it.
  if (!drag) zero = { x: Math.min(0, ...boxes.map((box) => box.x - EDGE)), y: Math.min(0, ...boxes.map((box) => box.y - EDGE)) };
  const right = Math.max(720, ...boxes.map((box) => box.x + box.width + EDGE));
  const bottom = Math.max(480, ...boxes.map((box) => box.y + box.height + EDGE));
  size(stage, right - zero.x, bottom - zero.y);
  size(part("ground"), (right - zero.x) * zoom, (bottom - zero.y) * zoom);
  stage.style.transform = `scale(${zoom})`;
  part("zoom").textContent = `${Math.round(zoom * 100)} %`;
  const image = part("picture");
  image.hidden = !(picture && map.picture);
  if (image.hidden) return;
  if (image.getAttribute("src") !== picture.address) image.src = picture.address;
  place2d(image, map.picture.x, map.picture.y);
  size(image, map.picture.width, map.picture.width * picture.ratio);
  image.style.opacity = map.picture.percent / 100;
}

function roomPart(room) {
  const made = part("room-template").content.firstElementChild.cloneNode(true);
  made.dataset.room = room.key;
  stage.insertBefore(made, part("marquee"));
  roomParts.set(room.key, made);
  return made;
}

function dropOthers(parts, keys) {
  for (const [key, element] of parts) {
    if (keys.has(key)) continue;
    element.remove();
    parts.delete(key);
  }
}

function drawRooms(map) {
  dropOthers(roomParts, new Set(map.rooms.map((room) => room.key)));
  const counts = new Map();
  for (const seat of onMap(map)) counts.set(seat.room, (counts.get(seat.room) ?? 0) + 1);
  for (const room of map.rooms) {
    const element = roomParts.get(room.key) ?? roomPart(room);
    const isChosen = chosen.kind === "rooms" && chosen.names.has(room.key);
    place2d(element, room.x, room.y);
    size(element, room.width, room.height);
    element.toggleAttribute("data-chosen", isChosen && chosen.names.size === 1);
    const head = element.querySelector("[data-room-head]");
    head.setAttribute("aria-pressed", isChosen);
    const [name, count] = head.children;
    name.textContent = room.name;
    count.textContent = fill(words.seats, { count: counts.get(room.key) ?? 0 });
  }
}

function seatPart(seat) {
  const made = part("seat-template").content.firstElementChild.cloneNode(true);
  made.dataset.seat = seat.name;
  made.lastElementChild.textContent = seat.name;
  size(made, seat.width, seat.height);
  stage.append(made);
  seatParts.set(seat.name, made);
  return made;
}

function drawSeats(map) {
  const seats = onMap(map);
  dropOthers(seatParts, new Set(seats.map((seat) => seat.name)));
  const over = overlapping(map);
  const rooms = new Map(map.rooms.map((room) => [room.key, room]));
  for (const seat of seats) {
    const element = seatParts.get(seat.name) ?? seatPart(seat);
    const room = rooms.get(seat.room);
    place2d(element, room.x + seat.x, room.y + seat.y);
    const turned = `${seat.turned}deg`;
    if (element.firstElementChild.style.rotate !== turned) element.firstElementChild.style.rotate = turned;
    const isChosen = chosen.kind === "seats" && chosen.names.has(seat.name);
    if (element.getAttribute("aria-pressed") !== String(isChosen)) element.setAttribute("aria-pressed", isChosen);
    const about = [seat.name, room.name, ...(over.has(seat.name) ? [words.over] : [])].join(", ");
    if (element.title !== about) {
      element.title = about;
      element.setAttribute("aria-label", about);
    }
    element.toggleAttribute("data-over", over.has(seat.name));
  }
}

function drawWaiting(map) {
  const waiting = map.seats.filter((seat) => !seat.placed);
  part("waiting-count").textContent = waiting.length;
  part("waiting-none").hidden = waiting.length > 0;
  part("place-all").hidden = waiting.length < 2;
  const list = part("waiting");
  const shown = [...list.children].map((item) => item.dataset.name).join("\n");
  if (shown === waiting.map((seat) => seat.name).join("\n")) return;
  const index = [...list.children].findIndex((item) => item.contains(document.activeElement));
  list.replaceChildren(
    ...waiting.map((seat) => {
      const item = part("waiting-template").content.firstElementChild.cloneNode(true);
      item.dataset.name = seat.name;
      const button = item.querySelector("button");
      button.dataset.waiting = seat.name;
      button.lastElementChild.textContent = seat.name;
      return item;
    }),
  );
  // Whoever places one after the other by keys goes on with the next.
  if (index >= 0) (list.children[Math.min(index, list.children.length - 1)]?.querySelector("button") ?? view).focus();
}

function showField(name, value) {
  const field = part(name);
  if (document.activeElement !== field || field.dataset.shown !== String(value)) field.value = value;
  field.dataset.shown = value;
}

function drawSide(map) {
  const seats = chosenSeats();
  const rooms = chosenRooms();
  part("side-none").hidden = seats.length + rooms.length > 0;
  part("side-seats").hidden = !seats.length;
  part("side-room").hidden = rooms.length !== 1;
  part("side-rooms").hidden = rooms.length < 2;
  if (seats.length) {
    part("seats-title").textContent = listed(seats.map((seat) => seat.name));
    part("seat-place").hidden = seats.length > 1;
    const same = (name) => (seats.every((seat) => seat[name] === seats[0][name]) ? seats[0][name] : "");
    showField("seat-x", seats[0].x);
    showField("seat-y", seats[0].y);
    showField("seat-turned", same("turned"));
    const select = part("seat-room");
    const options = [...(same("room") === "" ? [["", words.different]] : []), ...map.rooms.map((room) => [room.key, room.name])];
    select.replaceChildren(...options.map(([key, name]) => new Option(name, key)));
    select.value = same("room");
    part("over").hidden = !seats.some((seat) => seatParts.get(seat.name).hasAttribute("data-over"));
  }
  if (rooms.length === 1) {
    for (const name of ["name", "x", "y", "width", "height"]) showField(`room-${name}`, rooms[0][name]);
    part("room-booking").checked = rooms[0].booking;
  }
  part("picture-fields").hidden = !(picture && map.picture);
  if (map.picture) for (const name of ["x", "y", "width", "percent"]) showField(`picture-${name}`, map.picture[name]);
}

function enable(name, isOn) {
  for (const button of editor.querySelectorAll(`[data-act="${name}"]`)) button.disabled = !isOn;
}

function drawTools(map) {
  const count = chosen.names.size;
  for (const how of Object.keys(ALIGNMENTS)) enable(how, count >= (how === "across" || how === "down" ? 3 : 2));
  enable("rotate", chosen.kind === "seats" && count > 0);
  for (const [name, steps] of [["undo", work.past], ["redo", work.future]]) {
    enable(name, steps.length > 0);
    const button = part(name);
    const label = steps.length ? `${words[name]}: ${steps.at(-1).label}` : words[name];
    button.title = label;
    button.setAttribute("aria-label", label);
  }
  enable("discard", work.isChanged);
  enable("save", work.isChanged);
  part("changed").hidden = !work.isChanged;
  part("room").setAttribute("aria-pressed", isDrawing);
  part("snap").setAttribute("aria-pressed", isSnapping);
  view.toggleAttribute("data-drawing", isDrawing);
  part("summary").textContent = fill(words.summary, { seats: onMap(map).length, rooms: map.rooms.length });
  part("empty").hidden = map.rooms.length > 0;
}

