// The page of every House game over the small JSON (docs/house-games.md). It asks and shows, and
// decides nothing. Each act has a key that is kept until its answer is here: a lost answer is asked
// for again, and the house plays it once.
'use strict';

(() => {
  const $ = (id) => document.getElementById(id);
  const { build, element, fill } = globalThis.lanhouseDraw;
  const start = JSON.parse($('game').dataset.start);
  const { words } = start;
  const { parts, text, money, signed } = globalThis.lanhouseMoney(start);
  const { ask, minutesHere, newKey, secret, showLinks, showTime, stored, tellParent, untilAnswered } = globalThis.lanhouseWire(start);
  const isChecked = globalThis.lanhouseCheck(start, stored, minutesHere, () => $('net').textContent);
  const POLL_MILLIS = 15000;
  const TRIES_BEFORE_TOLD = 4;
  const table = build(start, $('table'));
  let state = null;
  let isBusy = true;
  let turn = 0;
  let isOver = false;
  let placed = [];
  let lastPlaced = [];
  let chip = 0;
  let chosenBet = null;

  const isOpen = () => Boolean(state?.round && !state.round.done);

  function say(told, note = '', kind = '') {
    $('line').replaceChildren(element('span', '', told), ...(note ? [' ', element('small', '', note)] : []));
    $('line').className = `line ${kind}`;
  }

  // What may be staked in one go where there are no fields.
  function bets() {
    const { min, max, steps } = state.bets;
    if (state.freeRounds) return [state.freeRounds.bet];
    const found = start.isSlot ? steps : [1n, 2n, 3n, 4n, 5n, 10n, 15n, 20n, 25n, 50n, 75n, 100n, 250n, 500n, 1000n, 2500n, 5000n]
      .map((times) => text(parts(steps[0]) * times));
    return found.filter((step) => parts(step) >= parts(min) && parts(step) <= parts(max));
  }

  // A change of limits or free rounds in between leaves the player's own choice as near as it can be.
  function betIndex(choice) {
    if (chosenBet === null) return 0;
    const at = choice.findLastIndex((step) => parts(step) <= parts(chosenBet));
    return Math.max(0, at);
  }

  const sameField = (one, other) => one.on === other.on && one.number === other.number;
  const stakedOn = (field) => placed.filter((bet) => sameField(bet, field))
    .reduce((sum, bet) => sum + parts(bet.amount), 0n);
  const stakedInAll = () => placed.reduce((sum, bet) => sum + parts(bet.amount), 0n);

  const spots = start.fields.map((field) => {
    const spot = element('button', `spot on-${field.on} ${field.color ?? ''}`);
    spot.type = 'button';
    spot.append(element('span', '', field.text ?? field.label), ' ', element('small', '', ['straight', 'column'].includes(field.on) ? '' : field.pays),
      element('b', 'on', ''));
    spot.addEventListener('click', () => place(field));
    return { field, spot };
  });
  if (spots.length) {
    const grid = element('div', `fields fields-${start.game}`);
    grid.append(...spots.map(({ spot }) => spot));
    for (const { field, spot } of spots) globalThis.lanhouseDraw.lay(start.game, field, spot);
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
      $('staked').textContent = money(text(stakedInAll()));
      $('undo').disabled = $('clear').disabled = placed.length === 0;
      $('again').disabled = lastPlaced.length === 0;
      return;
    }
    const choice = bets();
    const at = betIndex(choice);
    $('bet').textContent = money(isOpen() ? state.round.bet : choice[at] ?? '0');
    $('bet-less').disabled = isBusy || isOpen() || at === 0;
    $('bet-more').disabled = isBusy || isOpen() || at >= choice.length - 1;
  }

  function stepBet(by) {
    const choice = bets();
    chosenBet = choice[Math.max(0, Math.min(betIndex(choice) + by, choice.length - 1))] ?? null;
    showBets();
  }

  function noteOf(action) {
    const view = state.round?.view;
    if (!isOpen() || !view.hands) return '';
    const own = view.hands.find((one) => one.actions.length) ?? view.hands[0];
    return fill(words[`${action}Note`] ?? '', { total: own.total, amount: money(own.bet) });
  }

  function nameOf(action) {
    const free = isOpen() && state.round.view.freeSpins;
    return free ? fill(words.freeSpinButton, { number: free.played + 1 }) : words[action];
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
        button.append(element('span'), element('small'));
        button.addEventListener('click', () => act(action));
        return button;
      }));
      if (hadFocus) $('acts').firstChild?.focus();
    }
    for (const button of $('acts').children) {
      button.firstChild.textContent = nameOf(button.dataset.action);
      button.lastChild.textContent = noteOf(button.dataset.action);
      button.setAttribute('aria-disabled', isBusy);
    }
    $('game').classList.toggle('is-open', isOpen());
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

  function showNotes() {
    const free = state.freeRounds;
    const notes = [];
    if (free) notes.push(fill(words.freeRounds, { count: free.remaining, bet: money(free.bet) }));
    if (state.round?.done && state.round.paid === false) notes.push(words.notPaid);
    $('note').hidden = !notes.length;
    $('note').textContent = notes.join(' ');
    const spins = isOpen() && state.round.view.freeSpins;
    $('free').hidden = !spins;
    if (!spins) return;
    $('free-number').textContent = fill(words.ofTotal, { number: spins.played, total: spins.total });
    $('free-won').textContent = money(spins.won);
    $('free-bet').textContent = money(state.round.bet);
  }

  function showAll(won = []) {
    $('balance').textContent = money(state.balance);
    $('net').textContent = signed(stored.get('net') ?? '0');
    $('limits').textContent = `${money(state.bets.min)} – ${money(state.bets.max)}`;
    showNotes();
    showBets(won);
    showActions();
    showFair();
  }

  // First what fell, then what it paid, then the net; green only when the round gained.
  function tell(before = '') {
    const { round } = state;
    if (!round) return;
    const told = [before, table.tell(round.view, money)].filter(Boolean).join(' ');
    if (!round.done) {
      say(told);
      return;
    }
    const net = parts(round.win) - parts(round.bet);
    const values = { bet: money(round.bet), win: money(round.win), net: signed(text(net)) };
    say(told, fill(words.net, values), net > 0n ? 'gain' : 'plain');
  }

  // What the player has won less staked since he came: what a round that he found open had cost
  // before is not counted.
  function countNet() {
    const { round } = state;
    if (!round) return;
    const [id, bet, win] = (stored.get('counted') ?? '').split(' ');
    let change = parts(round.win) - parts(round.bet);
    if (id === round.id) change -= parts(win) - parts(bet);
    stored.set('net', text(parts(stored.get('net') ?? '0') + change));
    stored.set('counted', `${round.id} ${round.bet} ${round.win}`);
  }

  // The first client seed is made here, unless another page of this player was first meanwhile.
  async function seedFirst(onLost) {
    if (state.fair.clientSeed !== null) return;
    state = await untilAnswered('GET', '/state', undefined, onLost);
    if (state.fair.clientSeed !== null) return;
    state = { ...state, fair: await untilAnswered('POST', '/seed', { clientSeed: newKey() }, onLost) };
  }

  async function play(body, before = '') {
    isBusy = true;
    turn += 1;
    showActions();
    showBets();
    say(before || (start.isCards ? words.dealing : words.turning));
    const onLost = (tries) => say(tries < TRIES_BEFORE_TOLD ? words.checking : words.lost);
    let won = [];
    try {
      await seedFirst(onLost);
      stored.set('pending', JSON.stringify(body));
      state = await untilAnswered('POST', '/act', body, onLost);
      stored.drop('pending');
      countNet();
      await table.show(state.round.view, false);
      won = state.round.view.bets ?? [];
      tell(before);
      if (state.round.done) {
        if (placed.length) lastPlaced = [...placed];
        tellParent('round', state.balance, { id: state.round.id, bet: state.round.bet, win: state.round.win });
      }
      tellParent('balance', state.balance);
    } catch (error) {
      await refused(error);
    }
    isBusy = false;
    turn += 1;
    showAll(won);
  }

  // Nothing was played: say why and what to do next, and show how things stand now.
  async function refused(error) {
    if (!error.code) throw error;
    stored.drop('pending');
    const told = words[error.code] ?? words.bad;
    if (error.code === 'SESSION_EXPIRED') {
      isOver = true;
      say(told);
      tellParent('expired', state.balance);
      return;
    }
    try {
      const now = await ask('GET', '/state');
      const isOther = now.round && JSON.stringify(now.round) !== JSON.stringify(state.round);
      state = now;
      if (isOther) await table.show(now.round.view, true);
    } catch { /* the balance stays as it was shown; the reason is told below */ }
    say(fill(told, { min: money(state.bets.min), max: money(state.bets.max) }));
  }

  function act(action) {
    if (isBusy || !state || document.querySelector('dialog[open]') || (!isOpen() && isChecked())) return;
    const body = { key: newKey(), action };
    if (!isOpen()) {
      if (spots.length) {
        if (!placed.length && !state.freeRounds) {
          say(words.choose);
          spots[0].spot.focus();
          return;
        }
        if (placed.length) body.bets = together();
      } else {
        const choice = bets();
        body.bet = choice[betIndex(choice)];
      }
    }
    play(body);
  }

  // Chips on one field are one stake.
  function together() {
    const found = [];
    for (const { on, number } of placed) {
      const field = number === undefined ? { on } : { on, number };
      if (!found.some((bet) => sameField(bet, field))) found.push({ ...field, amount: text(stakedOn(field)) });
    }
    return found;
  }

  async function changeSeed(clientSeed) {
    $('seed-status').textContent = '';
    try {
      state = { ...state, fair: await ask('POST', '/seed', { clientSeed }) };
      turn += 1;
      showFair();
      $('seed-text').value = newKey();
      $('seed-status').textContent = state.fair.revealedSeed ? words.seedChanged : words.seedSet;
    } catch (error) {
      const told = error.code === 'INVALID_REQUEST' ? words.badSeed : words[error.code];
      $('seed-status').textContent = told ?? words.bad;
    }
  }

  // Wallet, seeds and rounds change elsewhere too: at the cashier's, or on another device. What the
  // player has typed or put on the table stays.
  async function refresh() {
    if (isBusy || isOver || document.hidden) return;
    const asked = turn;
    try {
      const now = await ask('GET', '/state');
      if (turn !== asked) return;
      const before = state;
      state = now;
      if (now.round && JSON.stringify(now.round) !== JSON.stringify(before.round)) {
        countNet();
        await table.show(now.round.view, true);
        if (turn !== asked) return;
        tell();
      }
      if (now.balance !== before.balance) tellParent('balance', now.balance);
      showAll(now.round?.id === before.round?.id ? now.round?.view.bets : []);
    } catch (error) {
      if (error.code === 'SESSION_EXPIRED') refused(error);
    }
  }

  function listen() {
    if ($('chips')) {
      start.chips.forEach((amount, order) => {
        const label = element('label', `chip chip-${order}`);
        const input = element('input');
        Object.assign(input, { type: 'radio', name: 'chip', checked: order === 0 });
        input.addEventListener('change', () => { chip = order; });
        label.append(input, element('span', '', amount));
        $('chips').append(label);
      });
      const put = (bets_) => { if (!isBusy) { placed = bets_; showBets(); } };
      $('undo').addEventListener('click', () => put(placed.slice(0, -1)));
      $('clear').addEventListener('click', () => put([]));
      $('again').addEventListener('click', () => put([...lastPlaced]));
    } else {
      $('bet-less').addEventListener('click', () => stepBet(-1));
      $('bet-more').addEventListener('click', () => stepBet(1));
    }
    $('open-rules').addEventListener('click', () => $('rules').showModal());
    $('open-seeds').addEventListener('click', () => {
      refresh();
      $('seed-status').textContent = '';
      if (!$('seed-text').value) $('seed-text').value = newKey();
      $('seeds').showModal();
    });
    $('seed-form').addEventListener('submit', (event) => {
      event.preventDefault();
      changeSeed($('seed-text').value);
    });
    globalThis.lanhouseKeys({
      act, isOpen, spots, actions: () => state?.actions ?? [], takeOff: (field) => {
        const at = placed.findLastIndex((bet) => sameField(bet, field));
        if (at >= 0 && !isBusy) placed.splice(at, 1);
        showBets();
      },
    });
    document.addEventListener('visibilitychange', refresh);
    setInterval(refresh, POLL_MILLIS);
    window.addEventListener('pagehide', () => tellParent('closed', state.balance));
  }

  async function begin() {
    showLinks();
    showTime();
    setInterval(() => { showTime(); if (state && !isBusy && !isOpen()) isChecked(); }, 10000);
    $('open-rules').disabled = false;
    if (!secret) {
      say(words.noSecret);
      tellParent('expired', null);
      return;
    }
    try {
      state = await untilAnswered('GET', '/state', undefined, () => say(words.connecting));
    } catch (error) {
      say(words[error.code] ?? words.bad);
      if (error.code === 'SESSION_EXPIRED') tellParent('expired', null);
      return;
    }
    listen();
    const { round } = state;
    const pending = stored.get('pending');
    if (round) {
      if (stored.get('counted') === null) stored.set('counted', `${round.id} ${round.bet} ${round.win}`);
      else if (!pending) countNet();
      await table.show(round.view, true);
      tell(round.done ? words.finished : words.open);
    }
    isBusy = false;
    showAll(round?.view.bets ?? []);
    tellParent('loaded', state.balance);
    if (pending) play(JSON.parse(pending), words.checking);
  }
  begin();
})();
