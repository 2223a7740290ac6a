// A game page's session: its secret, what it keeps over a reload, its calls and its messages to the
// page around it. The secret is in no cookie and in no address.
'use strict';

globalThis.lanhouseWire = (start) => {
  const keep = `lanhouse-${start.session}-`;
  const memory = new Map();
  const clockOffset = Date.now() - start.nowMillis;
  // Answers that tell what became of an act; whatever else has no known end, so it is asked again.
  const ENDS = ['OPERATOR_ERROR', 'OPERATOR_TIMEOUT', 'ROUND_TOO_SOON', 'SECRET_UNREADABLE'];
  const PAUSE_MILLIS_MAX = 8000;

  const stored = {
    get(name) {
      try { return sessionStorage.getItem(keep + name) ?? memory.get(name) ?? null; } catch { return memory.get(name) ?? null; }
    },
    set(name, value) {
      memory.set(name, value);
      try { sessionStorage.setItem(keep + name, value); } catch { /* forbidden here: the page alone remembers */ }
    },
    drop(name) {
      memory.delete(name);
      try { sessionStorage.removeItem(keep + name); } catch { /* nothing was kept */ }
    },
  };
  for (const name of ['secret', 'lobbyUrl', 'cashierUrl']) {
    if (start[name]) stored.set(name, start[name]);
  }
  const secret = stored.get('secret');
  // The address of a launch is good once; a reload comes to the session.
  if (start.secret) history.replaceState(null, '', `/play/${start.session}`);

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)),
    (byte) => byte.toString(16).padStart(2, '0')).join('');

  // Waits, but no longer than the connection is away.
  const pause = (millis) => new Promise((done) => {
    const timer = setTimeout(done, millis);
    window.addEventListener('online', () => { clearTimeout(timer); done(); }, { once: true });
  });

  // A refusal has a `code`; an answer that never came, or is none of ours, has none.
  async function ask(method, path, body) {
    const answer = await fetch(`/play/${start.session}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', Authorization: `Bearer ${secret}` },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
    });
    const data = await answer.json();
    if (answer.ok) return data;
    throw Object.assign(new Error('refused'), { code: data.error?.code, status: answer.status });
  }

  const isEnd = (error) => Boolean(error.code)
    && (ENDS.includes(error.code) || (error.status < 500 && error.status !== 429));

  // The same call, with the same key, until there is an answer; `onLost` hears of each try that failed.
  async function untilAnswered(method, path, body, onLost) {
    for (let tries = 1; ; tries += 1) {
      try {
        return await ask(method, path, body);
      } catch (error) {
        if (isEnd(error)) throw error;
        onLost(tries);
        await pause(Math.min(PAUSE_MILLIS_MAX, 700 * tries));
      }
    }
  }

  function tellParent(type, balance, round = null) {
    if (window.parent === window) return;
    const said = { source: 'lanhouse', type, session: start.session, balance, currency: start.currency, round };
    for (const origin of start.frameOrigins) window.parent.postMessage(said, origin);
  }

  function showLinks() {
    for (const [id, name] of [['lobby', 'lobbyUrl'], ['cashier', 'cashierUrl']]) {
      const url = stored.get(name);
      if (url) document.getElementById(id).href = url;
      document.getElementById(id).hidden = !url;
    }
  }

  const minutesHere = () => Math.max(0, Math.floor((Date.now() - clockOffset - start.startedAtMillis) / 60000));

  function showTime() {
    document.getElementById('time').textContent = start.words.minutes.replace('%(minutes)s', minutesHere());
  }

  return { ask, minutesHere, newKey, secret, showLinks, showTime, stored, tellParent, untilAnswered };
};
