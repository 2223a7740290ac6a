"""One seat of a booking, and what it costs whom."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from lanhouse.cafe.bookings.queries.places import Place
from lanhouse.cafe.bookings.schemas import Kind
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import pc_time_discount
from lanhouse.cafe.metering.rules import Segment, bill
from lanhouse.cafe.money.movements import Amounts
from lanhouse.cafe.money.purses import Spendable, spendable_micros, split_payment
from lanhouse.cafe.money.tenders import TENDERS
from lanhouse.cafe.offers.plans import BALANCE, Spent, plan_sale
from lanhouse.cafe.offers.rules import open_spans
from lanhouse.cafe.offers.schemas import Place as OfferPlace
from lanhouse.cafe.pricing.queries import price_list
from lanhouse.cafe.pricing.rules import NoPrice, Tariff, rule_at, tariff_for
from lanhouse.cafe.sessions.queries.free_minutes import terms_for
from lanhouse.db.store import Read
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """One booking as it would be made, and who pays what of it."""

    pc_id: int
    pc_name: str
    kind: Kind
    starts_at: datetime
    ends_at: datetime
    held_until_at: datetime
    behind_id: int | None = None
    """The booking that it would wait behind; then it costs what it costs when it takes over, and
    nothing is taken before."""
    offer_id: int = 0
    offer_name: str = ""
    payment: str = ""
    cost_micros: int = 0
    tax_micros: int = 0
    from_balance_micros: int = 0
    from_bonus_micros: int = 0

    @property
    def taken_micros(self) -> int:
        """What is taken at once."""
        return 0 if self.behind_id is not None else self.cost_micros

    def amounts(self, center_id: int, member_id: int) -> Amounts:
        """The postings: the till or the account pays, the revenue of time or packages receives."""
        revenue = "revenue_offer" if self.kind == Kind.OFFER else "revenue_time"
        paid = self.cost_micros if self.payment in TENDERS else 0
        return {
            **({("center", center_id, self.payment): -paid} if paid else {}),
            ("member", member_id, "balance"): -self.from_balance_micros,
            ("member", member_id, "bonus"): -self.from_bonus_micros,
            ("center", center_id, revenue): self.cost_micros - self.tax_micros,
            ("center", center_id, "tax"): self.tax_micros,
        }


def pay_time(read: Read, center: Center, seat: Seat, place: Place, held: Spendable) -> Seat:
    """So many minutes from the begin on at the prices of then, for who books."""
    group_id = place.member_group_id
    tariff = tariff_for(
        price_list(read, center),
        place.pc_group_id or 0,
        group_id,
        zone=center.zone_name,
        discount=pc_time_discount(read, center.id, group_id),
    )
    his_id = place.member_id or None
    terms = terms_for(read, center, seat.starts_at, pc_id=seat.pc_id, member_id=his_id).without_free
    terms = replace(terms, is_by_card=seat.payment == "card" and terms.card_percent != 100)
    try:
        rule_at(tariff, seat.starts_at)
        found = bill([Segment(seat.starts_at, tariff)], terms, seat.ends_at)
    except NoPrice as none:
        raise Refused(none.said) from None
    seat = replace(seat, cost_micros=found.total_micros, tax_micros=found.tax_micros)
    if seat.payment != BALANCE:
        return seat
    if seat.cost_micros and not center.settings.payment.allow_balance_for_pc_time:
        raise Refused(say("The balance does not pay for time here"))
    from_balance, from_bonus = split_payment(
        seat.cost_micros,
        held.balance_micros,
        held.bonus_micros,
        is_bonus_first=center.settings.loyalty.use_bonus_first,
    )
    return replace(seat, from_balance_micros=from_balance, from_bonus_micros=from_bonus)


def pay_offer(
    read: Read,
    center: Center,
    seat: Seat,
    place: Place,
    offer_id: int,
    held: Spendable,
    now: datetime,
) -> Seat:
    """An offer at its price, usable during all of the booked time."""
    whole = spendable_micros(read, center, place.member_id, now) if place.member_id else held
    spent = Spent(
        whole.balance_micros - held.balance_micros, whole.bonus_micros - held.bonus_micros
    )
    sale = plan_sale(
        read,
        center,
        offer_id,
        now,
        payment=seat.payment,
        member_id=place.member_id,
        place=OfferPlace(place.member_group_id, place.pc_group_id),
        spent=spent,
    )
    tariff = Tariff(center.zone_name)
    spans = list(open_spans(sale.package, tariff, seat.starts_at, seat.ends_at))
    if not spans or spans[0][0] != seat.starts_at or spans[-1][1] != seat.ends_at:
        raise Refused(say("%(name)s cannot be used at this time", name=sale.offer.values.name))
    return replace(
        seat,
        offer_id=offer_id,
        offer_name=sale.offer.values.name,
        cost_micros=sale.price_micros,
        tax_micros=sale.tax_micros,
        from_balance_micros=sale.from_balance_micros,
        from_bonus_micros=sale.from_bonus_micros,
    )
