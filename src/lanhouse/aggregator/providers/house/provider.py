"""House as the platform sees it: its catalogue, its limits, and what it tells of a round."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.bets import free_amounts_micros, house_limits
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.queries import spin_of_round
from lanhouse.aggregator.providers.house.schemas import SpinRecord
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, evaluate, window_of
from lanhouse.aggregator.providers.port import BetLimit, Category, Game, RoundLog
from lanhouse.db.store import Read

SLOT = Category("slot", "Slot")

NIGHT_SHIFT_GAME = Game(
    id="house_00001",
    name="Night Shift",
    category=SLOT,
    logo_path="/play/house/night-shift.svg",
    rtp_percent=NIGHT_SHIFT.rtp_percent,
    volatility="medium",
    max_multiplier="338.75",
    features=("wild", "scatter", "provably-fair"),
    has_free_round=True,
)


class House:
    """The built-in provider."""

    id = "house"
    name = "House"
    logo_path = "/play/house/house.svg"
    games = (
        NIGHT_SHIFT_GAME,
        *(
            Game(
                id=game.id,
                name=game.name,
                category=Category(game.category, game.category.capitalize()),
                logo_path="/play/house/house.svg",
                rtp_percent=game.rtp_percent,
                volatility="medium",
                max_multiplier="0",
                features=("provably-fair",),
                has_free_round=game.category == SLOT.id,
                has_free_chip=game.category != SLOT.id,
            )
            for game in GAMES.values()
            if game.id != NIGHT_SHIFT_GAME.id
        ),
    )

    def bet_limits(self, category_id: str, currency: str) -> list[BetLimit]:
        """Three sets of each category: Low, Standard, which counts unless another is chosen for the
        player, and High."""
        if category_id not in {game.category for game in GAMES.values()}:
            return []
        return house_limits(category_id, currency)

    def free_amounts_micros(self, game_id: str, currency: str) -> tuple[int, ...] | None:
        """The bets of a slot, the chips of a table."""
        return free_amounts_micros(GAMES[game_id].category, currency)

    def round_log(self, read: Read, round_id: int) -> RoundLog | None:
        """The spin with everything that proves it; the server seed once it is revealed."""
        spin = spin_of_round(read, round_id)
        if spin is None:
            return None
        return RoundLog(
            page_path=f"/play/rounds/{spin.round_code}",
            result=_result_text(spin),
            rows=_rows(spin),
        )


def _result_text(spin: SpinRecord) -> str:
    line_bet = spin.bet_micros // len(NIGHT_SHIFT.lines)
    outcome = evaluate(NIGHT_SHIFT, spin.stops, line_bet)
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


def _rows(spin: SpinRecord) -> tuple[tuple[str, str], ...]:
    window = window_of(NIGHT_SHIFT, spin.stops)
    shown = tuple((f"row {number}", " ".join(row)) for number, row in enumerate(window, start=1))
    return (
        *shown,
        ("stops", " ".join(map(str, spin.stops))),
        ("nonce", str(spin.nonce)),
        ("client seed", spin.client_seed),
        ("server seed hash", spin.commitment),
        ("server seed", spin.server_seed or "not revealed yet"),
        ("game version", spin.game_version),
        ("pay table hash", spin.pay_table_hash),
    )


HOUSE = House()
