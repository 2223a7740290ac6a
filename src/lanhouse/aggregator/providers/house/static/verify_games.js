// The games again, for the page that checks a round: numbers in, what they mean out. Written apart from
// the server's games and from verify_round.py; tests hold the three together.
'use strict';

globalThis.lanhouseGames = (() => {
  const LINES_20 = ('11111 00000 22222 01210 21012 00122 22100 10001 12221 10121 '
    + '12101 01110 21112 01010 21212 11011 11211 00200 22022 02220').split(' ');
  const LINES_5 = '111 000 222 012 210'.split(' ');
  const NIGHT_SHIFT = {
    strips: [
      'mouse house key mug mouse pizza key lamp headset key mug mouse key mug mouse keyboard key mouse mug key',
      'keyboard mug key keyboard headset pizza keyboard mug headset keyboard mug headset lamp keyboard house pizza keyboard mouse mug headset',
      'pizza mouse key mug pizza mouse headset pizza mouse headset pizza mouse keyboard pizza lamp key mouse pizza house headset',
      'key mug keyboard pizza mouse headset lamp mug mouse headset mug mouse keyboard pizza mouse mug house headset mouse pizza',
      'mouse mug key pizza mouse key pizza mouse key keyboard mug headset key mouse pizza key house lamp keyboard key',
    ],
    lines: LINES_20,
    pays: { lamp: { 3: 80, 4: 400, 5: 5000 }, keyboard: { 3: 25, 4: 120, 5: 1000 }, headset: { 3: 20, 4: 80, 5: 400 }, key: { 3: 12, 4: 60, 5: 150 }, pizza: { 3: 12, 4: 40, 5: 120 }, mug: { 3: 10, 4: 40, 5: 120 }, mouse: { 3: 6, 4: 30, 5: 60 } },
    scatter: { 3: 2, 4: 8, 5: 250 },
    grants: {},
  };
  const LIT_WINDOWS = {
    strips: [
      'pizza key headset mug key mouse key lamp keyboard mouse mug pizza mug mouse pizza house pizza headset mouse keyboard mug headset mouse mug',
      'mug mouse mug key mouse key headset mug mouse pizza mouse keyboard headset pizza mug pizza mouse house mug keyboard lamp pizza headset key',
      'mouse mug lamp mug keyboard headset mug key mouse headset house headset keyboard key mouse mug pizza key pizza lamp pizza mug mouse pizza',
      'mug mouse pizza mouse headset mug headset pizza mouse key mouse mug key mug lamp headset lamp pizza keyboard mouse pizza key house keyboard',
      'mug mouse pizza headset keyboard key lamp mouse headset pizza key mouse house mug key keyboard mouse headset mug pizza mug pizza mug mouse',
    ],
    lines: LINES_20,
    pays: { lamp: { 3: 40, 4: 200, 5: 2000 }, keyboard: { 3: 20, 4: 60, 5: 300 }, headset: { 3: 10, 4: 35, 5: 150 }, key: { 3: 10, 4: 25, 5: 100 }, pizza: { 3: 5, 4: 20, 5: 80 }, mug: { 3: 4, 4: 10, 5: 40 }, mouse: { 3: 3, 4: 8, 5: 30 } },
    scatter: { 3: 2, 4: 10, 5: 50 },
    grants: { 3: 10, 4: 15, 5: 20 },
  };
  const THREE_LAMPS = {
    strips: [
      'house mouse key headset pizza mug key keyboard lamp pizza key headset mouse mug headset mouse pizza mug pizza house mouse mug mouse keyboard',
      'key pizza key mug headset mouse house mug mouse headset mouse house pizza keyboard mouse pizza headset mouse mug keyboard key pizza mug lamp',
      'mouse mug mouse key pizza mouse key keyboard headset mouse pizza house pizza mug headset keyboard mug pizza mouse house key headset mug lamp',
    ],
    lines: LINES_5,
    pays: { lamp: { 2: 5, 3: 450 }, keyboard: { 3: 100 }, headset: { 3: 50 }, key: { 3: 30 }, pizza: { 3: 15 }, mug: { 3: 12 }, mouse: { 3: 8 } },
    scatter: {},
    grants: {},
  };
  const FREE_SPINS_MAX = 100;
  const FREE_SPINS_FACTOR = 2;
  const RED = [1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36];
  const WHEEL_HALVES = ('20 0 3 0 0 4 0 0 3 0 2 0 6 0 0 4 0 10 0 0 3 0 0 0 0 6 0 0 3 0 0 4 0 10 0 0 3 0 2 0 6 0 0 4 0 0 3 0 0 0').split(' ');
  const RANKS = 'A 2 3 4 5 6 7 8 9 10 J Q K'.split(' ');

  // The better of the run of lamps and the run of the symbol after them.
  function linePays(pays, shown) {
    const lamps = shown.findIndex((symbol) => symbol !== 'lamp');
    if (lamps === -1) return pays.lamp[shown.length] ?? 0;
    const best = pays.lamp[lamps] ?? 0;
    const symbol = shown[lamps];
    if (symbol === 'house') return best;
    const other = shown.findIndex((one) => one !== symbol && one !== 'lamp');
    return Math.max(best, pays[symbol][other === -1 ? shown.length : other] ?? 0);
  }

  function spin(machine, below) {
    const strips = machine.strips.map((strip) => strip.split(' '));
    const stops = strips.map((strip) => below(strip.length));
    const at = (row, reel) => strips[reel][(stops[reel] + row) % strips[reel].length];
    const window = [0, 1, 2].map((row) => strips.map((_, reel) => at(row, reel)));
    const scatters = window.flat().filter((symbol) => symbol === 'house').length;
    let won = (machine.scatter[scatters] ?? 0) * machine.lines.length;
    for (const line of machine.lines) won += linePays(machine.pays, [...line].map((row, reel) => at(Number(row), reel)));
    return { won, scatters, shown: window.map((row) => row.join(' ')).join(' / ') };
  }

  const slot = (machine) => (below) => {
    const first = spin(machine, below);
    const said = [`${first.shown}: ${first.won} line bets`];
    let { won } = first;
    let granted = machine.grants[first.scatters] ?? 0;
    for (let played = 0; played < granted; played += 1) {
      const free = spin(machine, below);
      won += free.won * FREE_SPINS_FACTOR;
      granted = Math.min(FREE_SPINS_MAX, granted + (machine.grants[free.scatters] ?? 0));
      said.push(`free spin ${free.shown}: ${free.won * FREE_SPINS_FACTOR} line bets`);
    }
    return [...said, `pays ${won}/${machine.lines.length} of the bet`];
  };

  function roulette(below) {
    const pocket = below(37);
    return [`${pocket} ${pocket === 0 ? 'green' : RED.includes(pocket) ? 'red' : 'black'}`];
  }

  function sicBo(below) {
    const dice = [below(6) + 1, below(6) + 1, below(6) + 1];
    return [`${dice.join(' ')}, total ${dice[0] + dice[1] + dice[2]}`];
  }

  function wheel(below) {
    const field = below(50);
    return [`field ${field} pays ${WHEEL_HALVES[field]}/2 of the bet`];
  }

  const nameOf = (card) => RANKS[card % 13] + 'SHDC'[Math.floor((card % 52) / 13)];
  const names = (hand) => hand.map(nameOf).join(' ');

  // Each number takes one of the cards left of eight decks in order.
  function baccarat(below) {
    const shoe = Array.from({ length: 416 }, (_, card) => card);
    const take = () => shoe.splice(below(shoe.length), 1)[0];
    const points = (card) => (card % 13 < 9 ? (card % 13) + 1 : 0);
    const total = (hand) => hand.reduce((sum, card) => sum + points(card), 0) % 10;
    const player = [take()];
    const banker = [take()];
    player.push(take());
    banker.push(take());
    if (total(player) < 8 && total(banker) < 8) {
      let isDrawn = total(banker) <= 5;
      if (total(player) <= 5) {
        player.push(take());
        const third = points(player[2]);
        const least = { 3: 0, 4: 2, 5: 4, 6: 6 }[total(banker)];
        isDrawn = total(banker) <= 2
          || (least !== undefined && third >= least && (total(banker) === 3 ? third !== 8 : third <= 7));
      }
      if (isDrawn) banker.push(take());
    }
    const [one, other] = [total(player), total(banker)];
    const winner = one === other ? 'tie' : one > other ? 'player' : 'banker';
    return [`player ${names(player)} = ${one}, banker ${names(banker)} = ${other}: ${winner}`];
  }

  // Each number is a card; `moves` are what the player did, `hit:1` in his second hand.
  function blackjack(below, moves) {
    const take = () => below(52);
    const total = (hand) => {
      const sum = hand.reduce((points, card) => points + Math.min((card % 13) + 1, 10), 0);
      return sum <= 11 && hand.some((card) => card % 13 === 0) ? sum + 10 : sum;
    };
    const [first, up, second, hole] = [take(), take(), take(), take()];
    let hands = [{ cards: [first, second], isOver: false }];
    const dealer = [up, hole];
    const isEnded = total(hands[0].cards) === 21 || total(dealer) === 21;
    hands[0].isOver = isEnded;
    for (const move of moves) {
      const [name, which] = move.split(':');
      const hand = which === undefined ? hands.find((one) => !one.isOver) : hands[Number(which)];
      if (name === 'split') {
        hands = [first, second].map((card) => ({ cards: [card, take()], isOver: false }));
        for (const half of hands) half.isOver = first % 13 === 0 || total(half.cards) === 21;
      } else if (name === 'stand') {
        hand.isOver = true;
      } else {
        hand.cards.push(take());
        hand.isOver = name === 'double' || total(hand.cards) >= 21;
      }
    }
    const isOver = hands.every((hand) => hand.isOver);
    if (isOver && !isEnded && hands.some((hand) => total(hand.cards) <= 21)) {
      while (total(dealer) < 17) dealer.push(take());
    }
    const shown = isOver ? dealer : dealer.slice(0, 1);
    return [
      `dealer ${names(shown)} = ${total(shown)}`,
      ...hands.map(({ cards }) => `hand ${names(cards)} = ${total(cards)}`),
      ...(isOver ? [] : ['the round is still open']),
    ];
  }

  return {
    house_00001: slot(NIGHT_SHIFT),
    house_00002: slot(LIT_WINDOWS),
    house_00003: slot(THREE_LAMPS),
    house_00004: roulette,
    house_00005: baccarat,
    house_00006: blackjack,
    house_00007: sicBo,
    house_00008: wheel,
  };
})();
