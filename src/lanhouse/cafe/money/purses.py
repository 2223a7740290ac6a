"""What a member owns and may spend, and which of it pays first."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import EndedBonus, Spending
from lanhouse.db.store import Read
from lanhouse.kit.errors import BalanceTooLow
from lanhouse.kit.said import say
from lanhouse.ledger import balances, book_of_center


class Purse(NamedTuple):
    """What a member has, and owes the house (the loan), in micros."""

    balance_micros: int
    bonus_micros: int
    owed_micros: int


class Spendable(msgspec.Struct, frozen=True):
    """What may be taken from a member now: the ledger's balances less what was played already."""

    balance_micros: int
    bonus_micros: int

    @property
    def total_micros(self) -> int:
        """Both together."""
        return self.balance_micros + self.bonus_micros


def purse_of(read: Read, center: Center, member_id: int) -> Purse:
    """What a member has in the ledger."""
    held = balances(read, book_of_center(center.id), "member", member_id)
    return Purse(
        held.get(("balance", center.currency), 0),
        held.get(("bonus", center.currency), 0),
        -held.get(("loan", center.currency), 0),
    )


def spendable_micros(read: Read, center: Center, member_id: int, at: datetime) -> Spendable:
    """What a refund, a withdrawal or an order may take from a member at `at`.

    The ledger's balance and bonus less what higher nouns claim of them (what a running session
    has used), in the order of the setting use_bonus_first: money that was played already can
    never be taken out. Bonus whose day has come is not there, however late the clock books it.
    """
    purse = purse_of(read, center, member_id)
    bonus = purse.bonus_micros - ended_micros(read, center, member_id, at)
    claimed = read.claimed(Spending(center.id, member_id, at))
    from_balance, from_bonus = own_share(
        claimed,
        purse.balance_micros,
        bonus,
        is_bonus_first=center.settings.loyalty.use_bonus_first,
    )
    return Spendable(purse.balance_micros - from_balance, bonus - from_bonus)


def ended_micros(read: Read, center: Center, member_id: int, at: datetime) -> int:
    """How much of a member's bonus is over at `at` and only waits to be booked back."""
    if not center.settings.loyalty.bonus_expiration_time:
        return 0
    return read.claimed(EndedBonus(center.id, member_id, at))


def owed_micros(read: Read, center: Center, member_id: int) -> int:
    """What a member owes the house, in micros: the loan."""
    return purse_of(read, center, member_id).owed_micros


def split_payment(
    total_micros: int, balance_micros: int, bonus_micros: int, *, is_bonus_first: bool
) -> tuple[int, int]:
    """Share a cost between balance and bonus: (from balance, from bonus), both >= 0.

    The setting use_bonus_first says which is used up first (cafe-domain 1, charging order).
    Raises BalanceTooLow when both together do not cover it.
    """
    balance, bonus = max(balance_micros, 0), max(bonus_micros, 0)
    if total_micros > balance + bonus:
        raise BalanceTooLow(say("the balance is too low"))
    if is_bonus_first:
        from_bonus = min(bonus, total_micros)
        return total_micros - from_bonus, from_bonus
    from_balance = min(balance, total_micros)
    return from_balance, total_micros - from_balance


def own_share(
    total_micros: int, balance_micros: int, bonus_micros: int, *, is_bonus_first: bool
) -> tuple[int, int]:
    """As split_payment(), but of as much as the account covers: what is missing is no error."""
    there = max(balance_micros, 0) + max(bonus_micros, 0)
    return split_payment(
        min(total_micros, there), balance_micros, bonus_micros, is_bonus_first=is_bonus_first
    )
