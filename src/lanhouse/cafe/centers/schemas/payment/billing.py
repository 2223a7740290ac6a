"""How the cost of time becomes a sum: least length, blocks, fee and rounding."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.payment.time import TimeKeys
from lanhouse.cafe.centers.schemas.values import HolidayValue, JsonText, Percent
from lanhouse.kit.inputs import Amount
from lanhouse.kit.texts import N_

_BlockMinutes = Annotated[int, Meta(ge=0, le=1440)]


class BillingKeys(TimeKeys, frozen=True, kw_only=True):
    """Kept on a session at its start, each a line of its bill (decision 0104).

    In this order: blocks and least length, first hour, start fee, daily cap, minimum charge, tax,
    card price, rounding once at the end (decision 0117).
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
    first_hour_price_factor: Annotated[
        Percent,
        key(
            N_("Price of the first hour"),
            N_(
                "The first hour of a session that is billed costs this part of the price: 100 = the"
                " same. Free minutes and packages are no part of that hour."
            ),
            unit="%",
            is_ours=True,
        ),
    ] = 100
    daily_cap_micros: Annotated[
        Amount,
        key(
            N_("A day costs at most"),
            N_(
                "Time and fee of a member on one day, all sessions together; a guest has a new"
                " account each time. Tax, card price and rounding are not part of it. 0 = no cap."
            ),
            wire="daily_cap",
            is_ours=True,
        ),
    ] = 0
    holidays: Annotated[
        JsonText,
        key(
            N_("Holidays"),
            N_(
                "Days on which the prices of another weekday hold. A date such as 2026-12-25, the"
                " weekday (1 = Monday to 7 = Sunday) and a name for the bill."
            ),
            json=tuple[HolidayValue, ...],
            form="rows",
            words={"date": N_("Date"), "weekday": N_("Counts as"), "name": N_("Name")},
            is_ours=True,
        ),
    ] = "[]"
    extra_player_price_micros: Annotated[
        Amount,
        key(
            N_("Further players"),
            N_(
                "What each player after the first adds to the price of an hour at a console."
                " 0 = all play for the price of one."
            ),
            wire="extra_player_price",
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
