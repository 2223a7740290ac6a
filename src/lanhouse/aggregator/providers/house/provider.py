"""House as the platform sees it: its catalogue, its limits, and what it tells of a round."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.bets import total_bets_micros
from lanhouse.aggregator.providers.house.queries import spin_of_round
from lanhouse.aggregator.providers.house.schemas import SpinRecord
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, evaluate, window_of
from lanhouse.aggregator.providers.port import (
    BetLimit,
    Category,
    FreeRoundAsk,
    Game,
    Opened,
    OpenGame,
    Reach,
    RoundAsk,
    RoundLog,
)
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
)


class House:
    """The built-in provider."""

    id = "house"
    name = "House"
    logo_path = "/play/house/house.svg"
    games = (NIGHT_SHIFT_GAME,)

    def bet_limits(self, category_id: str, currency: str) -> list[BetLimit]:
        """The one range that every player has, from the smallest to the biggest allowed bet."""
        if category_id != SLOT.id:
            return []
        bets = total_bets_micros(currency)
        return [
            BetLimit(
                id="1",
                label="Standard",
                min_micros=bets[0],
                max_micros=bets[-1],
                is_default=True,
            )
        ]

    async def open_game(self, reach: Reach, asked: OpenGame) -> Opened:
        """The one-time address of the game's page."""
        return Opened("url", f"{reach.base_url}/play/launch/{asked.token}")

    async def tell_round(self, reach: Reach, asked: RoundAsk) -> RoundLog | None:
        """What our own database knows of it."""
        return await reach.store.read(self.round_log, asked.round_id)

    async def free_round(self, reach: Reach, asked: FreeRoundAsk) -> str:
        """Nothing has to be told: House looks at the campaigns of the house itself."""
        return asked.code

    async def cancel_free_round(self, reach: Reach, free_round_id: str) -> None:
        """Nothing has to be told either."""

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
