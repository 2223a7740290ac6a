// Money that is given and given back, in whole minor units: no fractions in floating point.
"use strict";

// "1.5", "1,50" and "1.50 €" all mean 150 minor units of a currency with 2 decimals; null = unreadable.
function minorUnits(text, decimals) {
  const plain = text.replace(/[^\d.,-]/g, "").replace(",", ".");
  const match = /^(\d+)(?:\.(\d*))?$/.exec(plain);
  if (!match || (match[2] ?? "").replace(/0+$/, "").length > decimals) return null;
  return Number(match[1]) * 10 ** decimals + Number((match[2] ?? "").slice(0, decimals).padEnd(decimals, "0") || 0);
}

document.addEventListener("alpine:init", () => {
  // <form x-data="giveBack" data-due="6.80" data-currency="EUR">: what the till hands back, and
  // that too little cash is not taken for enough. In a sale the sum follows what is chosen: a part
  // of the form with data-due says it.
  Alpine.data("giveBack", () => ({
    due: 0,
    decimals: 2,
    received: null,
    isGiven: false,
    isKnown: false,
    isCash: true,
    // Cash that nobody typed is the sum itself, and stays it when a part is paid another way.
    isExact: false,
    format: null,
    init() {
      const { currency } = this.$root.dataset;
      this.format = new Intl.NumberFormat(document.documentElement.dataset.locale, { style: "currency", currency });
      this.decimals = this.format.resolvedOptions().maximumFractionDigits;
      this.$root.addEventListener("input", (event) => {
        if (event.target.matches("[data-received]")) this.isExact = !event.isTrusted && this.isSum(event.target);
      });
      this.read();
      this.isExact = this.isSum(this.$root.querySelector("[data-received]"));
      this.$root.closest("form").addEventListener("htmx:afterSettle", () => this.read());
    },
    read() {
      const { due } = (this.$root.closest("form").querySelector("[data-due]") ?? this.$root).dataset;
      this.isKnown = due !== undefined;
      this.isCash = this.$root.querySelector("[name=payment]:checked")?.value === "cash";
      // What is paid another way is not paid in cash.
      const other = this.$root.querySelector("[data-part]")?.value.trim() ?? "";
      this.due = Math.max(0, (minorUnits(due ?? "", this.decimals) ?? 0) - (minorUnits(other, this.decimals) ?? 0));
      const field = this.$root.querySelector("[data-received]");
      if (this.isExact) field.value = this.plain;
      for (const exact of this.$root.querySelectorAll("[data-exact]")) exact.dataset.value = this.plain;
      this.isGiven = Boolean(field?.value.trim());
      this.received = this.isGiven ? minorUnits(field.value, this.decimals) : this.due;
    },
    isSum(field) {
      return Boolean(field?.value.trim()) && minorUnits(field.value, this.decimals) === this.due;
    },
    get plain() {
      const digits = String(this.due).padStart(this.decimals + 1, "0");
      if (!this.decimals) return digits;
      return `${digits.slice(0, -this.decimals)}.${digits.slice(-this.decimals)}`;
    },
    // Told once cash was counted: without it the sum is taken to be exact.
    get showsBack() {
      return this.isKnown && this.isGiven && !this.isShort;
    },
    get hidesBack() {
      return !this.showsBack;
    },
    get showsMissing() {
      return this.isKnown && this.isGiven && this.isShort;
    },
    get hidesMissing() {
      return !this.showsMissing;
    },
    get isShort() {
      return this.received === null || this.received < this.due;
    },
    get isBlocked() {
      return this.isCash && this.isShort;
    },
    get isEnough() {
      return !this.isShort;
    },
    get back() {
      const units = Math.max(0, (this.received ?? 0) - this.due);
      return this.format.format(units / 10 ** this.decimals);
    },
    get missing() {
      const units = Math.max(0, this.due - (this.received ?? 0));
      return this.format.format(units / 10 ** this.decimals);
    },
  }));
  // <form x-data="kinds">: shows the part of a form that belongs to the chosen kind, and turns its
  // button off while an answer within it says that it must not be sent (data-barred), unless its own
  // answer was lost: then it may be what it was sent for that bars it, and it is sent again.
  Alpine.data("kinds", () => ({
    kind: "",
    init() {
      this.read();
      this.bar();
      this.$root.addEventListener("htmx:afterSettle", () => this.bar());
    },
    bar() {
      const button = this.$root.querySelector("[type=submit]");
      const isLost = this.$root.querySelector("[data-unanswered]") !== null;
      if (button) button.disabled = !isLost && this.$root.querySelector("[data-barred]") !== null;
    },
    read() {
      this.kind = this.$root.querySelector("[name=kind]:checked")?.value ?? "";
      for (const part of this.$root.querySelectorAll("[data-kind]")) {
        const isHere = part.dataset.kind.split(" ").includes(this.kind);
        part.hidden = !isHere;
        part.disabled = !isHere;
      }
    },
  }));
});
