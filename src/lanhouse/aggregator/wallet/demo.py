"""Money on the wallets of the demo's players."""

from __future__ import annotations

from lanhouse.aggregator.agents.demo import transfer_agent
from lanhouse.aggregator.players.demo import PLAYERS
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.db.store import Tx
from lanhouse.kit.money import MICROS

_DEPOSITS_MICROS = {"EUR": 250 * MICROS, "JPY": 30_000 * MICROS}


def opening(tx: Tx) -> None:
    """Everybody gets some of two currencies."""
    agent = transfer_agent(tx)
    for username in PLAYERS:
        for currency, amount_micros in _DEPOSITS_MICROS.items():
            move = Move(
                agent=agent,
                kind=DEPOSIT,
                username=username,
                currency=currency,
                amount_micros=amount_micros,
            )
            move_money(tx, move)
