"""What House tells of a round: for gameLogs, and for the public page of a round.

Numbers are told of finished rounds alone: those of an open one hold cards that lie face down.
"""

from __future__ import annotations

from typing import Any

import msgspec

from lanhouse.aggregator.providers.house.games.catalogue import GAMES, HouseGame
from lanhouse.aggregator.providers.house.games.step import Log
from lanhouse.aggregator.providers.house.kept import state_of
from lanhouse.aggregator.providers.house.queries import round_told
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, evaluate, window_of
from lanhouse.aggregator.providers.port import HandLog, PocketLog, RoundLog
from lanhouse.db.statements import Row
from lanhouse.db.store import Read

NOT_REVEALED = "not revealed yet"
LOST = "lost with the server secret it was sealed under"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A round as anybody may know it. `log` and `numbers` are None while it is open or when it was
    rolled back; `server_seed` is empty until it is revealed, amounts are micros.
    """

    game: HouseGame
    row: Any
    server_seed: str
    log: Log | None
    numbers: tuple[int, ...] | None
    bounds: tuple[int, ...]
    """Below what each number was drawn."""
    view: dict[str, Any] | None

    @property
    def state(self) -> str:
        """open, done, or void: it was rolled back, and its nonce is used up."""
        return self.row.state


def told_of(row: Row) -> Told:
    """The round of a row of queries.round_told()."""
    game = GAMES[row.game_id]
    is_over = row.state == "done"
    state = state_of(row) if is_over else None
    numbers = None if state is None else tuple(state["numbers"])
    return Told(
        game=game,
        row=row,
        server_seed=row.server_seed if row.seed_state == "revealed" else "",
        log=None if state is None else game.log(state),
        numbers=numbers,
        bounds=() if numbers is None else tuple(map(game.bound, range(len(numbers)))),
        view=None if state is None else game.view(state),
    )


def round_log(read: Read, round_id: int) -> RoundLog | None:
    """A round with everything that proves it; the server seed once it is revealed. An open round
    and a void one have no data but what they were drawn from.
    """
    row = round_told(read, round_id=round_id)
    if row is None:
        return None
    told = told_of(row)
    path = f"/play/rounds/{row.code}"
    if told.log is None:
        result = "the round is open" if told.state == "open" else "void: the bet was given back"
        return RoundLog(log_type="nodata", page_path=path, result=result, rows=proof_rows(told))
    log = told.log
    return RoundLog(
        log_type=log.log_type,
        page_path=path,
        result=_result_text(told, log),
        hands=tuple(HandLog(hand.title, hand.cards, hand.result) for hand in log.hands),
        pockets=tuple(
            PocketLog(pocket.number, pocket.color, pocket.even_odd) for pocket in log.pockets
        ),
        dices=log.dices,
        rows=(*log.rows, *_reel_rows(told), *proof_rows(told)),
    )


def proof_rows(told: Told) -> tuple[tuple[str, str], ...]:
    """What a round was drawn from, and how: the rows that every game has."""
    row = told.row
    unknown = LOST if row.seed_state == "lost" else NOT_REVEALED
    numbers = () if told.numbers is None else (("numbers", " ".join(map(str, told.numbers))),)
    return (
        *numbers,
        ("nonce", str(row.nonce)),
        ("client seed", row.client_seed),
        ("server seed hash", row.commitment),
        ("server seed", told.server_seed or unknown),
        ("game version", row.game_version),
        ("pay table hash", row.rules_hash),
    )


def _reel_rows(told: Told) -> tuple[tuple[str, str], ...]:
    """The window of Night Shift, as its logs have always told it, and its stops."""
    if told.game.id != "house_00001" or told.numbers is None:
        return ()
    window = window_of(NIGHT_SHIFT, told.numbers)
    shown = tuple((f"row {number}", " ".join(row)) for number, row in enumerate(window, start=1))
    return (*shown, ("stops", " ".join(map(str, told.numbers))))


def _result_text(told: Told, log: Log) -> str:
    if told.game.id != "house_00001" or told.numbers is None:
        return log.result
    outcome = evaluate(NIGHT_SHIFT, told.numbers, told.row.bet_micros // len(NIGHT_SHIFT.lines))
    parts = [
        f"line {win.line}: {win.count} x {win.symbol} pays {win.multiple} x line bet"
        for win in outcome.line_wins
    ]
    if outcome.scatter_multiple:
        parts.append(
            f"{outcome.scatter_count} x {NIGHT_SHIFT.scatter} pays "
            f"{outcome.scatter_multiple} x total bet"
        )
    return "; ".join(parts) or "no win"
