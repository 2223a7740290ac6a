"""What the pages of the games say, in the player's language: words, fields and rules."""

from __future__ import annotations

from typing import Any

from lanhouse.aggregator.providers.house.games import roulette, sicbo
from lanhouse.web.i18n import translations


def play_words(language: str) -> dict[str, str]:
    """What the script of a game says by itself; refusals by their code."""
    _ = translations(language).gettext
    return {
        "spin": _("Spin"),
        "deal": _("Deal"),
        "roll": _("Roll"),
        "hit": _("Hit"),
        "stand": _("Stand"),
        "double": _("Double"),
        "split": _("Split"),
        "hitNote": _("one more card"),
        "standNote": _("stay at %(total)s"),
        "doubleNote": _("%(amount)s more, one card"),
        "splitNote": _("%(amount)s more, two hands"),
        "freeSpin": _("Free spin %(number)s of %(total)s"),
        "freeSpinButton": _("Free spin %(number)s"),
        "ofTotal": _("%(number)s of %(total)s"),
        "freeSpinsLeft": _("Free spins left: %(count)s. All their wins count twice."),
        "turning": _("It turns…"),
        "dealing": _("Cards are dealt…"),
        "checking": _("Checking what happened…"),
        "connecting": _("We cannot reach the house. We keep trying."),
        "lost": _(
            "We cannot reach the house. Your round is safe: played once, or not at all."
            " We keep asking."
        ),
        "noSecret": _(
            "This browser has not kept the game, or it is open in another tab."
            " Start the game again from the lobby; an open round goes on there."
        ),
        "choose": _("Choose a chip and put it on a field first."),
        "finished": _("Your last round is finished:"),
        "open": _("Your round goes on."),
        "notPaid": _("Your operator has not confirmed the last win yet. We keep telling it."),
        "net": _("You staked %(bet)s, got %(win)s: this round %(net)s."),
        "nothing": _("Nothing this time."),
        "fieldLabel": "%(field)s %(pays)s",
        "fieldStaked": _("%(field)s %(pays)s, %(amount)s on it"),
        "fieldWon": _("%(field)s %(pays)s, won %(win)s"),
        "freeRounds": _("Free rounds: %(count)s of %(bet)s. They cost nothing."),
        "minutes": _("%(minutes)s min"),
        "seedSet": _("Done. Your seed counts from the next round."),
        "seedChanged": _("Done. Our old seed is revealed above."),
        "badSeed": _(
            "Use 1 to 64 letters, digits, spaces, dots, underscores or dashes,"
            " and another seed than now."
        ),
        **_results(language),
        **_refusals(language),
    }


def _results(language: str) -> dict[str, str]:
    """What fell, and what became of hands and fields."""
    _ = translations(language).gettext
    return {
        "pocket": _("%(number)s %(color)s."),
        "red": _("red"),
        "black": _("black"),
        "green": _("green"),
        "dice": _("%(dice)s: total %(total)s."),
        "paysTimes": _("pays %(multiple)s ×"),
        "paysNothing": _("pays nothing"),
        "ofFields": _("%(count)s of %(total)s fields"),
        "field": _("The field pays %(multiple)s times the bet."),
        "winner": _("Player %(player)s, banker %(banker)s."),
        "tieResult": _("Player %(player)s, banker %(banker)s: a tie."),
        "dealer": _("Dealer"),
        "player": _("Player"),
        "banker": _("Banker"),
        "hand": _("Hand %(number)s"),
        "yourMove": _("Your move"),
        "youHave": _("You have %(total)s, the dealer shows %(dealer)s."),
        "win": _("wins"),
        "lose": _("loses"),
        "push": _("push, the stake comes back"),
        "bust": _("bust"),
        "blackjack": _("blackjack"),
        "lineWin": _("Line %(line)s: %(count)s × %(symbol)s = %(amount)s"),
        "scatterWin": _("%(count)s × house anywhere pays %(multiple)s × bet"),
    }


def _refusals(language: str) -> dict[str, str]:
    """What is said when nothing was played, by the refusal's code: why, and what to do next."""
    _ = translations(language).gettext
    closed = _("This game is closed at the moment. Nothing was taken. Try again later.")
    country = _("This game may not be played where you are. Nothing was taken.")
    wallet = _("Your wallet did not answer. Nothing was played. Try again in a moment.")
    return {
        "bad": _("This did not work. Nothing was taken. Reload the page and try again."),
        "INSUFFICIENT_CREDIT": _(
            "Your balance does not cover this bet. Choose a smaller one, or put money in."
        ),
        "PLAYER_INACTIVE": _("Your account is switched off. Ask where you play."),
        "PLAYER_SELF_EXCLUDED": _("You are on a break. Nothing was taken."),
        "PLAYER_LIMIT_REACHED": _(
            "One of your limits is reached. Nothing was taken. A smaller bet may still be possible."
        ),
        "AGENT_NOT_ACTIVE": closed,
        "PROVIDER_NOT_ACTIVE": closed,
        "PROVIDER_OFFLINE": closed,
        "PROVIDER_MAINTENANCE": closed,
        "SECRET_UNREADABLE": closed,
        "COUNTRY_PROHIBITED": country,
        "COUNTRY_RESTRICTED": country,
        "SESSION_EXPIRED": _("This game session is over. Start the game again from the lobby."),
        "INVALID_AMOUNT": _(
            "This bet is not allowed here. A field takes %(min)s or more, a round %(max)s at most."
        ),
        "ACTION_NOT_POSSIBLE": _("This is not possible now. Nothing was taken."),
        "ROUND_OPEN": _("A round of yours is still open. Finish it first, here or in its game."),
        "ROUND_TOO_SOON": _("A moment, please. The next round can begin shortly."),
        "OPERATOR_ERROR": wallet,
        "OPERATOR_TIMEOUT": wallet,
    }


