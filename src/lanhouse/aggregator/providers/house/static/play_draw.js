// Draws the table of each game from a round's view. It decides nothing: what fell and what was paid
// comes from the house. Everything is text, SVG and classes of our own; nothing is loaded.
'use strict';

globalThis.lanhouseDraw = (() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const WHEEL_ORDER = [0, 32, 15, 19, 4, 21, 2, 25, 17, 34, 6, 27, 13, 36, 11, 30, 8, 23, 10, 5, 24, 16, 33,
    1, 20, 14, 31, 9, 22, 18, 29, 7, 28, 12, 35, 3, 26];
  const SUITS = { S: '♠', H: '♥', D: '♦', C: '♣' };
  const PIPS = { 1: [4], 2: [0, 8], 3: [0, 4, 8], 4: [0, 2, 6, 8], 5: [0, 2, 4, 6, 8], 6: [0, 2, 3, 5, 6, 8] };

  function element(tag, className = '', text = '') {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function shape(tag, attributes, text = '') {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text) made.textContent = text;
    return made;
  }

  const fill = (template, values) => template.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? '');
  const pause = (millis) => new Promise((done) => { setTimeout(done, isStill ? 0 : millis); });

  // A wheel of equal sectors; it turns so that the chosen one comes to rest under the mark.
  // `middle` are the shapes in its hole, and a text of what fell.
  function wheel(labels, classOf, middle = []) {
    const root = shape('svg', { viewBox: '-110 -114 220 228', class: 'wheel', 'aria-hidden': 'true' });
    const disc = shape('g', { class: 'disc' });
    const fell = shape('text', { class: 'fell', y: 10 });
    const step = (2 * Math.PI) / labels.length;
    const names = shape('g', {});
    labels.forEach((label, place) => {
      const from = place * step - step / 2;
      const at = (angle, radius) => `${(Math.sin(angle) * radius).toFixed(2)} ${(-Math.cos(angle) * radius).toFixed(2)}`;
      disc.append(shape('path', {
        d: `M${at(from, 100)} A100 100 0 0 1 ${at(from + step, 100)} L${at(from + step, 62)} A62 62 0 0 0 ${at(from, 62)} Z`,
        class: `sector ${classOf(place)}`,
      }));
      const degrees = (place * 360) / labels.length;
      names.append(shape('text', { class: 'sector-text', transform: `rotate(${degrees.toFixed(2)}) translate(0 -84)` }, label));
    });
    disc.append(names);
    root.append(shape('circle', { r: 106, class: 'rim' }), disc, shape('circle', { r: 60, class: 'hole' }), ...middle, fell,
      shape('path', { d: 'M0 -94 L-7 -112 L7 -112 Z', class: 'mark' }));
    let turned = 0;
    async function turnTo(place, isAtOnce, text) {
      fell.textContent = '';
      const target = -(place * 360) / labels.length;
      if (isAtOnce || isStill) {
        disc.style.transition = 'none';
        turned = target;
      } else {
        disc.style.transition = '';
        turned = Math.ceil(turned / 360 - 4) * 360 + target;
      }
      disc.style.transform = `rotate(${turned}deg)`;
      if (!isAtOnce) await pause(4200);
      fell.textContent = text;
    }
    return { root, turnTo };
  }

  function card(name) {
    const suit = name.slice(-1);
    const rank = name.slice(0, -1);
    const root = shape('svg', { viewBox: '0 0 60 84', class: `card suit-${suit}`, role: 'img', 'aria-label': `${rank} ${SUITS[suit]}` });
    root.append(
      shape('rect', { x: 1, y: 1, width: 58, height: 82, rx: 6, class: 'card-face' }),
      shape('text', { x: 8, y: 24, class: 'card-rank' }, rank),
      shape('text', { x: 30, y: 64, class: 'card-suit' }, SUITS[suit]),
    );
    return root;
  }

  function cardBack() {
    const root = shape('svg', { viewBox: '0 0 60 84', class: 'card', 'aria-hidden': 'true' });
    root.append(shape('rect', { x: 1, y: 1, width: 58, height: 82, rx: 6, class: 'card-back' }));
    for (const [x, y] of [[14, 20], [34, 20], [14, 46], [34, 46]]) {
      root.append(shape('rect', { x, y, width: 12, height: 18, rx: 2, class: 'window' }));
    }
    return root;
  }

  function die(face) {
    const root = shape('svg', { viewBox: '0 0 60 60', class: 'die', role: 'img', 'aria-label': String(face) });
    root.append(shape('rect', { x: 2, y: 2, width: 56, height: 56, rx: 10, class: 'die-face' }));
    for (const pip of PIPS[face]) {
      root.append(shape('circle', { cx: 15 + (pip % 3) * 15, cy: 15 + Math.floor(pip / 3) * 15, r: 5, class: 'pip' }));
    }
    return root;
  }

  function hand(title, cards, total, extra = '') {
    const seat = element('section', 'seat');
    const row = element('div', 'cards');
    row.append(...cards.map((name) => (name ? card(name) : cardBack())));
    seat.append(element('h2', '', title), row, element('p', 'sum', [total, extra].filter(Boolean).join(', ')));
    return seat;
  }

  function reels(start, table) {
    const root = element('div', `reels reels-${start.window[0].length}`);
    root.setAttribute('role', 'img');
    table.append(root);
    const draw = (window, wins) => {
      root.replaceChildren(...window.flatMap((row, rowIndex) => row.map((symbol, reel) => {
        const cell = element('div', `cell s-${symbol}`);
        const icon = shape('svg', { class: 'icon', 'aria-hidden': 'true' });
        icon.append(shape('use', { href: `#i-${symbol}` }));
        cell.append(icon, element('small', '', start.names[symbol]), element('span', 'badge'));
        const line = wins.get(`${rowIndex} ${reel}`);
        if (line !== undefined) {
          cell.classList.add('win');
          cell.lastChild.textContent = line || '';
        }
        return cell;
      })));
      root.setAttribute('aria-label', window.map((row) => row.map((symbol) => start.names[symbol]).join(', ')).join('. '));
    };
    const wins = (view) => {
      const found = new Map();
      for (const won of view.lines) {
        start.lines[won.line - 1].slice(0, won.count).forEach((row, reel) => {
          if (!found.has(`${row} ${reel}`)) found.set(`${row} ${reel}`, won.line);
        });
      }
      if (view.scatterPays) {
        view.window.forEach((row, place) => row.forEach((symbol, reel) => {
          if (symbol === 'house') found.set(`${place} ${reel}`, 0);
        }));
      }
      return found;
    };
    draw(start.window, new Map());
    return {
      async show(view, isAtOnce) {
        if (!isAtOnce) {
          for (const cell of root.children) cell.classList.add('turning');
          await pause(1600);
        }
        draw(view.window, wins(view));
      },
      tell(view, money) {
        const words = start.words;
        const told = view.lines.map((won) => fill(words.lineWin, {
          line: won.line, count: won.count, symbol: start.names[won.symbol], amount: money(won.amount),
        }));
        if (view.scatterPays) told.push(fill(words.scatterWin, { count: view.scatters, multiple: view.scatterPays }));
        const free = view.freeSpins;
        if (free && free.played && free.left) {
          told.unshift(fill(words.freeSpin, { number: free.played, total: free.total }));
        }
        if (free && free.left) told.push(fill(words.freeSpinsLeft, { count: free.left }));
        return told.join(' · ') || words.nothing;
      },
    };
  }

  function roulette(start, table) {
    const colors = new Map(start.fields.filter((f) => f.on === 'straight').map((f) => [f.number, f.color]));
    const made = wheel(WHEEL_ORDER.map(String), (place) => colors.get(WHEEL_ORDER[place]));
    table.append(made.root);
    return {
      async show(view, isAtOnce) {
        await made.turnTo(WHEEL_ORDER.indexOf(view.pocket), isAtOnce, String(view.pocket));
        made.root.setAttribute('class', `wheel fell-${view.color}`);
      },
      tell: (view) => fill(start.words.pocket, { number: view.pocket, color: start.words[view.color] }),
    };
  }

  // The hole of Harbour Light's wheel: a lighthouse at night.
  function lighthouse() {
    return [
      shape('path', { d: 'M-2 -26 L-54 -44 A60 60 0 0 0 -58 -14 Z M2 -26 L54 -44 A60 60 0 0 1 58 -14 Z', class: 'beam' }),
      shape('path', { d: 'M32 -40 a9 9 0 1 0 8 13 a7 7 0 1 1 -8 -13 Z', class: 'moon' }),
      shape('path', { d: 'M-57 20 A60 60 0 0 0 57 20 Z', class: 'sea' }),
      shape('path', { d: 'M-7 -18 L7 -18 L11 26 L-11 26 Z', class: 'tower' }),
      shape('path', { d: 'M-7.9 -8 L7.9 -8 L8.8 2 L-8.8 2 Z M-9.7 12 L9.7 12 L10.5 20 L-10.5 20 Z', class: 'stripe' }),
      shape('path', { d: 'M-6 -30 L6 -30 L6 -20 L-6 -20 Z', class: 'lantern' }),
      shape('path', { d: 'M-8 -30 L0 -38 L8 -30 Z M-9 -20 L9 -20 L9 -17 L-9 -17 Z', class: 'roof' }),
    ];
  }

  function harbourLight(start, table) {
    const classOf = (multiple) => `pays-${multiple.replace('.', '-')}`;
    const written = (multiple) => Number(multiple).toLocaleString(start.locale);
    const made = wheel(start.wheel.map((multiple) => (multiple === '0' ? '' : written(multiple))),
      (place) => classOf(start.wheel[place]), lighthouse());
    const pays = element('ul', 'pays');
    for (const multiple of [...new Set(start.wheel)].sort((one, other) => Number(one) - Number(other))) {
      const row = element('li');
      const count = start.wheel.filter((other) => other === multiple).length;
      row.dataset.multiple = multiple;
      row.append(element('b', classOf(multiple), multiple === '0' ? '–' : written(multiple)),
        element('span', '', fill(multiple === '0' ? start.words.paysNothing : start.words.paysTimes, { multiple: written(multiple) })),
        element('small', '', fill(start.words.ofFields, { count, total: start.wheel.length })));
      pays.append(row);
    }
    table.append(made.root, pays);
    return {
      async show(view, isAtOnce) {
        for (const row of pays.children) row.classList.remove('won');
        await made.turnTo(view.field, isAtOnce, '');
        pays.querySelector(`[data-multiple="${view.multiple}"]`).classList.add('won');
      },
      tell: (view) => (view.multiple === '0' ? start.words.nothing : fill(start.words.field, { multiple: written(view.multiple) })),
    };
  }

  function sicBo(start, table) {
    const root = element('div', 'dice');
    const total = element('p', 'total');
    root.append(die(1), die(2), die(3), total);
    table.append(root);
    return {
      async show(view, isAtOnce) {
        if (!isAtOnce) {
          root.classList.add('turning');
          await pause(700);
          root.classList.remove('turning');
        }
        total.textContent = view.total;
        root.replaceChildren(...view.dice.map(die), total);
      },
      tell: (view) => fill(start.words.dice, { dice: view.dice.join(', '), total: view.total }),
    };
  }

  function baccarat(start, table) {
    const root = element('div', 'seats');
    table.append(root);
    root.append(hand(start.words.player, ['', ''], ''), hand(start.words.banker, ['', ''], ''));
    return {
      async show(view, isAtOnce) {
        for (let count = isAtOnce ? 3 : 1; count <= 3; count += 1) {
          root.replaceChildren(...['player', 'banker'].map((who) => hand(
            start.words[who], view[who].cards.slice(0, count), count < 3 ? '' : String(view[who].total),
          )));
          if (count < 3) await pause(360);
        }
      },
      tell: (view) => fill(view.winner === 'tie' ? start.words.tieResult : start.words.winner,
        { player: view.player.total, banker: view.banker.total }),
    };
  }

  function blackjack(start, table) {
    const root = element('div', 'bj');
    table.append(root);
    const words = start.words;
    root.append(hand(words.dealer, ['', ''], ''));
    return {
      async show(view) {
        const dealer = view.dealer;
        const seats = element('div', 'seats');
        let isFirst = true;
        view.hands.forEach((own, place) => {
          const title = view.hands.length > 1 ? fill(words.hand, { number: place + 1 }) : words.player;
          const seat = hand(title, own.cards, String(own.total), words[own.result] ?? '');
          if (own.actions.length && isFirst) {
            seat.setAttribute('aria-current', 'true');
            seat.append(element('p', 'your', words.yourMove));
            isFirst = false;
          }
          seats.append(seat);
        });
        root.replaceChildren(
          hand(words.dealer, dealer.isHoleHidden ? [...dealer.cards, ''] : dealer.cards, String(dealer.total)),
          seats,
        );
      },
      tell(view) {
        if (view.dealer.isHoleHidden) {
          const own = view.hands.find((one) => one.actions.length);
          return fill(words.youHave, { total: own ? own.total : '', dealer: view.dealer.total });
        }
        return view.hands.map((own, place) => `${view.hands.length > 1 ? fill(words.hand, { number: place + 1 })
          : words.player} ${own.total}: ${words[own.result]}`).join(', ') + `. ${words.dealer} ${view.dealer.total}.`;
      },
    };
  }

  // Where a field of roulette lies: 0 at the head, three rows of twelve; stood up on a phone.
  function lay(game, field, spot) {
    if (game !== 'house_00004') return;
    const { on, number } = field;
    const outside = ['low', 'even', 'red', 'black', 'odd', 'high'].indexOf(on);
    let [wide, tall] = [`5 / ${2 + outside * 2} / auto / span 2`, `${2 + outside * 2} / 1 / span 2`];
    if (on === 'dozen') [wide, tall] = [`4 / ${number * 4 - 2} / auto / span 4`, `${number * 4 - 2} / 2 / span 4`];
    if (on === 'column') [wide, tall] = [`${4 - number} / 14`, `14 / ${number + 2}`];
    if (on === 'straight') {
      const [line, row] = [Math.ceil(number / 3), (number - 1) % 3];
      [wide, tall] = number ? [`${3 - row} / ${line + 1}`, `${line + 1} / ${row + 3}`] : ['1 / 1 / span 3', '1 / 3 / auto / span 3'];
    }
    spot.style.setProperty('--wide', wide);
    spot.style.setProperty('--tall', tall);
  }

  const TABLES = {
    house_00001: reels, house_00002: reels, house_00003: reels, house_00004: roulette, house_00005: baccarat,
    house_00006: blackjack, house_00007: sicBo, house_00008: harbourLight,
  };

  return { element, fill, lay, build: (start, table) => TABLES[start.game](start, table) };
})();
