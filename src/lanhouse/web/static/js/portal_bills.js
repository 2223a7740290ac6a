// The bill of a session is fetched when its line is opened. Without this file, or without a network,
// the line has a link to the bill's own page.
"use strict";

async function fetchBill(line) {
  try {
    const answer = await fetch(line.dataset.bill);
    if (!answer.ok || answer.redirected) return;
    const bill = document.createElement("div");
    bill.innerHTML = await answer.text();
    line.querySelector("summary").nextElementSibling.replaceWith(bill);
    delete line.dataset.bill;
  } catch {
    // The link to the bill stays.
  }
}

for (const line of document.querySelectorAll("details[data-bill]")) {
  line.addEventListener("toggle", () => {
    if (line.open && line.dataset.bill) fetchBill(line);
  });
}
