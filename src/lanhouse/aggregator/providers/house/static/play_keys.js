// Playing by keyboard: Space the main button, arrows between fields, Backspace takes a chip off, 1 to
// 5 choose a chip, H S D P are the moves of blackjack.
'use strict';

globalThis.lanhouseKeys = ({ act, actions, isOpen, spots, takeOff }) => {
  const $ = (id) => document.getElementById(id);
  const MOVES = { h: 'hit', s: 'stand', d: 'double', p: 'split' };
  const AHEAD = document.dir === 'rtl' ? 'arrowleft' : 'arrowright';
  const BACK = document.dir === 'rtl' ? 'arrowright' : 'arrowleft';
  const focused = () => spots.find(({ spot }) => spot === document.activeElement);

  function moveFocus(step) {
    const at = spots.indexOf(focused());
    if (at >= 0) spots[(at + step + spots.length) % spots.length].spot.focus();
    return at >= 0;
  }

  function handled(event) {
    const key = event.key.toLowerCase();
    const spot = focused();
    if (event.code === 'Space' && (spot || !event.target.closest('button, a, input:not([type=radio]), summary'))) {
      if ($('acts').children.length === 1) act($('acts').firstChild.dataset.action);
      return true;
    }
    if (key === AHEAD || key === 'arrowdown') return moveFocus(1);
    if (key === BACK || key === 'arrowup') return moveFocus(-1);
    if (key === 'backspace' && spot) {
      takeOff(spot.field);
      return true;
    }
    if (/^[1-5]$/.test(key) && $('chips')) {
      $('chips').querySelectorAll('input')[key - 1]?.click();
      return true;
    }
    if (!MOVES[key] || !isOpen() || !actions().includes(MOVES[key])) return false;
    act(MOVES[key]);
    return true;
  }

  document.addEventListener('keydown', (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.target.closest('dialog, input[type=text]')) return;
    if (handled(event)) event.preventDefault();
  });
};
