"""What can happen in a centre that others must follow (architecture 1.2). Ids only.

Who follows stands in followers.py, and nowhere else.
"""

from __future__ import annotations

from datetime import datetime

from lanhouse.db.facts import Fact, Question


class BalanceChanged(Fact, frozen=True):
    """A member's balance or bonus is not what it was."""

    center_id: int
    member_id: int


class MemberOpened(Fact, frozen=True):
    """A member's account was opened, by whatever way; not a guest's.

    `is_by_himself`: with nobody of the house beside him, who could see that he is new.
    """

    center_id: int
    member_id: int
    is_by_himself: bool = False


class MemberForgotten(Fact, frozen=True):
    """Everything personal was taken out of an account, so that nothing else may keep it either."""

    center_id: int
    member_id: int


class SeatsChanged(Fact, frozen=True):
    """A member's session began, ended, or goes on under other terms: what it leaves of the money
    for the others that he plays is not what it was."""

    center_id: int
    member_id: int
    session_id: int


class Sold(Fact, frozen=True):
    """Something was sold to a member, or given back by him; the ledger's transfer of it."""

    center_id: int
    member_id: int
    transfer_id: int


class BonusChanged(Fact, frozen=True):
    """A member's bonus is not what it was; told where bonus ends (bonus_expiration_time)."""

    center_id: int
    member_id: int


class PackagesChanged(Fact, frozen=True):
    """A member has bought a package, or one was given back."""

    center_id: int
    member_id: int


class PackageGivenBack(Fact, frozen=True):
    """A bought package was given back, by whom (0: by no person)."""

    center_id: int
    member_offer_id: int
    staff_id: int


class PointsChanged(Fact, frozen=True):
    """A member's points are not what they were. `actor_kind` and `actor_id` say by whom.

    `keeps_tariff`: a session that runs goes on under the discount that it began with.
    """

    center_id: int
    member_id: int
    actor_kind: str
    actor_id: int
    keeps_tariff: bool = False


class MemberRegrouped(Fact, frozen=True):
    """A member is in another group than before, so that other prices may hold; not for what runs
    already when `keeps_tariff`."""

    center_id: int
    member_id: int
    keeps_tariff: bool = False


class PasswordChanged(Fact, frozen=True):
    """An account has another password, so that a log-in that was kept is none any more."""

    center_id: int
    member_id: int


class AgeChanged(Fact, frozen=True):
    """What the rules for minors go by is not what it was: a member's birthday, a consent or a proof
    of age."""

    center_id: int
    member_id: int


class LimitsChanged(Fact, frozen=True):
    """What a member allows himself is not what it was."""

    center_id: int
    member_id: int


class PcRegrouped(Fact, frozen=True):
    """A PC is in another PC group than before, so that other prices may hold."""

    center_id: int
    pc_id: int


class PricesChanged(Fact, frozen=True):
    """Price rules, or the discounts of member groups, are not what they were."""

    center_id: int


class SettingsChanged(Fact, frozen=True):
    """Settings of the centre are not what they were; `names` are `group.key`, as in
    "payment.free_minutes_once", by the fields of Settings and its groups (and of Identity).
    """

    center_id: int
    names: frozenset[str]


class CenterOpened(Fact, frozen=True):
    """A centre begins, with this price an hour in micros; None = none is set yet."""

    center_id: int
    currency: str
    price_per_hour_micros: int | None


class LogWritten(Fact, frozen=True):
    """A row of the billing log was written."""

    center_id: int
    log_id: int


class SessionEnded(Fact, frozen=True):
    """A session has ended and was settled."""

    center_id: int
    session_id: int


class OrderChanged(Fact, frozen=True):
    """An order of the shop was placed, paid, brought, cancelled or given back."""

    center_id: int
    order_id: int


class PaymentConfirmed(Fact, frozen=True):
    """Money has come by QR code for an order of goods that is still owed, and both are locked; by
    which kind of caller it was confirmed (a gateway's notice: "gateway")."""

    center_id: int
    payment_id: int
    order_id: int
    actor_kind: str


class PaymentChanged(Fact, frozen=True):
    """A payment by QR code was begun, confirmed or cancelled, or a notice came."""

    center_id: int
    payment_id: int


class SessionStarted(Fact, frozen=True):
    """A session began on a PC, or was moved to it."""

    center_id: int
    session_id: int
    pc_id: int
    member_id: int
    pc_name: str = ""
    from_pc_id: int = 0
    """Where it was moved from; 0 = it began."""


class BookingsChanged(Fact, frozen=True):
    """When a PC is kept for whom is not what it was."""

    center_id: int
    pc_id: int


class ClockStepped(Fact, frozen=True):
    """Business time was put from a moment to another one."""

    before: datetime
    after: datetime


class StartingSession(Question, frozen=True):
    """May this account (0: a guest who has none yet) play on this PC from `at` until `until` (None:
    nobody knows)?

    `is_sold`: the time until then is paid for, so that it must not be cut.
    """

    center_id: int
    pc_id: int
    member_id: int
    at: datetime
    until: datetime | None
    is_sold: bool


class TouchingPcs(Question, frozen=True):
    """May these PCs be renamed, deleted or taken out of order?

    `what` says which, in words for the reason: `be deleted`. `is_for_now`: it comes back.
    """

    center_id: int
    pc_ids: tuple[int, ...]
    what: str
    is_for_now: bool = False


class GivingBack(Question, frozen=True):
    """May `back_micros`, which a member paid in money for a sale of this event, go back? What of it
    comes onto his account by that: `to_balance_micros`, `to_bonus_micros`."""

    center_id: int
    member_id: int
    event: str
    back_micros: int
    to_balance_micros: int
    to_bonus_micros: int


class DeletingMembers(Question, frozen=True):
    """May these accounts be deleted?"""

    center_id: int
    member_ids: tuple[int, ...]


class Spending(Question, frozen=True):
    """How much of a member's balance and bonus is used already at `at`, in micros?"""

    center_id: int
    member_id: int
    at: datetime


class EndedBonus(Question, frozen=True):
    """How much of a member's bonus in the ledger is over at `at` and only waits for the clock to
    book it back, in micros? What a session had used before that is not over."""

    center_id: int
    member_id: int
    at: datetime


class PackageSeconds(Question, frozen=True):
    """How many seconds have running sessions used until `at` of each package of these members?
    Answered by the package's id (claimed_each)."""

    center_id: int
    member_ids: tuple[int, ...]
    at: datetime


class ClosingShift(Question, frozen=True):
    """May a shift of this centre be closed or handed over?"""

    center_id: int
