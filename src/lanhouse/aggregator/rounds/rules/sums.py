"""What rounds add to a report: pure sums of exact decimals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

import msgspec

from lanhouse.aggregator.providers.port import Record
from lanhouse.aggregator.rounds.rules import ten_places
from lanhouse.aggregator.rounds.schemas import TxType


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """What a round, or many, adds to a report: amounts in the agent's base currency."""

    rounds: int = 0
    free_rounds: int = 0
    win_loss: Decimal = Decimal(0)
    """What players won less what they staked, free rounds' winnings left out."""
    turnover: Decimal = Decimal(0)
    agent_win_loss: Decimal = Decimal(0)
    commission: Decimal = Decimal(0)
    contribution: Decimal = Decimal(0)
    """Negative: what the agent gives."""
    free_win: Decimal = Decimal(0)

    def plus(self, other: Sums, sign: int = 1) -> Sums:
        """The sum of both, or with sign -1 the difference."""
        names = self.__struct_fields__
        with localcontext() as context:
            context.prec = 60
            return Sums(**{n: getattr(self, n) + sign * getattr(other, n) for n in names})


AMOUNTS = ("win_loss", "turnover", "agent_win_loss", "commission", "contribution", "free_win")
"""The fields of Sums that are amounts."""


def sums_of(records: Sequence[Record], *, is_settled: bool) -> Sums:
    """What a closed round adds to the report of the hour in which it closed.

    `records` are its committed bets that were not rolled back and its settlements, oldest first.
    Each product is rounded half-up to 10 places, then they are added; the terms of the first bet
    hold for all of them. A stake counts as turnover once its round was settled.
    Source: aggregator-domain 1.1 and 1.2 row 15.
    """
    bets = [record for record in records if record.tx_type == TxType.BET]
    if not records:
        return Sums()
    terms = (bets or records)[0].terms
    total = Sums(
        rounds=int(any(not bet.is_free for bet in bets)),
        free_rounds=int(any(record.is_free for record in records)),
    )
    with localcontext() as context:
        context.prec = 60
        for record in records:
            amount = Decimal(record.settle_amount)
            if record.is_free:
                total = total.plus(Sums(free_win=amount))
                continue
            part = Sums(win_loss=amount, agent_win_loss=ten_places(-amount * Decimal(terms.share)))
            if record.tx_type == TxType.BET and is_settled:
                part = msgspec.structs.replace(
                    part,
                    turnover=-amount,
                    commission=ten_places(-amount * Decimal(terms.commission)),
                    contribution=ten_places(amount * Decimal(terms.contribution)),
                )
            total = total.plus(part)
    return total
