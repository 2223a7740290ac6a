// What every page of the panel needs: dialogs, toasts, keys, connection state.
"use strict";

const TOAST_MS = 6000;
// What somebody has to write down or to follow stays longer.
const LONG_TOAST_MS = 20000;
const dialog = document.getElementById("dialog");

// Where navigation is a strip, the place where the reader is comes into sight.
for (const here of document.querySelectorAll(".lh-rail [aria-current], .lh-subnav [aria-current], .lh-tablist [aria-current]")) {
  const strip = here.parentElement;
  strip.scrollLeft += here.getBoundingClientRect().left - strip.getBoundingClientRect().left - (strip.clientWidth - here.offsetWidth) / 2;
}
const toasts = document.getElementById("toast");

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]").content;
  if (token) event.detail.headers["X-CSRF-Token"] = token;
});

// A poll is left out while nobody can see the page.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isPoll(event.detail.elt) && document.hidden) event.preventDefault();
});

// ---- Dialog: opened at once and filled by htmx, closed by a server answer that says it is done.
// Open and still empty it is not seen, but the page behind it takes no press and no key any more.

let wanted = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  const { target, xhr, requestConfig } = event.detail;
  if (target !== dialog || requestConfig.verb !== "get") return;
  if (dialog.open) {
    event.preventDefault();
    return;
  }
  wanted = xhr;
  dialog.showModal();
  raiseOffline();
  // The button that asked may be gone from the page by then, so its events would not arrive.
  xhr.addEventListener("loadend", () => {
    if (wanted === xhr && !dialog.childElementCount) dialog.close();
  });
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, requestConfig } = event.detail;
  if (target === dialog && requestConfig.verb === "get" && xhr !== wanted) event.detail.shouldSwap = false;
});

// Of the buttons of one choice the chosen one.
function firstField() {
  const first = dialog.querySelector(".lh-body :is(input:not([type=hidden]), select, textarea):enabled");
  return (first?.type === "radio" && dialog.querySelector(`[name="${first.name}"]:checked`)) || first;
}

function showDialog() {
  if (!dialog.open) {
    dialog.showModal();
    raiseOffline();
  }
  startReading();
  const first = dialog.querySelector("[aria-invalid=true]") ?? dialog.querySelector("[autofocus]") ?? firstField();
  (first ?? dialog.querySelector("[data-close]"))?.focus();
  first?.select?.();
}

// What is shown once stays until somebody says that it is stored, and a sale until it is answered.
function isKept() {
  return Boolean(dialog?.open && dialog.querySelector("[data-keep], form[data-sent]"));
}
dialog?.addEventListener("cancel", (event) => {
  if (isKept()) event.preventDefault();
});

dialog?.addEventListener("close", () => {
  wanted = null;
  dropQuotes(dialog);
  dialog.replaceChildren();
});

// A quote that comes late would be written on the button of another form.
function dropQuotes(place) {
  for (const asking of place.querySelectorAll("[data-live]")) htmx.trigger(asking, "htmx:abort");
}
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (elt.matches("[data-live]") && elt.closest("form[data-sent]")) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target !== dialog) return;
  const done = dialog.querySelector("[data-done]");
  if (done) {
    // A log-in that has ended is not left standing.
    document.getElementById(`told-${done.dataset.ended}`)?.remove();
    dialog.close();
    showResult();
  } else if (dialog.childElementCount) {
    showDialog();
    // Something has been done, and the dialog stays to tell of it.
    if (dialog.querySelector("[data-result]")) showResult();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]") && !isKept()) dialog.close();
  if (event.target.closest("[data-print]")) window.print();
  if (event.target.closest("[data-untell]")) document.getElementById("told").replaceChildren();
  if (event.target.closest("[data-keys]")) showKeys();
  const copier = event.target.closest("[data-copy]");
  if (copier) copyText(copier);
  const setter = event.target.closest("[data-set]");
  if (setter) setField(setter);
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A chip writes its value into a field, which then behaves as if it had been typed.
function setField(chip) {
  // The same form may stand in the side panel and in a dialog.
  const field = chip.form?.elements.namedItem(chip.dataset.set) ?? document.getElementById(chip.dataset.set);
  field.value = chip.dataset.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  // Not into an amount: the next digit would be typed behind it.
  if (field.inputMode !== "decimal") field.focus();
}

function copyText(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  const done = () => {
    button.querySelector("span").textContent = button.dataset.copied;
  };
  // The clipboard API needs HTTPS or localhost; the old command works in a hall without a certificate.
  if (navigator.clipboard && window.isSecureContext) {
    navigator.clipboard.writeText(field.value).then(done);
  } else if (document.execCommand("copy")) {
    done();
  }
}

// ---- Toast: one at a time; it waits while it is hovered or focused.

