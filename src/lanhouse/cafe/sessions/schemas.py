"""A session as commands and queries see it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from lanhouse.cafe.metering.rules import (
    Bill,
    Segment,
    Terms,
    bill,
    package_use,
    standing,
    stretches,
    total_cost,
)

PREPAID = "prepaid"
"""A guest who pays first; the rest is given back at check-out."""
POSTPAID = "postpaid"
"""A guest who pays at check-out."""
MEMBER = "member"
"""A member who pays from balance and bonus."""
OFFER = "offer"
"""A guest who bought a package of time."""
FREE = "free"
"""Nobody pays."""

GUEST_GROUPS: dict[str, int] = {PREPAID: -2, POSTPAID: -3, OFFER: -4, FREE: -5}
"""The system member group of each kind of guest (cafe-domain 0, constants)."""

WALLET_KINDS = (PREPAID, MEMBER, OFFER)
"""Sessions that are paid from the account's own money, to which money and packages can be added."""


_SECOND = timedelta(seconds=1)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """An open or ended session with its segments. Times are aware UTC, whole seconds."""

    id: int
    center_id: int
    pc_id: int
    pc_name: str
    kind: str
    member_id: int
    started_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    billed_to_at: datetime | None
    limit_micros: int | None
    terms: Terms
    segments: list[Segment]
    is_further: bool = False
    """Whether its member plays on another PC as well, as his first session (decision 0123)."""
    is_cut: bool = False
    """Of one that is planned: it would last longer, were its PC not kept for a booking."""
    is_too_young: bool = False
    """Of one that is planned: it would last longer, were it not for the rules for minors."""
    shown_birthday: date | None = None
    """Of one that is planned for a guest who has no account yet: what his proof of age says."""

    @property
    def paused_at(self) -> datetime | None:
        """Since when it stands still; None while it runs, and when it has ended."""
        if self.ended_at is not None or not self.segments[-1].is_paused:
            return None
        return standing(self.segments)[-1].from_at

    @property
    def is_free(self) -> bool:
        """Whether nobody pays: a free session, or one that began with the billing service off."""
        return self.kind == FREE or any(segment.is_free for segment in self.segments[-1:])

    def until(self, at: datetime) -> datetime:
        """`at`, or the end if that came before: nothing is charged past the end. What stands still
        has none."""
        end = self.billed_to_at or (None if self.paused_at else self.expires_at)
        return at if end is None else min(at, end)

    def is_over(self, at: datetime) -> bool:
        """Whether its time or money is over at `at`, swept or not; never while it stands still."""
        return self.expires_at is not None and self.expires_at <= (self.paused_at or at)

    def shown_end(self, at: datetime) -> datetime | None:
        """Its end for somebody who looks at `at`; of what stands still, as if it went on now."""
        if self.expires_at is None or self.paused_at is None:
            return self.expires_at
        return self.expires_at + max(at - self.paused_at, timedelta())

    def left_seconds(self, at: datetime) -> int | None:
        """Whole seconds left at `at`, below 0 past an end that nobody has noticed; None = no end.
        They stand still while it does."""
        if self.expires_at is None:
            return None
        return (self.expires_at - (self.paused_at or at)) // _SECOND

    def is_due(self, at: datetime) -> bool:
        """Whether the clock ends it at `at`. A postpaid one waits for its guest to pay."""
        return self.kind != POSTPAID and self.is_over(at)

    def cost_micros(self, at: datetime) -> int:
        """What it costs up to `at`, minimum charge included."""
        return total_cost(self.segments, self.terms, self.until(at))

    def bill(self, at: datetime) -> Bill:
        """Its bill up to `at`."""
        return bill(self.segments, self.terms, self.until(at))

    def full_bill(self, at: datetime) -> Bill:
        """The same bill without the discount of the member group."""
        return bill(list(map(_undiscounted, self.segments)), self.terms, self.until(at))

    def discount_micros(self, at: datetime) -> int:
        """What the discount of the member group takes off its bill up to `at`."""
        if not any(segment.tariff.discount for segment in self.segments):
            return 0
        return self.full_bill(at).total_micros - self.bill(at).total_micros

    def played(self, at: datetime) -> list[tuple[datetime, datetime]]:
        """From when to when somebody played up to `at`, in order; not while it stood still."""
        end = self.until(at)
        found = (
            (segment.from_at, min(segment.to_at or end, end))
            for segment in self.segments
            if not segment.is_paused
        )
        return [(begin, to) for begin, to in found if begin < to]

    def played_seconds(self, at: datetime) -> int:
        """Whole seconds played up to `at`, as its bill has them."""
        return sum((to - begin for begin, to in self.played(at)), timedelta()) // _SECOND

    def paused_seconds(self, at: datetime) -> int:
        """Whole seconds that it stood still up to `at`: the segments leave no gap."""
        lasted = max(self.until(at) - self.started_at, timedelta()) // _SECOND
        return lasted - self.played_seconds(at)

    def free_seconds(self, at: datetime) -> int:
        """Whole seconds of its free minutes used up to `at`."""
        walked = stretches(self.segments, self.terms, self.until(at))
        used = sum(
            (each.to_at - each.from_at for each in walked if each.kind == "free_minutes"),
            timedelta(),
        )
        return used // _SECOND

    def package_use(self, at: datetime) -> dict[int, int]:
        """Seconds used up to `at` of each bought offer, by member offer id."""
        used: dict[int, int] = {}
        for number in range(1, len(self.segments) + 1):
            for package, seconds in package_use(
                self.segments[:number], self.terms, self.until(at)
            ).items():
                offer_id = package.member_offer_id
                used[offer_id] = used.get(offer_id, 0) + seconds
        return used


class SessionState(msgspec.Struct, frozen=True, kw_only=True):
    """A PC in use, as the PC list shows it. Balances are the ledger's, in micros."""

    session_id: int
    pc_id: int
    kind: str
    member_id: int
    member_account: str
    member_group_id: int
    balance_micros: int
    bonus_micros: int
    started_at: datetime
    expires_at: datetime | None
    """None: no end is known (postpaid and free sessions, time without a price)."""
    paused_at: datetime | None = None
    """Since when it stands still; `expires_at` is the end that it had then."""
    paused_seconds: int = 0
    """How long it stood still in pauses that are over."""
    played_seconds: int
    left_seconds: int | None
    """Until expires_at; negative when the end has come and the clock has not yet noticed."""
    price_name: str
    """The price rule in force, `Default` when none is needed."""
    price_per_hour_micros: int
    """Of that rule, before the discount."""
    offer_in_use: str | None
    """The package that pays now."""
    cost_micros: int
    """What it costs so far."""
    member_name: str = ""
    """First and last name; empty when neither is known."""
    member_phone: str = ""


def _undiscounted(segment: Segment) -> Segment:
    tariff = msgspec.structs.replace(segment.tariff, discount=0)
    return msgspec.structs.replace(segment, tariff=tariff)
