// A session that ended by itself is told: a mark on its seat, a line for screen readers, and a sound,
// which a browser allows once somebody has pressed anything on the page.
"use strict";

const SOUND_KEY = "lh-sound";
const NOTES = [[880, 0], [660, 0.16]];
let isSounding = remembered(SOUND_KEY, "on") !== "off";
let audio = null;
// What has been told already: PC and the session that is over, before and after it was closed.
let told = null;

function chime() {
  if (!isSounding) return;
  try {
    audio ??= new AudioContext();
  } catch {
    return;
  }
  if (audio.state === "suspended") audio.resume();
  for (const [pitch, after] of NOTES) {
    const [tone, loudness] = [audio.createOscillator(), audio.createGain()];
    const at = audio.currentTime + after;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.12, at);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
    tone.connect(loudness).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.4);
  }
  document.body.dataset.chimed = String(Number(document.body.dataset.chimed ?? 0) + 1);
}

// Ended by itself and not looked at, or over and waiting to be paid.
function endsNow() {
  const ends = new Map();
  for (const seat of seats()) {
    const { over, state, session, pc } = seat.dataset;
    if (over || state === "ended") ends.set(`${pc} ${over ?? session}`, pc);
  }
  return ends;
}

// Called after every change of the floor; what stood there when the page came is not news.
function tellEnds() {
  const ends = endsNow();
  const fresh = told === null ? [] : [...ends].filter(([what]) => !told.has(what)).map(([, pc]) => pc);
  told = new Set(ends.keys());
  if (!fresh.length) return;
  chime();
  const said = document.getElementById("ends-said");
  if (said) said.textContent = `${said.dataset.word} ${fresh.join(", ")}`;
  for (const pc of fresh) seatOf(pc)?.setAttribute("data-fresh", "");
  setTimeout(() => document.querySelectorAll("[data-fresh]").forEach((seat) => seat.removeAttribute("data-fresh")), 1500);
}

function showSound() {
  for (const button of document.querySelectorAll("[data-sound]")) {
    if (button.getAttribute("aria-pressed") !== String(isSounding)) button.setAttribute("aria-pressed", isSounding);
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-sound]")) return;
  isSounding = !isSounding;
  remember(SOUND_KEY, isSounding ? "on" : "off");
  showSound();
  chime();
});
// A browser lets a page be heard only after a press; this one is used for it.
document.addEventListener("pointerdown", () => {
  if (isSounding && !audio && window.AudioContext) audio = new AudioContext();
}, { once: true });
