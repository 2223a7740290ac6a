// The page of Night Shift. It asks for a spin and shows the answer; it decides nothing and computes
// no money. A spin carries a key of its own, kept until the answer is here, so that a lost answer
// is asked for again and never played twice.
'use strict';

(() => {
  const $ = (id) => document.getElementById(id);
  const state = JSON.parse($('game').dataset.state);
  const base = `/play/${state.session}`;
  const pendingKey = `lanhouse-spin-${state.session}`;
  const cells = [...document.querySelectorAll('#reels .cell')];
  const clockOffset = Date.now() - state.nowMillis;
  const TURN_MILLIS = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 420;
  const TRIES = 4;
  let betIndex = state.betIndex;
  let isBusy = false;

  const pause = (millis) => new Promise((done) => setTimeout(done, millis));
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)),
    (byte) => byte.toString(16).padStart(2, '0')).join('');

  async function ask(method, path, body) {
    const answer = await fetch(base + path, {
      method,
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': state.csrf, Accept: 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
    });
    const data = await answer.json();
    if (!answer.ok) {
      throw Object.assign(new Error('refused'), { code: data.error.code, status: answer.status });
    }
    return data;
  }

  function showBet() {
    $('bet').textContent = state.bets[betIndex].text;
    $('bet-less').disabled = isBusy || betIndex === 0;
    $('bet-more').disabled = isBusy || betIndex === state.bets.length - 1;
    // Not `disabled`: that would take the focus away from who plays by keyboard.
    $('spin').setAttribute('aria-disabled', isBusy);
  }

  function say(text, note = '') {
    $('line-text').textContent = text;
    $('line-note').textContent = note;
  }

  function showSpin(spin, before = '') {
    spin.window.flat().forEach((symbol, index) => {
      const cell = cells[index];
      cell.className = `cell s-${symbol}`;
      cell.querySelector('use').setAttribute('href', `#i-${symbol}`);
      cell.querySelector('small').textContent = state.names[symbol];
      cell.querySelector('.badge').textContent = '';
    });
    for (const { row, reel, line } of spin.cells) {
      const cell = cells[row * 5 + reel];
      cell.classList.add('win');
      cell.querySelector('.badge').textContent = line || '';
    }
    $('reels').setAttribute('aria-label', spin.label);
    $('line-more').hidden = spin.details.length === 0;
    $('line-list').replaceChildren(...spin.details.map((text) => {
      const item = document.createElement('li');
      item.textContent = text;
      return item;
    }));
    $('nonce').textContent = spin.nonce;
    $('verify').href = spin.roundUrl;
    $('verify').hidden = false;
    say(before ? `${before} ${spin.text}` : spin.text, spin.note);
  }

  // What the round before has won is not what is said next.
  function clearWins() {
    for (const cell of cells) {
      cell.classList.remove('win');
      cell.querySelector('.badge').textContent = '';
    }
    $('line-more').hidden = true;
  }

  function showSeeds(seeds) {
    const hash = seeds.commitment;
    $('commitment').textContent = `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-4)}`;
    $('commitment').title = hash;
    $('client-seed').textContent = seeds.clientSeed;
    $('seed-now').textContent = hash;
    $('seed-next').textContent = seeds.nextCommitment;
    $('seed-mine').textContent = seeds.clientSeed;
    $('seed-old').textContent = seeds.revealedSeed || '–';
    $('seed-old-hash').textContent = seeds.revealedCommitment || '–';
  }

  function showAnswer(answer, before) {
    $('balance').textContent = answer.balance;
    $('net').textContent = answer.net;
    showSpin(answer.spin, before);
  }

  // Wallet and seeds change without a spin too: at the cashier's, or in another tab.
  async function showStanding() {
    if (isBusy) return;
    try {
      const now = await ask('GET', '/standing');
      if (isBusy) return;
      $('balance').textContent = now.balance;
      $('net').textContent = now.net;
      showSeeds(now.seeds);
    } catch (error) {
      if (error.code) say(state.words[error.code] || state.words.bad);
    }
  }

  // Sends the same key again until there is an answer: the house plays it once.
  async function playOnce(pending) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask('POST', '/spin', pending);
      } catch (error) {
        if (error.code && error.status < 500) throw error;
        if (attempt === TRIES) throw error;
        say(state.words.checking);
        await pause(700 * attempt);
      }
    }
  }

  // The first client seed is made here: the house must not choose both sides.
  async function seedFirst() {
    if ($('client-seed').textContent) return;
    showSeeds(await ask('POST', '/client-seed', { clientSeed: newKey() }));
  }

  async function spin() {
    if (isBusy || document.querySelector('dialog[open]')) return;
    isBusy = true;
    showBet();
    // A spin whose answer was lost comes first: it is looked up before another one is played.
    if (sessionStorage.getItem(pendingKey)) {
      await finishInterrupted();
      isBusy = false;
      showBet();
      showStanding();
      return;
    }
    const pending = { key: newKey(), betMicros: state.bets[betIndex].micros };
    sessionStorage.setItem(pendingKey, JSON.stringify(pending));
    clearWins();
    cells.forEach((cell) => cell.classList.add('turning'));
    say(state.words.spinning);
    let isBehind = false;
    try {
      await seedFirst();
      const [answer] = await Promise.all([playOnce(pending), pause(TURN_MILLIS)]);
      sessionStorage.removeItem(pendingKey);
      showAnswer(answer, '');
      isBehind = answer.spin.commitment !== $('commitment').title;
    } catch (error) {
      cells.forEach((cell) => cell.classList.remove('turning'));
      if (error.code && error.status < 500) {
        sessionStorage.removeItem(pendingKey);
        isBehind = error.status === 402;
        say(state.words[error.code] || state.words.bad);
      } else {
        say(state.words.lost);
      }
    }
    isBusy = false;
    showBet();
    if (isBehind) showStanding();
  }

  // After a reload: the round of an unanswered spin is finished here, or it was never played.
  async function finishInterrupted() {
    const kept = sessionStorage.getItem(pendingKey);
    if (!kept) return;
    try {
      const answer = await ask('GET', `/spins/${JSON.parse(kept).key}`);
      showAnswer(answer, state.words.finished.replace('%(round)s', answer.spin.nonce));
    } catch (error) {
      if (error.status !== 404) {
        say(state.words.lost);
        return;
      }
      say(state.words.notPlayed);
    }
    sessionStorage.removeItem(pendingKey);
  }

  function showTime() {
    const minutes = Math.floor((Date.now() - clockOffset - state.startedAtMillis) / 60000);
    $('time').textContent = state.words.minutes.replace('%(minutes)s', Math.max(0, minutes));
  }

  async function changeSeed(clientSeed) {
    $('seed-status').textContent = '';
    try {
      const seeds = await ask('POST', '/client-seed', { clientSeed });
      showSeeds(seeds);
      $('seed-text').value = '';
      $('seed-status').textContent = state.words.seedChanged;
    } catch (error) {
      $('seed-status').textContent = state.words[error.code] || state.words.bad;
    }
  }

  $('spin').addEventListener('click', spin);
  $('bet-less').addEventListener('click', () => { betIndex -= 1; showBet(); });
  $('bet-more').addEventListener('click', () => { betIndex += 1; showBet(); });
  $('open-rules').addEventListener('click', () => $('rules').showModal());
  $('open-seeds').addEventListener('click', () => { showStanding(); $('seeds').showModal(); });
  $('seed-form').addEventListener('submit', (event) => {
    event.preventDefault();
    changeSeed($('seed-text').value);
  });
  document.addEventListener('keydown', (event) => {
    if (event.code !== 'Space' || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    // On a focused control the space bar already means "press this".
    if (event.target.closest('button, a, input, summary, dialog')) return;
    event.preventDefault();
    spin();
  });

  document.addEventListener('visibilitychange', () => { if (!document.hidden) showStanding(); });

  if (state.spin) showSpin(state.spin);
  showBet();
  showTime();
  setInterval(showTime, 10000);
  finishInterrupted();
})();
