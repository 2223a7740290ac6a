"""Recompute a round of any House game. One file, Python's standard library only, no trust in us.

    python verify_round.py house_00004 SERVER_SEED CLIENT_SEED NONCE [--commitment HASH] [MOVE ...]
    python verify_round.py --self-test

Moves are those of blackjack in order (hit, stand, double, split; `hit:1` names the second hand).
It prints the numbers that the stream gives and what they mean on the table. `--self-test` checks
one known round of each game. The recipe is in docs/fair-play.md, the games in docs/house-games.md.
"""

from __future__ import annotations

import hashlib
import hmac
import sys

# The stream.


class Stream:
    """HMAC-SHA256(key = server seed, message = "client seed:nonce:block"), four bytes a number."""

    def __init__(self, server_seed, client_seed, nonce):
        self.key, self.prefix = server_seed.encode("ascii"), f"{client_seed}:{nonce}:"
        self.block, self.words, self.numbers = 0, [], []

    def below(self, bound):
        while True:
            if not self.words:
                message = f"{self.prefix}{self.block}".encode("ascii")
                digest = hmac.new(self.key, message, hashlib.sha256).digest()
                self.words = [int.from_bytes(digest[at : at + 4], "big") for at in range(0, 32, 4)]
                self.block += 1
            word = self.words.pop(0)
            if word < 2**32 - 2**32 % bound:
                self.numbers.append(word % bound)
                return word % bound


# Slots: strips, lines, pays in line bets; scatters pay the whole bet.

LINES_20 = """11111 00000 22222 01210 21012 00122 22100 10001 12221 10121
12101 01110 21112 01010 21212 11011 11211 00200 22022 02220""".split()
LINES_5 = "111 000 222 012 210".split()

NIGHT_SHIFT = {
    "strips": """mouse house key mug mouse pizza key lamp headset key mug mouse key mug mouse keyboard key mouse mug key
keyboard mug key keyboard headset pizza keyboard mug headset keyboard mug headset lamp keyboard house pizza keyboard mouse mug headset
pizza mouse key mug pizza mouse headset pizza mouse headset pizza mouse keyboard pizza lamp key mouse pizza house headset
key mug keyboard pizza mouse headset lamp mug mouse headset mug mouse keyboard pizza mouse mug house headset mouse pizza
mouse mug key pizza mouse key pizza mouse key keyboard mug headset key mouse pizza key house lamp keyboard key""",
    "lines": LINES_20,
    "pays": {
        "lamp": {3: 80, 4: 400, 5: 5000},
        "keyboard": {3: 25, 4: 120, 5: 1000},
        "headset": {3: 20, 4: 80, 5: 400},
        "key": {3: 12, 4: 60, 5: 150},
        "pizza": {3: 12, 4: 40, 5: 120},
        "mug": {3: 10, 4: 40, 5: 120},
        "mouse": {3: 6, 4: 30, 5: 60},
    },
    "scatter": {3: 2, 4: 8, 5: 250},
    "grants": {},
}
LIT_WINDOWS = {
    "strips": """pizza key headset mug key mouse key lamp keyboard mouse mug pizza mug mouse pizza house pizza headset mouse keyboard mug headset mouse mug
mug mouse mug key mouse key headset mug mouse pizza mouse keyboard headset pizza mug pizza mouse house mug keyboard lamp pizza headset key
mouse mug lamp mug keyboard headset mug key mouse headset house headset keyboard key mouse mug pizza key pizza lamp pizza mug mouse pizza
mug mouse pizza mouse headset mug headset pizza mouse key mouse mug key mug lamp headset lamp pizza keyboard mouse pizza key house keyboard
mug mouse pizza headset keyboard key lamp mouse headset pizza key mouse house mug key keyboard mouse headset mug pizza mug pizza mug mouse""",
    "lines": LINES_20,
    "pays": {
        "lamp": {3: 40, 4: 200, 5: 2000},
        "keyboard": {3: 20, 4: 60, 5: 300},
        "headset": {3: 10, 4: 35, 5: 150},
        "key": {3: 10, 4: 25, 5: 100},
        "pizza": {3: 5, 4: 20, 5: 80},
        "mug": {3: 4, 4: 10, 5: 40},
        "mouse": {3: 3, 4: 8, 5: 30},
    },
    "scatter": {3: 2, 4: 10, 5: 50},
    "grants": {3: 10, 4: 15, 5: 20},
}
THREE_LAMPS = {
    "strips": """house mouse key headset pizza mug key keyboard lamp pizza key headset mouse mug headset mouse pizza mug pizza house mouse mug mouse keyboard
key pizza key mug headset mouse house mug mouse headset mouse house pizza keyboard mouse pizza headset mouse mug keyboard key pizza mug lamp
mouse mug mouse key pizza mouse key keyboard headset mouse pizza house pizza mug headset keyboard mug pizza mouse house key headset mug lamp""",
    "lines": LINES_5,
    "pays": {
        "lamp": {2: 5, 3: 450}, "keyboard": {3: 100}, "headset": {3: 50}, "key": {3: 30},
        "pizza": {3: 15}, "mug": {3: 12}, "mouse": {3: 8},
    },
    "scatter": {},
    "grants": {},
}  # fmt: skip
FREE_SPINS_MOST, FREE_SPINS_FACTOR = 100, 2


