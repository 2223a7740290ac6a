// The number of orders that wait, in the rail of every page, and the sound when it rises.
"use strict";

(() => {
  const KEY = "lanhouse order sound";
  let known = null;

  function isOn() {
    return localStorage.getItem(KEY) !== "off";
  }
  function draw() {
    for (const button of document.querySelectorAll("[data-order-sound]")) {
      button.setAttribute("aria-pressed", String(isOn()));
      button.querySelector("span").textContent = isOn() ? button.dataset.on : button.dataset.off;
    }
  }
  // Two short tones, made here: a hall may have no internet, and a file would be one more to load.
  function ring() {
    const context = new AudioContext();
    for (const [at, pitch] of [[0, 660], [0.18, 880]]) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.2, context.currentTime + at);
      volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + at + 0.16);
      tone.connect(volume).connect(context.destination);
      tone.start(context.currentTime + at);
      tone.stop(context.currentTime + at + 0.17);
    }
    setTimeout(() => context.close(), 1000);
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-order-sound]")) return;
    localStorage.setItem(KEY, isOn() ? "off" : "on");
    draw();
    if (isOn()) ring();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "orders-badge") return;
    const now = Number(document.querySelector("#orders-badge [data-pending]")?.dataset.pending ?? 0);
    if (known !== null && now > known && isOn()) ring();
    known = now;
  });
  // The kitchen's keys: the number on a card.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isText(event.target)) return;
    if (document.getElementById("dialog")?.open) return;
    const button = document.querySelector(`[data-dish="${event.key}"]`);
    if (button) button.click();
  });
  document.addEventListener("DOMContentLoaded", draw);
})();
