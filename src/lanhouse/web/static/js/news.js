// What happens in the centre is told by one channel for all tabs of a browser (which opens six
// connections to a server at most): a SharedWorker holds it, or the tab that leads. While it lives,
// a part that polls asks when something has happened, and otherwise only as often as its data-news
// says (in seconds); without it, as often as its trigger says.
"use strict";

if (typeof SharedWorkerGlobalScope === "function") shareChannel();
else joinChannel(document.currentScript.src);

// Runs once per browser. `tell` gets {isLive: true or false}, and when something has happened
// {topics: [what]}, or null as topics when that is not known.
function holdChannel(tell) {
  // The server beats every second; to tell a silent one within five, the pages' own polls need the
  // rest.
  const SILENCE_MS = 2200;
  const AGAIN_MS = 5000;
  let source = null;
  let silence = 0;
  let place = "";

  function open() {
    source = new EventSource(`/panel/news?after=${place}`);
    for (const kind of ["beat", "news", "gap"]) source.addEventListener(kind, hear);
    // After an end the browser comes back by itself, after a refusal it does not.
    source.addEventListener("error", () => source.readyState === EventSource.CLOSED && lose());
    silence = setTimeout(lose, SILENCE_MS);
  }
  function hear(event) {
    clearTimeout(silence);
    silence = setTimeout(lose, SILENCE_MS);
    tell({ isLive: true });
    if (event.type === "beat") return;
    place = event.lastEventId;
    tell({ topics: event.type === "gap" ? null : event.data.split(" ") });
  }
  function lose() {
    clearTimeout(silence);
    source.close();
    tell({ isLive: false });
    setTimeout(open, AGAIN_MS);
  }
  open();
}

// ---- In the SharedWorker every tab has a port.

function shareChannel() {
  const ports = new Set();
  let isLive = false;

  self.addEventListener("connect", (event) => {
    const [port] = event.ports;
    ports.add(port);
    // The only thing that a tab says is that it goes.
    port.addEventListener("message", () => ports.delete(port));
    port.start();
    port.postMessage({ isLive });
  });
  holdChannel((told) => {
    if (told.isLive === isLive) return;
    isLive = told.isLive ?? isLive;
    for (const port of ports) port.postMessage(told);
  });
}

// ---- In a tab.

function joinChannel(address) {
  // A part asks at once when something has happened, and then not before so long.
  const REST_MS = 2000;
  const askedAt = new WeakMap();
  const waiting = new WeakSet();
  let isLive = false;

  function sinceAsked(part) {
    return performance.now() - (askedAt.get(part) ?? -Infinity);
  }
  function ask(part) {
    if (waiting.has(part)) return;
    waiting.add(part);
    const restMs = Math.max(REST_MS - sinceAsked(part), 0);
    setTimeout(() => {
      waiting.delete(part);
      if (part.isConnected) htmx.trigger(part, "lh:news");
    }, restMs);
  }
  // A part that names its topics is not asked for others.
  function askAll(topics) {
    for (const part of document.querySelectorAll("[data-news]")) {
      const own = part.dataset.topics?.split(" ");
      if (!topics || !own || own.some((topic) => topics.includes(topic))) ask(part);
    }
  }
  function hear(told) {
    // What happened before the channel was open has not been told.
    const hasHappened = told.isLive === undefined || (told.isLive && !isLive);
    isLive = told.isLive ?? isLive;
    if (hasHappened) askAll(told.topics);
  }

  document.addEventListener("visibilitychange", () => isLive && !document.hidden && askAll());
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    if (event.defaultPrevented || elt.dataset.news === undefined) return;
    // Only a request by the clock has no event. Once one was not answered, the clock asks again.
    const isTick = !requestConfig.triggeringEvent && !isOffline();
    if (isTick && isLive && sinceAsked(elt) < Number(elt.dataset.news) * 1000) event.preventDefault();
    else askedAt.set(elt, performance.now());
  });

  if (typeof SharedWorker === "function") {
    const { port } = new SharedWorker(address, { name: "lanhouse news" });
    port.addEventListener("message", (event) => hear(event.data));
    port.start();
    addEventListener("pagehide", () => {
      port.postMessage("bye");
      // Should the browser bring this page back, it polls.
      isLive = false;
    });
  } else if (navigator.locks && typeof BroadcastChannel === "function") {
    const others = new BroadcastChannel("lanhouse news");
    others.addEventListener("message", (event) => hear(event.data));
    const lead = (told) => {
      others.postMessage(told);
      hear(told);
    };
    navigator.locks.request("lanhouse news", () => new Promise(() => holdChannel(lead)));
  }
}
