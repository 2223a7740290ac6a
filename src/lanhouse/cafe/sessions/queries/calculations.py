"""What time costs, and what money buys, on one PC for one account (cafe-domain 2, calculate)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import pc_time_discount
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.metering.rules import (
    MINUTES_MAX,
    Terms,
    cost_of_seconds,
    minutes_for_money,
)
from lanhouse.cafe.pcs.queries import PcRefused, pcs_named
from lanhouse.cafe.pricing.queries import price_list
from lanhouse.cafe.pricing.rules import NoPrice, Tariff, rule_at, tariff_for, timeline
from lanhouse.cafe.sessions.plans.starting import check_players
from lanhouse.cafe.sessions.queries.free_minutes import terms_for
from lanhouse.cafe.sessions.schemas import GUEST_GROUPS, PREPAID
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import half_up, unit_micros
from lanhouse.kit.said import say

T = TypeVar("T")
NOBODY = "guest"
DAY_AHEAD = timedelta(days=1)
"""So far ahead changes of the price are told."""


class Seat(msgspec.Struct, frozen=True):
    """Who would play where from when on; the account "Guest" or "" is a guest who pays first."""

    center: Center
    pc_name: str
    account: str
    at: datetime
    players: int = 1


class PriceStep(msgspec.Struct, frozen=True):
    """A stretch of time with one price of an hour, in micros, discount taken off; None: closed."""

    from_at: datetime
    to_at: datetime
    price_micros: int | None
    name: str


def amount_of_minutes(read: Read, seat: Seat, minutes: int) -> int:
    """What so many minutes from now on cost, in micros: at least the minimum charge, without the
    free minutes.

    Raises InvalidInput for `minutes`, MemberNotFound, and PcRefused where no price holds.
    """
    if not 0 < minutes <= MINUTES_MAX:
        raise InvalidInput({"minutes": say("must be 1 to %(count)s minutes", count=MINUTES_MAX)})
    return _priced(
        read,
        seat,
        lambda tariff, terms: cost_of_seconds(tariff, seat.at, minutes * 60, terms),
    )


def minutes_of_amount(read: Read, seat: Seat, amount_micros: int) -> int:
    """The most whole minutes whose amount_of_minutes() is not above the amount; 0 = not even one.

    At most MINUTES_MAX, which is also what a price of zero answers. Raises MemberNotFound, and
    PcRefused where no price holds.
    """
    return _priced(
        read,
        seat,
        lambda tariff, terms: minutes_for_money(tariff, seat.at, amount_micros, terms),
    )


def prices_ahead(read: Read, seat: Seat) -> list[PriceStep]:
    """The price of an hour from now on for DAY_AHEAD, for this account on this PC; one step where
    it does not change. Neighbours differ in price, each rounded half-up to what is paid.

    Raises MemberNotFound.
    """
    unit = unit_micros(seat.center.currency)
    _, tariff, _ = _tariff_of(read, seat)
    steps: list[PriceStep] = []
    for piece in timeline(tariff, seat.at, seat.at + DAY_AHEAD):
        exact = piece.price_per_hour / unit
        price = None if piece.rule is None else half_up(exact.numerator, exact.denominator) * unit
        if steps and steps[-1].price_micros == price:
            steps[-1] = replace(steps[-1], to_at=piece.to_at)
        else:
            name = "" if piece.rule is None else piece.rule.name
            steps.append(PriceStep(piece.from_at, piece.to_at, price, name))
    return steps


def _tariff_of(read: Read, seat: Seat) -> tuple[Row, Tariff, int | None]:
    """The PC, what holds there for the account, and the member's id (None: a guest)."""
    center = seat.center
    (pc,) = pcs_named(read, center.id, [seat.pc_name])
    group_id, member_id = _customer(read, center, seat.account)
    check_players(pc, seat.players)
    tariff = tariff_for(
        price_list(read, center),
        pc.pc_group_id,
        group_id,
        zone=center.zone_name,
        discount=pc_time_discount(read, center.id, group_id),
        players=seat.players,
    )
    return pc, tariff, member_id


def _priced(read: Read, seat: Seat, computed: Callable[[Tariff, Terms], T]) -> T:
    center = seat.center
    pc, tariff, member_id = _tariff_of(read, seat)
    terms = terms_for(read, center, seat.at, pc_id=pc.id, member_id=member_id)
    try:
        rule_at(tariff, seat.at)
        return computed(tariff, terms)
    except NoPrice as none:
        raise PcRefused(pc.name, none.said) from None


def _customer(read: Read, center: Center, account: str) -> tuple[int, int | None]:
    """The group of an account and its id; None = a guest."""
    if account.casefold() in ("", NOBODY):
        return GUEST_GROUPS[PREPAID], None
    member = member_by_account(read, center.id, account)
    if member is None:
        raise MemberNotFound
    return member.group_id, member.id
