"""What goes into a top-up and comes out of it; amounts in micros."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center

MIXED = "mixed"
"""The payment of a refund that goes back by several tenders."""


class Kind(StrEnum):
    """What a row of `topups` is."""

    TOPUP = "topup"
    """Money, bonus or coins were given."""
    REFUND = "refund"
    """Money, bonus or coins were taken back."""
    LOAN = "loan"
    """Balance was given against a debt."""
    REPAYMENT = "repayment"
    """A debt was paid from the balance."""


class TopUp(msgspec.Struct, frozen=True, kw_only=True):
    """Put the same on one account or on several, all or none.

    A negative `value_micros` pays money back, with the bonus that belongs to it unless
    `bonus_micros` names another (negative) amount; a top-up gives just the bonus that is named,
    because the caller passes on what fetchBonus quoted. Amounts have 2 decimals.

    `payment` is cash, card or qr. Empty: cash for what comes in, and what is paid back goes the
    way it came (decision 0078).
    """

    center: Center
    actor: Actor
    member_ids: list[int]
    value_micros: int = 0
    bonus_micros: int = 0
    coin_micros: int = 0
    payment: str = ""
    comment: str = ""
    pc_name: str = ""
    """The PC for whose time the money is; "" = none."""
    promo_code: str = ""
    """A promo code that the member names; what it gives comes on top of the bonus that is earned,
    once, whether `bonus_micros` holds it already or not."""

    @property
    def till(self) -> str:
        """Where money comes in: cash, card or qr."""
        return self.payment or "cash"

    @property
    def is_refund(self) -> bool:
        """Whether money, bonus or coins are taken back."""
        return min(self.value_micros, self.bonus_micros, self.coin_micros) < 0


class TopUpDone(msgspec.Struct, frozen=True, omit_defaults=True):
    """The order numbers, in the order in which the members were named, and what was paid back.

    `paid_back` has micros by tender for each of them; empty for a top-up.
    """

    order_ids: list[int]
    paid_back: list[dict[str, int]] = []


class Loan(msgspec.Struct, frozen=True, kw_only=True):
    """Give a member balance that he owes; a negative value repays from the balance."""

    center: Center
    actor: Actor
    member_id: int
    value_micros: int
    comment: str = ""


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """Ask what bonus a top-up would earn now."""

    center: Center
    value_micros: int
    member_ids: list[int] = []
    promo_code: str = ""


class Quoted(msgspec.Struct, frozen=True):
    """The bonus to pass on, and what of the gifts would be coins."""

    bonus_micros: int
    coin_micros: int