def fields_shown(game_id: str, language: str) -> list[dict[str, Any]]:
    """Every field of a table in the order of the page: what it is called and what it pays."""
    _ = translations(language).gettext
    if game_id == "house_00004":
        return _roulette_fields(language)
    if game_id == "house_00005":
        return [
            {"on": "player", "label": _("Player"), "pays": "1:1"},
            {"on": "tie", "label": _("Tie"), "pays": "8:1"},
            {"on": "banker", "label": _("Banker"), "pays": "0.95:1"},
        ]
    if game_id == "house_00007":
        return _sicbo_fields(language)
    return []


def _roulette_fields(language: str) -> list[dict[str, Any]]:
    _ = translations(language).gettext
    colors = {"red": _("red"), "black": _("black"), "green": _("green")}
    fields: list[dict[str, Any]] = [
        {
            "on": "straight",
            "number": pocket,
            "text": str(pocket),
            "label": f"{pocket} {colors[roulette.color_of(pocket)]}",
            "pays": "35:1",
            "color": roulette.color_of(pocket),
        }
        for pocket in range(roulette.POCKETS)
    ]
    for number in (1, 2, 3):
        label = _("Column %(number)s") % {"number": number}
        fields.append(
            {"on": "column", "number": number, "text": "2:1", "label": label, "pays": "2:1"}
        )
    for number in (1, 2, 3):
        label = f"{12 * number - 11}–{12 * number}"
        fields.append({"on": "dozen", "number": number, "label": label, "pays": "2:1"})
    names = {
        "low": "1–18", "even": _("Even"), "red": _("Red"),
        "black": _("Black"), "odd": _("Odd"), "high": "19–36",
    }  # fmt: skip
    fields += [{"on": on, "label": label, "pays": "1:1"} for on, label in names.items()]
    return fields


def _sicbo_fields(language: str) -> list[dict[str, Any]]:
    _ = translations(language).gettext
    fields: list[dict[str, Any]] = [
        {"on": "small", "label": _("Small, 4 to 10"), "pays": "1:1"},
        {"on": "triple", "label": _("Any triple"), "pays": f"{sicbo.ANY_TRIPLE_PAYS}:1"},
        {"on": "big", "label": _("Big, 11 to 17"), "pays": "1:1"},
    ]
    for total, pays in sicbo.TOTAL_PAYS.items():
        label = _("Total %(number)s") % {"number": total}
        shown = {"on": "total", "number": total, "text": str(total)}
        fields.append({**shown, "label": label, "pays": f"{pays}:1"})
    for face in range(1, sicbo.FACES + 1):
        faces = f"{face} {face} {face}"
        label = _("Triple %(number)s") % {"number": faces}
        shown = {"on": "triple", "number": face, "text": faces}
        fields.append({**shown, "label": label, "pays": f"{sicbo.TRIPLE_PAYS}:1"})
    return fields


def rules_of(game_id: str, language: str) -> list[str]:
    """The rules as paragraphs."""
    _ = translations(language).gettext
    rules = {
        "house_00001": [
            _("Three or more of a kind from the left on one of 20 lines pay the number in the table times the line bet. The line bet is the bet divided by 20. Each line pays its best win once; wins of different lines add up."),
            _("The lamp stands for every symbol but the house, and pays by itself. Houses pay wherever they show, times the whole bet."),
        ],
        "house_00002": [
            _("Three or more of a kind from the left on one of 20 lines pay the number in the table times the line bet. The line bet is the bet divided by 20. Each line pays its best win once; wins of different lines add up."),
            _("The lamp stands for every symbol but the house, and pays by itself. Houses pay wherever they show, times the whole bet."),
            _("Three houses give 10 free spins, four 15, five 20, in free spins too, at most 100 in a round. Free spins cost nothing, and all their wins count twice. Everything is paid when the round ends."),
        ],
        "house_00003": [
            _("Three of a kind on one of 5 lines pay the number in the table times the line bet. The line bet is the bet divided by 5. The lamp stands for every symbol but the house, and two lamps from the left pay too. A house pays nothing."),
        ],
        "house_00004": [
            _("One ball falls into one of 37 pockets, 0 to 36. A number pays 35:1, a dozen and a column 2:1, red, black, odd, even, 1–18 and 19–36 pay 1:1. Zero takes every bet but one on it."),
        ],
        "house_00005": [
            _("Eight decks, mixed anew for each round. Player and banker get two cards, and a third by fixed rules; nobody decides anything. Ace is 1, ten and pictures are 0, and only the last digit of the sum counts: 9 is best."),
            _("Player pays 1:1, banker 0.95:1, a tie 8:1. On a tie, stakes on player and banker come back."),
        ],
        "house_00006": [
            _("Closest to 21 wins, above 21 loses. Ace is 1 or 11, pictures are 10. Cards are drawn with replacement. The dealer stands on every 17. An ace with a ten at once is a blackjack and pays 3:2; other wins pay 1:1. There is no insurance."),
            _("With an ace or a ten up the dealer looks at once: any blackjack ends the round. Double on any first two cards, after a split too: one more card. Split once, two cards of equal value; split aces get one card each, and 21 after a split is no blackjack."),
        ],
        "house_00007": [
            _("Three dice. Small is a total of 4 to 10, big 11 to 17; both pay 1:1 and lose when all three dice are equal. A total and a triple pay what stands on their field."),
        ],
        "house_00008": [
            _("The wheel has 50 equal fields, and each pays the number on it times the bet. Fields without a number pay nothing."),
        ],
    }  # fmt: skip
    return rules[game_id]
