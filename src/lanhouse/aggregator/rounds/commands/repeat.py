"""The answer to an ask that came before."""

from __future__ import annotations

from lanhouse.aggregator.errors import TransactionRolledBack
from lanhouse.aggregator.providers.port import Ask, Outcome, Seat
from lanhouse.aggregator.rounds.commands.rows import content_digest
from lanhouse.aggregator.rounds.commands.seats import KNOWN
from lanhouse.aggregator.rounds.schemas import State, TxType
from lanhouse.db.statements import Row
from lanhouse.kit.errors import Conflict


class _Known:
    """A row of the seat's statement as the transaction in it."""

    def __init__(self, row: Row) -> None:
        self._row = row

    def __getattr__(self, name: str) -> object:
        return getattr(self._row, KNOWN + name)


def repeated(seat: Seat, ask: Ask, row: Row) -> Outcome:
    """How the transaction of this id stands now.

    Raises TransactionRolledBack for a bet that was given back or is being given back, whatever
    else it says, and Conflict when it was another ask.
    """
    known: Row = _Known(row)
    if ask.tx_type == TxType.BET and (
        known.state == State.ROLLED_BACK or known.reversed_by_id is not None
    ):
        raise TransactionRolledBack
    if not _is_same(seat, ask, known):
        raise Conflict("this transaction id was used with other content; nothing was done")
    return Outcome(
        id=known.id,
        tx_id=known.code,
        state=State(known.state),
        balance_micros=known.after_micros,
        at=known.created_at,
        refusal=known.refusal,
    )


def _is_same(seat: Seat, ask: Ask, known: Row) -> bool:
    if known.content_digest is not None:
        return known.content_digest == content_digest(seat, ask)
    # A row of before 0063: what it moved is all that is known of what was asked.
    session = seat.session
    return (known.player_id, known.player_currency, known.round_code) == (
        session.player_id,
        session.currency,
        ask.round_code,
    ) and abs(known.provider_amount_micros) == ask.amount_micros
