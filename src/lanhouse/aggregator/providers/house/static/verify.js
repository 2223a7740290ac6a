// Recomputes a revealed round in the reader's own browser: SHA-256 of the seed, then HMAC-SHA256
// with rejection sampling, as docs/fair-play.md tells it. Trusts nothing but the numbers shown.
'use strict';

(async () => {
  const verdict = document.getElementById('verdict');
  const { serverSeed, commitment, clientSeed, nonce, stops, bound, bounds } = verdict.dataset;
  if (!serverSeed) return;
  const say = (name) => {
    verdict.textContent = verdict.dataset[name];
    verdict.classList.add(name);
  };
  if (!globalThis.crypto?.subtle) {
    say('cannot');
    return;
  }
  const bytes = (text) => new TextEncoder().encode(text);
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, '0')).join('');
  const shown = hex(await crypto.subtle.digest('SHA-256', bytes(serverSeed)));
  const key = await crypto.subtle.importKey(
    'raw', bytes(serverSeed), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'],
  );
  const wanted = stops.split(' ').map(Number);
  // One bound for all numbers, or one for each (cards of a shoe).
  const below = bounds ? bounds.split(' ').map(Number) : wanted.map(() => Number(bound));
  const found = [];
  for (let block = 0; found.length < wanted.length; block += 1) {
    const digest = await crypto.subtle.sign('HMAC', key, bytes(`${clientSeed}:${nonce}:${block}`));
    const view = new DataView(digest);
    for (let at = 0; at < digest.byteLength && found.length < wanted.length; at += 4) {
      const word = view.getUint32(at);
      const here = below[found.length];
      if (word < 2 ** 32 - (2 ** 32 % here)) found.push(word % here);
    }
  }
  say(shown === commitment && found.join(' ') === stops ? 'good' : 'bad');
})();