def line_pays(pays, shown):
    """The better of the run of lamps and the run of the symbol after them."""
    lamps = 0
    while lamps < len(shown) and shown[lamps] == "lamp":
        lamps += 1
    best = pays["lamp"].get(lamps, 0)
    if lamps < len(shown) and shown[lamps] != "house":
        symbol, count = shown[lamps], lamps
        while count < len(shown) and shown[count] in (symbol, "lamp"):
            count += 1
        best = max(best, pays[symbol].get(count, 0))
    return best


def spin(machine, stream):
    """(line bets won, scatters) of one spin, and its window in words."""
    strips = [strip.split() for strip in machine["strips"].splitlines()]
    stops = [stream.below(len(strip)) for strip in strips]
    window = [
        [strip[(stop + row) % len(strip)] for strip, stop in zip(strips, stops, strict=True)]
        for row in range(3)
    ]
    won = sum(
        line_pays(machine["pays"], [window[int(row)][reel] for reel, row in enumerate(line)])
        for line in machine["lines"]
    )
    scatters = sum(row.count("house") for row in window)
    won += machine["scatter"].get(scatters, 0) * len(machine["lines"])
    return won, scatters, " / ".join(" ".join(row) for row in window)


def slot(machine, stream):
    """A spin and the free spins that follow from it."""
    lines = len(machine["lines"])
    won, scatters, window = spin(machine, stream)
    said = [f"{window}: {won} line bets"]
    left = granted = machine["grants"].get(scatters, 0)
    while left:
        more, scatters, window = spin(machine, stream)
        won += more * FREE_SPINS_FACTOR
        added = min(machine["grants"].get(scatters, 0), FREE_SPINS_MOST - granted)
        granted, left = granted + added, left - 1 + added
        said.append(f"free spin {window}: {more * FREE_SPINS_FACTOR} line bets")
    said.append(f"pays {won}/{lines} of the bet")
    return said


# Tables.

RED = {1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36}
WHEEL_HALVES = """20 0 3 0 0 4 0 0 3 0 2 0 6 0 0 4 0 10 0 0 3 0 0 0 0
6 0 0 3 0 0 4 0 10 0 0 3 0 2 0 6 0 0 4 0 0 3 0 0 0""".split()
RANKS, SUITS = "A 2 3 4 5 6 7 8 9 10 J Q K".split(), "SHDC"


def roulette(stream, _moves):
    """One pocket."""
    pocket = stream.below(37)
    return [f"{pocket} {'green' if pocket == 0 else 'red' if pocket in RED else 'black'}"]


def sic_bo(stream, _moves):
    """Three dice."""
    dice = [stream.below(6) + 1 for _ in range(3)]
    return [f"{dice[0]} {dice[1]} {dice[2]}, total {sum(dice)}"]


def wheel(stream, _moves):
    """One field."""
    field = stream.below(50)
    return [f"field {field} pays {WHEEL_HALVES[field]}/2 of the bet"]


