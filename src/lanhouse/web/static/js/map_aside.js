// While nothing is selected, the place beside the floor tells who ends soon.
"use strict";

const ENDING_MS = 30 * 60_000;
const ENDING_SHOWN = 8;

function drawAside() {
  const list = document.getElementById("ending-soon");
  // Hidden beside a panel and on a small screen (frame.css); asking the style would cost a layout.
  if (!list || chosen.size || window.innerWidth <= 1100) return;
  const now = serverNow();
  const ending = seats()
    .filter((seat) => seat.dataset.expiresAt && Number(seat.dataset.expiresAt) - now < ENDING_MS)
    .sort((one, other) => one.dataset.expiresAt - other.dataset.expiresAt)
    .slice(0, ENDING_SHOWN);
  document.getElementById("ending-none").hidden = ending.length > 0;
  const template = document.getElementById("ending-template").content.firstElementChild;
  while (list.children.length > ending.length) list.lastElementChild.remove();
  while (list.children.length < ending.length) list.append(template.cloneNode(true));
  ending.forEach((seat, index) => {
    const button = list.children[index].firstElementChild;
    const [name, who, left] = button.children;
    button.dataset.go = seat.dataset.pc;
    setText(name, seat.dataset.pc);
    setText(who, seat.querySelector(".lh-who > :first-child")?.textContent ?? "");
    setText(left, hoursMinutes((seat.dataset.expiresAt - now) / 1000, false));
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-go]");
  if (!button) return;
  select(button.dataset.go);
  seatOf(button.dataset.go)?.focus();
});
if (document.getElementById("ending-soon")) setInterval(drawAside, 10_000);