let toastTimer = 0;
function startToast() {
  clearTimeout(toastTimer);
  if (!toasts.childElementCount) return;
  toastTimer = setTimeout(() => {
    if (toasts.matches(":hover, :focus-within")) startToast();
    else toasts.replaceChildren();
  }, toasts.querySelector("[data-long]") ? LONG_TOAST_MS : TOAST_MS);
}
if (toasts) {
  new MutationObserver(startToast).observe(toasts, { childList: true });
  startToast();
}

// The switches of look and language come back to what is shown now, with the PC that is selected.
document.addEventListener("submit", (event) => {
  const back = event.target.querySelector("[name=back]");
  if (back) back.value = window.location.pathname + window.location.search;
});

// ---- Connection and sign-in.

// A form that is a page of its own comes back with a bar of its own.
const offlineBar = () => document.getElementById("offline");
let answeredAt = performance.now();
let lostAt = 0;
// Something else may be answered at once; nobody has read the note in less.
const NOTE_MS = 2000;

function showAge() {
  const seconds = Math.round((performance.now() - answeredAt) / 1000);
  offlineBar().querySelector("[data-age]").textContent = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
function setOffline(isSilent) {
  const now = performance.now();
  if (isSilent) lostAt = now;
  else answeredAt = now;
  if (!offlineBar()) return;
  showAge();
  if (isSilent) offlineBar().togglePopover(true);
  else if (isOffline()) setTimeout(hideOffline, Math.max(lostAt + NOTE_MS - now, 0));
}
function hideOffline() {
  if (answeredAt > lostAt) offlineBar().togglePopover(false);
}
function isOffline() {
  return Boolean(offlineBar()?.matches(":popover-open"));
}
// What opens last lies on top, so the note comes again after a dialog.
function raiseOffline() {
  if (!isOffline()) return;
  offlineBar().hidePopover();
  offlineBar().showPopover();
}
setInterval(() => {
  if (isOffline()) showAge();
}, 1000);

// A silent server is told within 5 seconds: a poll goes out every 2, and whatever was asked is given
// this long before the note comes. A poll is then given up, so that the next one can ask.
const POLL_SILENCE_MS = 2500;
const SILENCE_MS = 4500;
const POLL_TIMEOUT_MS = 4000;

function isPoll(element) {
  return element.dataset.poll !== undefined;
}
document.addEventListener("htmx:configRequest", (event) => {
  if (isPoll(event.detail.elt)) event.detail.timeout = POLL_TIMEOUT_MS;
});
document.addEventListener("htmx:beforeSend", (event) => {
  const { elt, xhr } = event.detail;
  const timer = setTimeout(() => setOffline(true), isPoll(elt) ? POLL_SILENCE_MS : SILENCE_MS);
  xhr.addEventListener("loadend", () => clearTimeout(timer));
});

// A form whose answer was lost may have been done: it says so, and may be sent again with its key.
function tellUnanswered(form) {
  form.querySelector("[data-unanswered]")?.remove();
  const note = document.getElementById("unanswered").content.cloneNode(true);
  form.querySelector(".lh-body, .lh-pay > div").prepend(note);
  form.querySelector("[type=submit]").disabled = false;
}
for (const silence of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(silence, (event) => {
    setOffline(true);
    if (event.detail.elt.matches("dialog form[hx-post], #panel form[hx-post]")) tellUnanswered(event.detail.elt);
  });
}
document.addEventListener("htmx:afterRequest", (event) => {
  // 401 is a wrong code or password in a form; who is signed out is led away by hx-redirect.
  const { status } = event.detail.xhr;
  if (status >= 500) setOffline(true);
  else if (status) setOffline(false);
});
// ---- A form that was refused before it was read comes back without itself: it stays, with each reason
// beside the field that it is about, or under the name that people read there.

function wordOf(field) {
  return field?.labels?.[0]?.firstChild.textContent.trim() || field?.getAttribute("aria-label");
}
function tellBeside(field, reason, sign) {
  const told = document.createElement("span");
  told.className = "lh-error";
  told.id = `${field.id || field.name}-wrong`;
  told.dataset.refused = field.getAttribute("aria-describedby") ?? "";
  const words = document.createElement("span");
  words.textContent = reason;
  told.append(sign.cloneNode(true), words);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", told.id);
  field.closest(".lh-field").append(told);
}
function tellReasons(form, answer) {
  const reasons = [...answer.querySelectorAll("[data-reasons] [data-field]")];
  const note = answer.querySelector(".lh-note");
  if (!form || !reasons.length) return false;
  const others = [];
  for (const { dataset, textContent } of reasons) {
    const field = form.querySelector(`[name="${CSS.escape(dataset.field)}"]`);
    if (field?.closest(".lh-field")) tellBeside(field, textContent, note.querySelector("svg"));
    else others.push(`${wordOf(field) ?? dataset.field}: ${textContent}`);
  }
  if (others.length) {
    note.querySelector("span").textContent = others.join("; ");
    note.dataset.refused = "";
    (form.querySelector(".lh-body, .lh-pay > div") ?? form).prepend(note);
  }
  form.querySelector("[aria-invalid=true]")?.focus();
  return true;
}
function dropReasons(form) {
  for (const told of form.querySelectorAll("[data-refused]")) {
    const field = form.querySelector(`[aria-describedby="${CSS.escape(told.id)}"]`);
    field?.removeAttribute("aria-invalid");
    field?.setAttribute("aria-describedby", told.dataset.refused);
    told.remove();
  }
}

// Of a refusal only those that were made for the place of the target are shown there; of every other
// its reason is told, and what was there stays. A poll tells the same once, and what is asked while
// somebody types tells its reasons in its own place.
const toldTo = new WeakMap();
function tellRefusal(answer, element) {
  const note = answer.querySelector(".lh-note, .lh-error");
  const text = note?.textContent.trim();
  if (!toasts || !text || element.matches("[data-live]")) return;
  if (isPoll(element) && toldTo.get(element) === text) return;
  toldTo.set(element, text);
  const toast = document.createElement("div");
  toast.className = "lh-toast";
  toast.setAttribute("role", "alert");
  toast.dataset.tone = "bad";
  toast.append(...note.childNodes);
  toasts.replaceChildren(toast);
}
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, requestConfig } = event.detail;
  // A form that is a page of its own comes back as one, with the reasons beside its fields.
  const isPage = requestConfig.elt.matches("[data-page]") && xhr.responseText.includes('id="main"');
  if (xhr.status < 400 || isPage) return;
  const answer = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const form = requestConfig.verb === "post" ? requestConfig.elt.closest("form[hx-post]") : null;
  const isTold = tellReasons(form, answer);
  if (target === dialog && !isTold) return;
  event.detail.shouldSwap = false;
  if (!isTold && xhr.status < 500) tellRefusal(answer, requestConfig.elt);
});

