"""What the game says, in the player's language: names, results, and the words of its script."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.schemas import LineShown, SpinRecord, SpinShown
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, LineWin, Outcome, evaluate
from lanhouse.web.format import money
from lanhouse.web.i18n import translations


def symbol_names(language: str) -> dict[str, str]:
    """The symbols' names by id."""
    _ = translations(language).gettext
    return {
        "lamp": _("Lamp, wild"),
        "keyboard": _("Keyboard"),
        "headset": _("Headset"),
        "key": _("Key"),
        "pizza": _("Pizza"),
        "mug": _("Mug"),
        "mouse": _("Mouse"),
        "house": _("House, scatter"),
    }


def script_words(language: str) -> dict[str, str]:
    """What the page's script may have to say by itself; refusals by their code."""
    _ = translations(language).gettext
    return {
        "spinning": _("The reels turn."),
        "checking": _("Checking what happened…"),
        "lost": _("We cannot reach the house. Your spin is safe: played once, or not at all."),
        "notPlayed": _("Your last spin did not reach us. Nothing was taken."),
        "finished": _("Your round %(round)s is finished:"),
        "minutes": _("%(minutes)s min"),
        "seedChanged": _("Done. Our old seed is revealed above."),
        "bad": _("This did not work. Nothing was taken."),
        "INSUFFICIENT_CREDIT": _("Your balance does not cover this bet."),
        "PLAYER_INACTIVE": _("Your account is switched off. Ask where you play."),
        "AGENT_NOT_ACTIVE": _("This game is closed at the moment. Nothing was taken."),
        "SESSION_EXPIRED": _("This game session is over. Start the game again from the lobby."),
        "BET_NOT_ALLOWED": _("This bet is not allowed here."),
        "BUSY": _("The house is busy. Nothing was taken. Try again."),
        "INVALID_REQUEST": _("Use 1 to 64 letters, digits, spaces, dots, underscores or dashes."),
    }


def show_spin(spin: SpinRecord, currency: str, language: str) -> SpinShown:
    """A played spin as the page shows it."""
    line_bet_micros = spin.bet_micros // len(NIGHT_SHIFT.lines)
    outcome = evaluate(NIGHT_SHIFT, spin.stops, line_bet_micros)
    details = _details(outcome, line_bet_micros, currency, language)
    return SpinShown(
        nonce=spin.nonce,
        commitment=spin.commitment,
        window=outcome.window,
        label=_label(outcome, language),
        cells=_cells(outcome),
        text=_text(outcome, details, currency, language),
        note=_note(spin, currency, language),
        details=details if len(details) > 1 else [],
        is_win=spin.win_micros > spin.bet_micros,
        round_url=f"/play/rounds/{spin.round_code}",
    )


def _label(outcome: Outcome, language: str) -> str:
    _ = translations(language).gettext
    names = symbol_names(language)
    rows = (
        _("Row %(row)s: %(symbols)s.")
        % {"row": number, "symbols": ", ".join(names[symbol] for symbol in row)}
        for number, row in enumerate(outcome.window, start=1)
    )
    return " ".join(rows)


def _details(outcome: Outcome, line_bet_micros: int, currency: str, language: str) -> list[str]:
    """One sentence for each win."""
    _ = translations(language).gettext
    said = [_line_text(win, line_bet_micros, currency, language) for win in outcome.line_wins]
    if outcome.scatter_multiple:
        bet_micros = line_bet_micros * len(NIGHT_SHIFT.lines)
        said.append(
            _("%(count)s × house anywhere pays %(multiple)s × bet = %(amount)s")
            % {
                "count": outcome.scatter_count,
                "multiple": outcome.scatter_multiple,
                "amount": money(outcome.scatter_multiple * bet_micros, currency, language),
            }
        )
    return said


def _line_text(win: LineWin, line_bet_micros: int, currency: str, language: str) -> str:
    _ = translations(language).gettext
    name = symbol_names(language)[win.symbol].partition(",")[0]
    return _("Line %(line)s: %(count)s × %(symbol)s pays %(multiple)s × line bet = %(amount)s") % {
        "line": win.line,
        "count": win.count,
        "symbol": name if language == "de" else name.lower(),
        "multiple": win.multiple,
        "amount": money(win.multiple * line_bet_micros, currency, language),
    }


def _text(outcome: Outcome, details: list[str], currency: str, language: str) -> str:
    translated = translations(language)
    if not details:
        return translated.gettext("Nothing this time.")
    if len(details) == 1:
        return details[0]
    return translated.gettext("%(count)s wins pay %(amount)s together.") % {
        "count": len(details),
        "amount": money(outcome.win_micros, currency, language),
    }


def _note(spin: SpinRecord, currency: str, language: str) -> str:
    """The round as a whole, so that a win smaller than the bet is not taken for one."""
    _ = translations(language).gettext
    return _("bet was %(bet)s, so this round %(net)s") % {
        "bet": money(spin.bet_micros, currency, language),
        "net": money(spin.win_micros - spin.bet_micros, currency, language, plus=True),
    }


def _cells(outcome: Outcome) -> list[LineShown]:
    """Every cell that pays, once, with the first line that names it."""
    found: dict[tuple[int, int], int] = {}
    for win in outcome.line_wins:
        for reel, row in enumerate(NIGHT_SHIFT.lines[win.line - 1][: win.count]):
            found.setdefault((row, reel), win.line)
    if outcome.scatter_multiple:
        for row, symbols in enumerate(outcome.window):
            for reel, symbol in enumerate(symbols):
                if symbol == NIGHT_SHIFT.scatter:
                    found.setdefault((row, reel), 0)
    return [LineShown(row, reel, line) for (row, reel), line in sorted(found.items())]
