"""What time costs beside its price, and when the desk asks once more."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.kit.inputs import Amount
from lanhouse.kit.texts import N_

CONFIRM_MINUTES_MAX = 366 * 1440
"""As long as a session can be."""


class TimeKeys(msgspec.Struct, frozen=True, kw_only=True):
    """How time is billed. Running sessions keep what was agreed at their start (decision 0022).

    These hold at once: allow_balance_for_pc_time (members who play on their balance stop now),
    allow_auto_loan with loan_max_per_member (what they may owe besides) and
    default_price_fills_gaps (sessions go on under the other prices from now).
    """

    part: ClassVar[str] = N_("Time")

    minimum_charge_micros: Annotated[
        Amount,
        key(
            N_("Smallest bill for time"),
            N_("A session that is billed at all costs at least this. 0 = no minimum."),
            wire="minimum_charge",
        ),
    ] = 0
    free_time_minutes: Annotated[
        int,
        Meta(ge=0, le=1440),
        key(
            N_("Free minutes"),
            N_("The first minutes of a session are not billed. 0 = every minute is billed."),
            unit=N_("min"),
        ),
    ] = 0
    free_minutes_once: Annotated[
        bool,
        key(
            N_("Free minutes once a day"),
            N_(
                "Off: every session begins with its free minutes, so whoever leaves and comes back"
                " before they are over plays all day for nothing. On: a member has them once a"
                " day, and guests once per PC and day until a member has played there."
            ),
            is_ours=True,
        ),
    ] = False
    prepaid_session_change_method: Annotated[
        Literal["return", "keep"],
        key(
            N_("Rest of a prepaid guest"),
            N_("What happens at check-out to money that a guest has paid and not played."),
            words={"return": N_("Give it back"), "keep": N_("Keep it for the guest")},
        ),
    ] = "return"
    disable_prepaid: Annotated[
        bool,
        key(
            N_("No prepaid sessions"),
            N_("On: nobody can pay for time before playing."),
        ),
    ] = False
    disable_postpaid: Annotated[
        bool,
        key(
            N_("No postpaid sessions"),
            N_("On: nobody can play first and pay at check-out."),
        ),
    ] = False
    postpaid_max_balance_micros: Annotated[
        Amount,
        key(
            N_("A postpaid session ends at"),
            N_(
                "When it has cost this much it ends by itself, so that nobody runs up a bill that"
                " he cannot pay. 0 = it runs until somebody checks it out."
            ),
            wire="postpaid_max_balance",
        ),
    ] = 0
    loan_max_per_member_micros: Annotated[
        Amount,
        key(
            N_("A member may owe at most"),
            N_(
                "A loan that would bring the debt above this is refused, so that a busy evening"
                " cannot lend more than you are ready to lose. 0 = no cap."
            ),
            wire="loan_max_per_member",
            is_ours=True,
        ),
    ] = 0
    allow_balance_for_pc_time: Annotated[
        bool,
        key(
            N_("Balance pays for time"),
            N_(
                "Off: only packages pay for a member's time, and members who play on their balance"
                " stop at once."
            ),
        ),
    ] = True
    default_price_fills_gaps: Annotated[
        bool,
        key(
            N_("“Default” fills the gaps"),
            N_(
                "On: the price “Default” holds wherever and whenever no other price does. Off: only"
                " for a PC and member group that have no other price at any hour, so that hours"
                " without a price stay closed. Running sessions follow at once."
            ),
            is_ours=True,
        ),
    ] = True
    desk_confirm_above_micros: Annotated[
        Amount | None,
        key(
            N_("Ask once more above"),
            N_(
                "The desk asks before it takes a larger sum, because 99 999.00 is a slip of the"
                " finger and not a guest; programs are not asked. 0 = never. Empty = 500 hours of"
                " the price “Default”."
            ),
            wire="desk_confirm_above",
            is_ours=True,
        ),
    ] = None
    desk_confirm_minutes: Annotated[
        int,
        Meta(ge=0, le=CONFIRM_MINUTES_MAX),
        key(
            N_("Ask once more above this time"),
            N_(
                "The desk asks before it takes a sum that buys more time than this, because a low"
                " price makes a small sum last for weeks. 0 = never."
            ),
            unit=N_("min"),
            is_ours=True,
        ),
    ] = 1440
