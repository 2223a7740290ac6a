// Recomputes a revealed round in the reader's own browser: SHA-256 of the seed, HMAC-SHA256 with rejection
// sampling as docs/fair-play.md tells it, and what the numbers mean. Trusts nothing but what is shown.
'use strict';

globalThis.lanhouseVerify = (() => {
  const BLOCKS = 8;
  const TOO_FEW = Symbol('words');
  const bytes = (text) => new TextEncoder().encode(text);
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, '0')).join('');

  // -> {commitment, numbers, said}
  async function recompute(game, serverSeed, clientSeed, nonce, moves) {
    const commitment = hex(await crypto.subtle.digest('SHA-256', bytes(serverSeed)));
    const key = await crypto.subtle.importKey(
      'raw', bytes(serverSeed), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'],
    );
    const words = [];
    for (let block = 0; ; block += 1) {
      const view = new DataView(await crypto.subtle.sign('HMAC', key, bytes(`${clientSeed}:${nonce}:${block}`)));
      for (let at = 0; at < view.byteLength; at += 4) words.push(view.getUint32(at));
      // How many words a round reads is known only when it is played.
      if (block % BLOCKS === BLOCKS - 1) {
        const numbers = [];
        let read = 0;
        const below = (bound) => {
          for (;;) {
            if (read === words.length) throw TOO_FEW;
            const word = words[read];
            read += 1;
            if (word < 2 ** 32 - (2 ** 32 % bound)) {
              numbers.push(word % bound);
              return word % bound;
            }
          }
        };
        try {
          const said = globalThis.lanhouseGames[game](below, moves);
          return { commitment, numbers, said };
        } catch (reason) {
          if (reason !== TOO_FEW) throw reason;
        }
      }
    }
  }

  return { recompute };
})();

(async () => {
  const verdict = document.getElementById('verdict');
  if (!verdict?.dataset.serverSeed) return;
  const { game, serverSeed, commitment, clientSeed, nonce, moves, numbers, said } = verdict.dataset;
  const say = (name) => {
    verdict.textContent = verdict.dataset[name];
    verdict.classList.add(name);
  };
  if (!globalThis.crypto?.subtle) {
    say('cannot');
    return;
  }
  try {
    const found = await globalThis.lanhouseVerify.recompute(
      game, serverSeed, clientSeed, nonce, moves.split(' ').filter(Boolean),
    );
    document.getElementById('recounted').textContent = found.said.join('\n');
    const isSame = found.commitment === commitment && found.numbers.join(' ') === numbers && found.said.at(-1) === said;
    say(isSame ? 'good' : 'bad');
  } catch {
    say('bad');
  }
})();
