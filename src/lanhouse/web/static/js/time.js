// Time left and time used, drawn once a second from the server's times. Nothing counts down by
// subtracting: each drawing starts from expires_at and the server's clock.
"use strict";

const SOON_SECONDS = 600;
let serverAt = Number(document.body.dataset.now);
let seenAt = performance.now();
const timeScale = Number(document.body.dataset.timeScale || 1);

// Some browsers keep a whole page in memory to go back to, whatever may be cached: somebody else may
// sit here by now, and its times are old in any case.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.body.replaceChildren();
  location.reload();
});

// Called at load and at every answer that carries the server's time (milliseconds since 1970).
function setServerTime(millis) {
  serverAt = Number(millis);
  seenAt = performance.now();
}

function serverNow() {
  return serverAt + (performance.now() - seenAt) * timeScale;
}

function twoDigits(number) {
  return String(number).padStart(2, "0");
}

function hoursMinutes(seconds, isForPlayer) {
  const whole = Math.max(0, Math.floor(seconds));
  if (isForPlayer && whole < SOON_SECONDS) {
    return `${Math.floor(whole / 60)}:${twoDigits(whole % 60)}`;
  }
  return `${Math.floor(whole / 3600)}:${twoDigits(Math.floor((whole % 3600) / 60))}`;
}

function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function drawTime(box) {
  const expiresAt = Number(box.dataset.expiresAt || 0);
  const startedAt = Number(box.dataset.startedAt || 0);
  const isForPlayer = box.dataset.timeFor === "player";
  const now = serverNow();
  if (!expiresAt) {
    if (startedAt) setText(box.querySelector("[data-time]"), hoursMinutes((now - startedAt) / 1000, isForPlayer));
    return;
  }
  const left = (expiresAt - now) / 1000;
  setText(box.querySelector("[data-time]"), hoursMinutes(left, isForPlayer));
  box.toggleAttribute("data-soon", left < Number(box.dataset.soonSeconds ?? SOON_SECONDS));
  const bar = box.querySelector(".lh-timebar rect");
  if (bar) {
    const share = (expiresAt - now) / Math.max(1, expiresAt - startedAt);
    bar.setAttribute("width", `${Math.round(Math.min(1, Math.max(0, share)) * 100)}%`);
  }
}

const clockFormat = new Intl.DateTimeFormat(document.documentElement.dataset.locale, {
  hour: "2-digit",
  minute: "2-digit",
  timeZone: document.body.dataset.zone || undefined,
});

function drawTimes() {
  for (const box of document.querySelectorAll("[data-expires-at], [data-started-at]")) drawTime(box);
  const clock = document.querySelector("[data-clock]");
  if (clock) setText(clock, clockFormat.format(new Date(serverNow())));
}

setInterval(drawTimes, 1000);
drawTimes();
