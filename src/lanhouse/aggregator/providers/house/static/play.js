// The page of every House game over the small JSON (docs/house-games.md). It asks and shows, and
// decides nothing. Each act has a key that is kept until its answer is here: a lost answer is asked
// for again, and the house plays it once.
'use strict';

(() => {
  const $ = (id) => document.getElementById(id);
  const { build, element, fill } = globalThis.lanhouseDraw;
  const start = JSON.parse($('game').dataset.start);
  const { words } = start;
  const keep = `lanhouse-${start.session}-`;
  const TRIES = 4;
  const clockOffset = Date.now() - start.nowMillis;
  const table = build(start, $('table'));
  let state = start.state;
  let isBusy = false;
  let placed = [];
  let lastPlaced = [];
  let chip = 0;
  let betIndex = 0;

  const stored = {
    get(name) { try { return sessionStorage.getItem(keep + name); } catch { return null; } },
    set(name, value) { try { sessionStorage.setItem(keep + name, value); } catch { /* the page alone remembers */ } },
    drop(name) { try { sessionStorage.removeItem(keep + name); } catch { /* nothing was kept */ } },
  };
  const secret = start.secret || stored.get('secret') || '';
  if (start.secret) stored.set('secret', start.secret);

  const { parts, text, money, signed } = globalThis.lanhouseMoney(start);

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)),
    (byte) => byte.toString(16).padStart(2, '0')).join('');
  const pause = (millis) => new Promise((done) => { setTimeout(done, millis); });

  function tellParent(type, round = null) {
    if (window.parent === window) return;
    const said = {
      source: 'lanhouse', type, session: start.session, balance: state ? state.balance : null, currency: start.currency, round,
    };
    for (const origin of start.frameOrigins) window.parent.postMessage(said, origin);
  }

  async function ask(method, path, body) {
    const answer = await fetch(`/play/${start.session}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', Authorization: `Bearer ${secret}` },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
    });
    const data = await answer.json();
    if (!answer.ok) {
      throw Object.assign(new Error('refused'), { code: data.error.code, status: answer.status });
    }
    return data;
  }

  function say(told, isGain = false) {
    $('line').textContent = told;
    $('line').classList.toggle('gain', isGain);
  }

  // What may be staked in one go where there are no fields.
  function bets() {
    const { min, max, steps } = state.bets;
    if (state.freeRounds) return [state.freeRounds.bet];
    if (steps.length > 1) return steps.filter((step) => parts(step) >= parts(min) && parts(step) <= parts(max));
    const found = [];
    for (const times of [1n, 2n, 3n, 4n, 5n, 10n, 15n, 20n, 25n, 50n, 75n, 100n, 250n, 500n, 1000n, 2500n, 5000n]) {
      const amount = parts(steps[0]) * times;
      if (amount >= parts(min) && amount <= parts(max)) found.push(text(amount));
    }
    return found;
  }

  const isOpen = () => Boolean(state.round && !state.round.done);
  const sameField = (one, other) => one.on === other.on && one.number === other.number;
  const stakedOn = (field) => placed.filter((bet) => sameField(bet, field))
    .reduce((sum, bet) => sum + parts(bet.amount), 0n);

  const spots = start.fields.map((field) => {
    const spot = element('button', `spot on-${field.on} ${field.color ?? ''}`);
    spot.type = 'button';
    spot.append(element('span', '', field.text ?? field.label), ' ', element('small', '', field.on === 'straight' ? '' : field.pays),
      element('b', 'on', ''));
    spot.addEventListener('click', () => place(field));
    return { field, spot };
  });
  if (spots.length) {
    const grid = element('div', `fields fields-${start.game}`);
    grid.append(...spots.map(({ spot }) => spot));
    $('table').append(grid);
  }

  function place(field) {
    if (isBusy || isOpen()) return;
    placed.push({ on: field.on, number: field.number, amount: start.chips[chip] });
    showBets();
  }

  function showBets(won = []) {
    for (const { field, spot } of spots) {
      const amount = stakedOn(field);
      const paid = won.find((bet) => sameField(bet, field) && parts(bet.win) > 0n);
      spot.classList.toggle('won', Boolean(paid));
      spot.lastChild.dataset.on = amount ? text(amount) : '';
      const values = { field: field.label, pays: field.pays, amount: money(text(amount)), win: paid ? money(paid.win) : '' };
      spot.setAttribute('aria-label', fill(paid ? words.fieldWon : amount ? words.fieldStaked : words.fieldLabel, values));
    }
    if ($('staked')) {
      $('staked').textContent = money(text(placed.reduce((sum, bet) => sum + parts(bet.amount), 0n)));
      $('undo').disabled = $('clear').disabled = placed.length === 0;
      $('again').disabled = lastPlaced.length === 0;
    } else {
      const choice = bets();
      betIndex = Math.max(0, Math.min(betIndex, choice.length - 1));
      $('bet').textContent = money(isOpen() ? state.round.bet : choice[betIndex] ?? '0');
      $('bet-less').disabled = isBusy || isOpen() || betIndex === 0;
      $('bet-more').disabled = isBusy || isOpen() || betIndex >= choice.length - 1;
    }
  }

  function noteOf(action) {
    const view = state.round?.view;
    if (start.game !== 'house_00006' || !isOpen()) return '';
    const own = view.hands.find((one) => one.actions.length) ?? view.hands[0];
    return fill(words[`${action}Note`] ?? '', { total: own.total, amount: money(own.bet) });
  }

  // The same buttons stay, so that the focus stays where it is.
  function showActions() {
    const actions = isOpen() ? state.actions : [start.first];
    const old = [...$('acts').children];
    if (old.map((button) => button.dataset.action).join() !== actions.join()) {
      const hadFocus = $('acts').contains(document.activeElement);
      $('acts').replaceChildren(...actions.map((action) => {
        const button = element('button', actions.length === 1 ? 'spin' : '');
        button.type = 'button';
        button.dataset.action = action;
        button.append(element('span', '', words[action]), element('small', '', ''));
        button.addEventListener('click', () => act(action));
        return button;
      }));
      if (hadFocus) $('acts').firstChild?.focus();
    }
    for (const button of $('acts').children) {
      button.lastChild.textContent = noteOf(button.dataset.action);
      button.setAttribute('aria-disabled', isBusy);
    }
  }

  function showFair() {
    const { fair } = state;
    const hash = fair.commitment;
    $('commitment').textContent = `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-4)}`;
    $('commitment').title = $('seed-now').textContent = hash;
    $('seed-next').textContent = fair.nextCommitment;
    $('client-seed').textContent = $('seed-mine').textContent = fair.clientSeed ?? '–';
    $('seed-old').textContent = fair.revealedSeed || '–';
    $('nonce').textContent = fair.nonce;
    if (state.round) $('verify').href = `/play/rounds/${state.round.id}`;
    $('verify').hidden = !state.round?.done;
  }

  function showAll(won = []) {
    $('balance').textContent = money(state.balance);
    $('net').textContent = signed(stored.get('net') ?? start.net);
    $('limits').textContent = `${money(state.bets.min)} – ${money(state.bets.max)}`;
    const free = state.freeRounds;
    $('note').hidden = !free;
    if (free) $('note').textContent = fill(words.freeRounds, { count: free.remaining, bet: money(free.bet) });
    showBets(won);
    showActions();
    showFair();
  }

  // First what fell, then what it paid, then the net; green only when the round gained.
  function tell(before = '') {
    const { round } = state;
    if (!round) return;
    const told = [before, table.tell(round.view, money)];
    let isGain = false;
    if (round.done) {
      const net = parts(round.win) - parts(round.bet);
      isGain = net > 0n;
      told.push(fill(words.net, { bet: money(round.bet), win: money(round.win), net: signed(text(net)) }));
    }
    say(told.filter(Boolean).join(' '), isGain);
  }

  function countNet() {
    const { round } = state;
    if (!round?.done || stored.get('counted') === round.id) return;
    const before = parts(stored.get('net') ?? start.net);
    stored.set('net', text(before + parts(round.win) - parts(round.bet)));
    stored.set('counted', round.id);
  }

  // Sends the same key again until there is an answer.
  async function actOnce(body) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask('POST', '/act', body);
      } catch (error) {
        if (error.code && error.status < 500) throw error;
        if (attempt === TRIES) throw error;
        say(words.checking);
        await pause(700 * attempt);
      }
    }
  }

  async function seedFirst() {
    if (state.fair.clientSeed !== null) return;
    state = { ...state, fair: await ask('POST', '/seed', { clientSeed: newKey() }) };
  }

  async function play(body, before = '') {
    isBusy = true;
    showActions();
    say(['house_00005', 'house_00006'].includes(start.game) ? words.dealing : words.turning);
    let won = [];
    try {
      await seedFirst();
      stored.set('pending', JSON.stringify(body));
      state = await actOnce(body);
      stored.drop('pending');
      await table.show(state.round.view, false);
      countNet();
      won = state.round.view.bets ?? [];
      tell(before);
      if (state.round.done) {
        if (placed.length) lastPlaced = placed;
        tellParent('round', { id: state.round.id, bet: state.round.bet, win: state.round.win });
      }
      tellParent('balance');
    } catch (error) {
      refused(error);
    }
    isBusy = false;
    showAll(won);
    if (state.round?.done) placed = [];
  }

  function refused(error) {
    if (!error.code || error.status >= 500) {
      say(words[error.code] ?? words.lost);
      return;
    }
    stored.drop('pending');
    say(words[error.code] ?? words.bad);
    if (error.code === 'SESSION_EXPIRED') tellParent('expired');
  }

  function act(action) {
    if (isBusy || document.querySelector('dialog[open]')) return;
    const pending = stored.get('pending');
    if (pending) {
      play(JSON.parse(pending), words.checking);
      return;
    }
    const body = { key: newKey(), action };
    if (!isOpen()) {
      if (spots.length) {
        if (!placed.length && lastPlaced.length) placed = [...lastPlaced];
        if (!placed.length) {
          spots[0].spot.focus();
          return;
        }
        body.bets = placed.map(({ on, number, amount }) => (number === undefined ? { on, amount } : { on, number, amount }));
      } else {
        body.bet = bets()[betIndex];
      }
    }
    play(body);
  }

  function showTime() {
    const minutes = Math.floor((Date.now() - clockOffset - start.startedAtMillis) / 60000);
    $('time').textContent = fill(words.minutes, { minutes: Math.max(0, minutes) });
  }

  async function changeSeed(clientSeed) {
    $('seed-status').textContent = '';
    try {
      state = { ...state, fair: await ask('POST', '/seed', { clientSeed }) };
      showFair();
      $('seed-text').value = '';
      $('seed-status').textContent = words.seedChanged;
    } catch (error) {
      $('seed-status').textContent = words[error.code] ?? words.bad;
    }
  }

  // Wallet, seeds and rounds change elsewhere too: at the cashier's, or on another device.
  async function refresh() {
    if (isBusy || !secret) return;
    try {
      const now = await ask('GET', '/state');
      if (isBusy) return;
      const isOther = now.round?.id !== state.round?.id || JSON.stringify(now.round) !== JSON.stringify(state.round);
      state = now;
      if (isOther && state.round) {
        await table.show(state.round.view, true);
        tell();
      }
      showAll();
    } catch (error) {
      if (error.code) refused(error);
    }
  }

  function moveFocus(step) {
    const at = spots.findIndex(({ spot }) => spot === document.activeElement);
    if (at >= 0) spots[(at + step + spots.length) % spots.length].spot.focus();
    return at >= 0;
  }

  const MOVE_KEYS = { h: 'hit', s: 'stand', d: 'double', p: 'split' };
  function onKey(event) {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.target.closest('dialog, input[type=text]')) return;
    const key = event.key.toLowerCase();
    const main = $('acts').firstChild?.dataset.action;
    const spot = spots.find((one) => one.spot === document.activeElement);
    if (event.code === 'Space' && (spot || !event.target.closest('button, a, input, summary'))) {
      if (!isOpen() || $('acts').children.length === 1) act(main);
    } else if (key === 'arrowright' || key === 'arrowdown') {
      if (!moveFocus(1)) return;
    } else if (key === 'arrowleft' || key === 'arrowup') {
      if (!moveFocus(-1)) return;
    } else if (key === 'backspace' && spot) {
      const at = placed.findLastIndex((bet) => sameField(bet, spot.field));
      if (at >= 0) placed.splice(at, 1);
      showBets();
    } else if (/^[1-5]$/.test(key) && $('chips')) {
      $('chips').querySelectorAll('input')[key - 1]?.click();
    } else if (MOVE_KEYS[key] && state.actions.includes(MOVE_KEYS[key]) && isOpen()) {
      act(MOVE_KEYS[key]);
    } else {
      return;
    }
    event.preventDefault();
  }

  if ($('chips')) {
    start.chips.forEach((amount, place_) => {
      const label = element('label', 'chip');
      const input = element('input');
      Object.assign(input, { type: 'radio', name: 'chip', checked: place_ === 0 });
      input.addEventListener('change', () => { chip = place_; });
      label.append(input, element('span', '', amount));
      $('chips').append(label);
    });
    $('undo').addEventListener('click', () => { placed.pop(); showBets(); });
    $('clear').addEventListener('click', () => { placed = []; showBets(); });
    $('again').addEventListener('click', () => { placed = [...lastPlaced]; showBets(); });
  } else {
    $('bet-less').addEventListener('click', () => { betIndex -= 1; showBets(); });
    $('bet-more').addEventListener('click', () => { betIndex += 1; showBets(); });
  }
  $('open-rules').addEventListener('click', () => $('rules').showModal());
  $('open-seeds').addEventListener('click', () => { refresh(); $('seeds').showModal(); });
  $('seed-form').addEventListener('submit', (event) => {
    event.preventDefault();
    changeSeed($('seed-text').value);
  });
  document.addEventListener('keydown', onKey);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
  window.addEventListener('pagehide', () => tellParent('closed'));

  async function begin() {
    showTime();
    setInterval(showTime, 10000);
    if (!secret) {
      say(words.SESSION_EXPIRED);
      tellParent('expired');
      return;
    }
    if (state.round) {
      await table.show(state.round.view, true);
      const before = fill(state.round.done ? words.finished : words.open, { round: state.fair.nonce });
      tell(before);
    }
    showAll(state.round?.view.bets ?? []);
    tellParent('loaded');
    const pending = stored.get('pending');
    if (pending) play(JSON.parse(pending), words.checking);
  }
  begin();
})();