def card_name(card):
    """`AS`, `10H`."""
    return RANKS[card % 52 % 13] + SUITS[card % 52 // 13]


def baccarat(stream, _moves):
    """Each number takes one of the cards left from a shoe in order."""
    shoe = list(range(416))

    def take():
        return shoe.pop(stream.below(len(shoe)))

    def total(hand):
        return sum(card % 13 + 1 if card % 13 < 9 else 0 for card in hand) % 10

    player, banker = [take()], [take()]
    player.append(take())
    banker.append(take())
    if max(total(player), total(banker)) < 8:
        ours = total(banker)
        if total(player) <= 5:
            third = take()
            player.append(third)
            drawn = total([third])
            lowest = {3: 0, 4: 2, 5: 4, 6: 6}
            if (
                ours <= 2
                or (ours == 3 and drawn != 8)
                or (4 <= ours <= 6 and lowest[ours] <= drawn <= 7)
            ):
                banker.append(take())
        elif ours <= 5:
            banker.append(take())
    one, other = total(player), total(banker)
    winner = "tie" if one == other else "player" if one > other else "banker"
    hands = [" ".join(map(card_name, hand)) for hand in (player, banker)]
    return [f"player {hands[0]} = {one}, banker {hands[1]} = {other}: {winner}"]


def blackjack(stream, moves):
    """Each number is a card; `moves` are what the player did."""

    def total(hand):
        points = sum(min(card % 13 + 1, 10) for card in hand)
        return points + 10 if points <= 11 and any(card % 13 == 0 for card in hand) else points

    def natural(hand):
        return len(hand) == 2 and total(hand) == 21

    def take():
        return stream.below(52)

    first, up, second, hole = take(), take(), take(), take()
    hands, dealer, over = [[first, second]], [up, hole], [False]
    ended = natural(hands[0]) or natural(dealer)
    over[0] = ended
    for move in moves:
        name, _, which = move.partition(":")
        place = int(which) if which else over.index(False)
        if name == "split":
            hands = [[first, take()], [second, take()]]
            over = [first % 13 == 0 or total(hand) == 21 for hand in hands]
        elif name == "stand":
            over[place] = True
        else:
            hands[place].append(take())
            over[place] = name == "double" or total(hands[place]) >= 21
    if all(over) and not ended and any(total(hand) <= 21 for hand in hands):
        while total(dealer) < 17:
            dealer.append(take())
    shown = dealer if all(over) else dealer[:1]
    said = [f"dealer {' '.join(map(card_name, shown))} = {total(shown)}"]
    said += [f"hand {' '.join(map(card_name, hand))} = {total(hand)}" for hand in hands]
    return said if all(over) else [*said, "the round is still open"]


GAMES = {
    "house_00001": lambda stream, _moves: slot(NIGHT_SHIFT, stream),
    "house_00002": lambda stream, _moves: slot(LIT_WINDOWS, stream),
    "house_00003": lambda stream, _moves: slot(THREE_LAMPS, stream),
    "house_00004": roulette,
    "house_00005": baccarat,
    "house_00006": blackjack,
    "house_00007": sic_bo,
    "house_00008": wheel,
}

# Known rounds: game, server seed, client seed, nonce, moves, numbers, last line said.
SEED = "0123456789abcdef" * 4
VECTORS = [
    ("house_00001", SEED, "blue-otter-12", 0, "",
     [3, 9, 12, 7, 8], "pays 10/20 of the bet"),
    ("house_00001", SEED, "blue-otter-12", 57, "",
     [9, 12, 2, 19, 11], "pays 52/20 of the bet"),
    ("house_00002", SEED, "blue-otter-12", 0, "",
     [23, 13, 0, 19, 12], "pays 13/20 of the bet"),
    ("house_00002", SEED, "blue-otter-12", 16, "",
     [0, 15, 1, 22, 11, 13, 20, 20, 18, 1, 5, 16, 5, 17, 15, 20, 20, 5, 20, 10, 4, 18, 18, 15, 18, 2, 14, 2, 7, 18, 23, 9, 20, 13, 17, 7, 3, 1, 9, 1, 22, 5, 4, 20, 21, 1, 11, 7, 13, 16, 11, 11, 14, 14, 9], "pays 723/20 of the bet"),
    ("house_00003", SEED, "blue-otter-12", 3, "",
     [2, 1, 12], "pays 0/5 of the bet"),
    ("house_00003", SEED, "blue-otter-12", 5, "",
     [18, 15, 23], "pays 15/5 of the bet"),
    ("house_00004", SEED, "blue-otter-12", 0, "",
     [12], "12 red"),
    ("house_00004", SEED, "blue-otter-12", 1, "",
     [8], "8 black"),
    ("house_00004", SEED, "blue-otter-12", 2, "",
     [14], "14 red"),
    ("house_00005", SEED, "blue-otter-12", 0, "",
     [79, 144, 342, 168], "player 2D 7D = 9, banker 3C 2H = 5: player"),
    ("house_00005", SEED, "blue-otter-12", 1, "",
     [381, 368, 304, 120], "player 5H 6C = 1, banker 5S 4H = 9: banker"),
    ("house_00005", SEED, "blue-otter-12", 2, "",
     [142, 53, 157, 377, 230], "player KD 4S KH = 4, banker 2S 4H = 6: banker"),
    ("house_00006", SEED, "blue-otter-12", 15, "",
     [28, 22, 8, 0], "hand 3D 9S = 12"),
    ("house_00006", SEED, "blue-otter-12", 1, "stand",
     [17, 5, 48, 39], "hand 5H 10C = 15"),
    ("house_00006", SEED, "blue-otter-12", 0, "hit stand",
     [27, 9, 36, 47, 32], "hand 2D JD 7D = 19"),
    ("house_00006", SEED, "blue-otter-12", 50, "double",
     [39, 18, 19, 26, 9], "hand AC 7H 10S = 18"),
    ("house_00006", SEED, "blue-otter-12", 140, "split stand stand:1",
     [32, 44, 6, 26, 37, 44], "hand 7S 6C = 13"),
    ("house_00007", SEED, "blue-otter-12", 0, "",
     [5, 1, 0], "6 2 1, total 9"),
    ("house_00007", SEED, "blue-otter-12", 1, "",
     [1, 1, 4], "2 2 5, total 9"),
    ("house_00008", SEED, "blue-otter-12", 0, "",
     [3], "field 3 pays 0/2 of the bet"),
    ("house_00008", SEED, "blue-otter-12", 1, "",
     [13], "field 13 pays 0/2 of the bet"),
]  # fmt: skip


def recompute(game, server_seed, client_seed, nonce, moves=()):
    """(numbers read, what they mean) of a round."""
    stream = Stream(server_seed, client_seed, nonce)
    said = GAMES[game](stream, list(moves))
    return stream.numbers, said


def self_test():
    """Check the known rounds; answers how many are wrong."""
    wrong = 0
    for game, server_seed, client_seed, nonce, moves, numbers, last in VECTORS:
        got, said = recompute(game, server_seed, client_seed, nonce, moves.split())
        is_right = (got, said[-1]) == (numbers, last)
        wrong += not is_right
        print("right" if is_right else "WRONG", game, nonce, said[-1])
    return wrong


def main(arguments):
    """Recompute one round, or test this file; answers the exit code."""
    if arguments == ["--self-test"]:
        return 1 if self_test() else 0
    commitment = None
    if "--commitment" in arguments:
        at = arguments.index("--commitment")
        commitment = arguments[at + 1]
        arguments = arguments[:at] + arguments[at + 2 :]
    if len(arguments) < 4 or arguments[0] not in GAMES:
        print(__doc__)
        return 2
    game, server_seed, client_seed, nonce, *moves = arguments
    shown = hashlib.sha256(server_seed.encode("ascii")).hexdigest()
    print("commitment of this server seed:", shown)
    if commitment is not None and commitment != shown:
        print("WRONG: another commitment was shown before the round")
        return 1
    numbers, said = recompute(game, server_seed, client_seed, int(nonce), moves)
    print("numbers:", " ".join(map(str, numbers)))
    print("\n".join(said))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