// ---- Keys: F2, F3, F8, "/" and letters press what carries their name; digits pick inside a dialog.

function press(name, scope) {
  // The last one wins: the side panel knows more about what is meant than the page around it.
  const button = [...scope.querySelectorAll(`[data-hotkey="${name}"]`)].findLast(
    (candidate) =>
      candidate.checkVisibility() &&
      !candidate.disabled &&
      !candidate.closest("[inert]") &&
      (scope !== document || !candidate.closest("#panel form")),
  );
  if (!button) return false;
  if (button.matches("input, select")) button.focus();
  else button.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  // A second Esc in a row would close the dialog without asking (no cancel event).
  if (event.key === "Escape" && isKept()) event.preventDefault();
  const isTyping = isText(event.target);
  const scope = dialog?.open ? dialog : document;
  // A form in the side panel takes keys that sell only from within: the panel changes by itself.
  const inside = dialog?.open ? dialog : event.target.closest?.("#panel form");
  let isDone = false;
  if (/^F\d+$/.test(event.key)) isDone = (inside && press(event.key, inside)) || press(event.key, scope);
  else if (event.key === "/" && !isTyping) isDone = press("/", scope);
  else if (event.key === "?" && !isTyping && !dialog?.open) isDone = showKeys();
  // A page's own letters; while a list is open they walk it.
  else if (/^[a-z]$/i.test(event.key) && !isTyping && !dialog?.open && !event.target.matches("select"))
    isDone = press(event.key.toLowerCase(), document);
  else if (/^[1-9]$/.test(event.key) && inside && !isTyping) isDone = pick(event.key, inside);
  if (isDone) event.preventDefault();
});

function pick(digit, place = dialog) {
  const option = [...place.querySelectorAll(`[data-key="${digit}"]`)].find((one) => !one.matches(":disabled"));
  if (!option) return false;
  option.focus();
  option.click();
  // Of a member the name comes next; every other kind can be finished as it stands.
  const asked = option.name === "kind" && place.querySelector("[data-asked]");
  if (asked && asked.checkVisibility()) asked.focus();
  return true;
}

// ---- The list of the keys, which each page names in a template.

function showKeys() {
  const list = document.getElementById("keys");
  if (!list || !dialog) return false;
  dialog.replaceChildren(list.content.cloneNode(true));
  showDialog();
  return true;
}

// ---- A form inside the dialog is sent once; the button shows that it works.

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (!form.matches("form[hx-post]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  dropQuotes(form);
  form.querySelector("[data-unanswered]")?.remove();
  dropReasons(form);
  form.querySelector("[type=submit]")?.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (!form.matches("form[hx-post]")) return;
  delete form.dataset.sent;
  form.querySelector("[type=submit]")?.removeAttribute("aria-busy");
});

// ---- Who sits here. Another tab whose page was made for somebody else loads itself anew: its name,
// its dialogs and what it shows are not those of who works at this browser now.

if (typeof BroadcastChannel === "function" && document.body.dataset.reader) {
  const { reader } = document.body.dataset;
  const readers = new BroadcastChannel("lanhouse reader");
  readers.addEventListener("message", (event) => {
    if (event.data === reader) return;
    document.body.replaceChildren();
    location.reload();
  });
  readers.postMessage(reader);
}
