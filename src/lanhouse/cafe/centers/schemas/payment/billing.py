"""How the cost of time becomes a sum: least length, blocks, fee and rounding."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.payment.time import TimeKeys
from lanhouse.kit.inputs import Amount
from lanhouse.kit.texts import N_

_BlockMinutes = Annotated[int, Meta(ge=0, le=1440)]


class BillingKeys(TimeKeys, frozen=True, kw_only=True):
    """Kept on a session at its start, each a line of its bill (decision 0104).

    In this order: blocks and least length, start fee, minimum charge, rounding once at the end.
    """

    part: ClassVar[str] = N_("Bills")

    minimum_minutes: Annotated[
        _BlockMinutes,
        key(
            N_("Shortest time on a bill"),
            N_(
                "Time that has a price is billed for at least so long once it is begun. Free"
                " minutes and packages do not count. 0 = as long as it was played."
            ),
            unit=N_("min"),
            is_ours=True,
        ),
    ] = 0
    time_block_minutes: Annotated[
        _BlockMinutes,
        key(
            N_("Time is billed in blocks of"),
            N_(
                "A block that is begun is paid whole, at the price it was begun at. Free minutes"
                " and packages are not billed in blocks. 0 = to the second."
            ),
            unit=N_("min"),
            is_ours=True,
        ),
    ] = 0
    end_sessions_at_closing: Annotated[
        bool,
        key(
            N_("Sessions end at closing time"),
            N_(
                "On: a session that begins ends when the centre closes, whatever was paid for; what"
                " is left stays on the account. Off: it goes on."
            ),
            is_ours=True,
        ),
    ] = False
    start_fee_micros: Annotated[
        Amount,
        key(
            N_("Fee of a session"),
            N_(
                "Comes on top of the time once a session is billed at all. Packages and free"
                " sessions have none. 0 = no fee."
            ),
            wire="start_fee",
            is_ours=True,
        ),
    ] = 0
    bill_rounding: Annotated[
        Literal["0.01", "0.05", "0.10", "0.50", "1.00"],
        key(
            N_("Bills are rounded to"),
            N_("What time costs in all is a multiple of this, rounded once, at the end."),
            is_ours=True,
            words={
                "0.01": N_("0.01"),
                "0.05": N_("0.05"),
                "0.10": N_("0.10"),
                "0.50": N_("0.50"),
                "1.00": N_("1.00"),
            },
        ),
    ] = "0.01"
    bill_rounding_mode: Annotated[
        Literal["nearest", "up", "down"],
        key(
            N_("Bills are rounded"),
            N_("Which multiple it is. The nearest one goes up where both are as near."),
            is_ours=True,
            words={"nearest": N_("to the nearest"), "up": N_("up"), "down": N_("down")},
        ),
    ] = "nearest"
