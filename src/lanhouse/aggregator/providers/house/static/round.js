// Draws a finished or open round on its own page; what it shows comes from the house.
'use strict';

(async () => {
  const $ = (id) => document.getElementById(id);
  if (!$('table')) return;
  const start = JSON.parse($('round').dataset.start);
  const { money } = globalThis.lanhouseMoney(start);
  const table = globalThis.lanhouseDraw.build(start, $('table'));
  await table.show(start.view, true);
  $('line').textContent = table.tell(start.view, money);
})();
