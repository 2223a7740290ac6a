// The hall as it was laid out: rooms and seats at their places, as large as the page allows. Where there
// is no room for that, or somebody prefers it, the rooms are cards.
"use strict";

const HALL_KEY = "lh-hall";
// A seat keeps its name and time readable, and does not grow beyond a card.
const HALL_SCALE_MIN = 1.5;
const HALL_SCALE_MAX = 2.4;
const HALL_WIDTH_MIN = 700;
const HALL_LARGE = 2.1;

// A browser may keep nothing: then the choice holds for the page.
let hallChoice = "map";
try {
  hallChoice = window.localStorage.getItem(HALL_KEY) ?? "map";
} catch {
  hallChoice = "map";
}

function boxOf(element, scale) {
  const [x, y, width, height] = element.dataset.box.split(" ").map((number) => `${Number(number) * scale}px`);
  return { left: x, top: y, width, height };
}

function layHall() {
  const hall = document.querySelector("[data-hall]");
  if (!hall) return;
  const [width, height] = hall.dataset.hall.split(" ").map(Number);
  const available = hall.parentElement.clientWidth;
  const isLaid = hallChoice === "map" && available >= HALL_WIDTH_MIN;
  const scale = Math.min(HALL_SCALE_MAX, Math.max(HALL_SCALE_MIN, available / width));
  hall.toggleAttribute("data-laid", isLaid);
  hall.dataset.size = scale >= HALL_LARGE ? "large" : "small";
  hall.style.width = isLaid ? `${width * scale}px` : "";
  hall.style.height = isLaid ? `${height * scale}px` : "";
  for (const element of hall.querySelectorAll("[data-box]")) {
    Object.assign(element.style, isLaid ? boxOf(element, scale) : { left: "", top: "", width: "", height: "" });
    if (element.dataset.percent) element.style.opacity = element.dataset.percent / 100;
  }
  for (const button of document.querySelectorAll("[data-hall-view]")) {
    button.setAttribute("aria-pressed", button.dataset.hallView === hallChoice);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hall-view]");
  if (!button) return;
  hallChoice = button.dataset.hallView;
  try {
    window.localStorage.setItem(HALL_KEY, hallChoice);
  } catch {
    // Kept for this page alone.
  }
  layHall();
});

if (document.getElementById("map")) {
  new ResizeObserver(layHall).observe(document.getElementById("map"));
  layHall();
}
