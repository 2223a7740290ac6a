"""What a session form would do, before it is sent: time, end, price, or what is missing."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.queries.computers import (
    Chip,
    Rate,
    Selected,
    chips_for,
    guest_tariff,
    selected_pc,
)
from lanhouse.cafe.desk.queries.members import Person, find_members
from lanhouse.cafe.groups.queries import pc_time_discount
from lanhouse.cafe.metering.rules import Segment, can_begin, ends_at, seconds_for_money
from lanhouse.cafe.offers.queries import offer_by_id, offers_of_center, packages_of_member
from lanhouse.cafe.offers.schemas import Offer
from lanhouse.cafe.pricing.queries import price_list
from lanhouse.cafe.pricing.rules import NoPrice, tariff_for
from lanhouse.cafe.sessions.queries.free_minutes import terms_for
from lanhouse.cafe.sessions.schemas import MEMBER, Session
from lanhouse.db.store import Read
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.local_time import whole_second
from lanhouse.ledger import balances, book_of_center

_SECOND = timedelta(seconds=1)


class StartForm(msgspec.Struct):
    """The start dialog's fields as they were typed. `kind` is one of StartOptions.kinds."""

    pc: str = ""
    kind: str = ""
    amount: str = ""
    member: str = ""
    offer: str = ""
    payment: str = "cash"
    minutes: int = 0
    """A length that was asked for by a time chip; becomes an amount when the dialog opens."""
    session: int = 0
    """The session that ran on the PC when the dialog was opened; 0 = the PC was free."""
    shown: int = 0
    """The id of the member whom the quote showed; 0 = none yet."""
    confirmed: int = 0
    """The sum in micros that the desk was asked about once more; 0 = none."""
    key: str = ""

    @property
    def offer_id(self) -> int:
        """The chosen offer; 0 when none is, or what stands there is no id."""
        is_id = self.offer.isascii() and self.offer.isdigit() and len(self.offer) < 18
        return int(self.offer) if is_id else 0


class StartOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What may be started on a PC now, or added to its running session."""

    pc_id: int
    pc_name: str
    state: str
    is_running: bool
    kinds: list[str]
    """guest, member, postpaid, package, nocharge: those that the centre and the rights allow."""
    chips: list[Chip]
    offers: list[Offer]
    pc_group_id: int
    rate: Rate | None
    lacks_default_price: bool
    session: Session | None


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What the form would do. `problem` names what is missing; empty when nothing is."""

    kind: str
    pc_name: str
    is_running: bool
    problem: str = ""
    amount_micros: int | None = None
    seconds: int | None = None
    """How long it lasts; None = nothing ends it, or it is not known yet."""
    until: datetime | None = None
    rate: Rate | None = None
    member: Person | None = None
    balance_micros: int = 0
    bonus_micros: int = 0
    offer: Offer | None = None


class QuoteWanted(msgspec.Struct, frozen=True):
    """A question for a quote at an instant."""

    center: Center
    form: StartForm
    at: datetime
    may_give_free: bool


def start_options(read: Read, wanted: QuoteWanted) -> StartOptions:
    """What can be started or added on the PC. Raises NotFound for a PC that is not there."""
    center = wanted.center
    selected = selected_pc(read, (center, wanted.form.pc, wanted.at))
    if selected is None:
        raise NotFound("There is no PC with this name.")
    offers = [offer for offer in offers_of_center(read, center.id) if offer.values.is_active]
    prices = price_list(read, center)
    return StartOptions(
        pc_id=selected.pc_id,
        pc_name=selected.seat.name,
        state=selected.seat.state,
        is_running=selected.session is not None,
        kinds=_kinds(center, selected, bool(offers), wanted.may_give_free),
        chips=chips_for(prices, center, selected.pc_group_id, wanted.at) if selected.rate else [],
        offers=offers,
        pc_group_id=selected.pc_group_id,
        rate=selected.rate,
        lacks_default_price=selected.lacks_default_price,
        session=selected.session,
    )


def _kinds(center: Center, selected: Selected, has_offers: bool, may_give_free: bool) -> list[str]:
    if selected.session is not None:
        return ["guest", *(["package"] if has_offers else [])]
    allowed = {
        "guest": not center.settings.disable_prepaid,
        "member": True,
        "postpaid": not center.settings.disable_postpaid,
        "package": has_offers,
        "nocharge": may_give_free,
    }
    return [kind for kind, is_allowed in allowed.items() if is_allowed]


def quote(read: Read, wanted: tuple[QuoteWanted, StartOptions]) -> Quote:
    """Answer the question for the form's kind."""
    question, options = wanted
    form, center = question.form, question.center
    plain = Quote(
        kind=form.kind,
        pc_name=options.pc_name,
        is_running=options.is_running,
        rate=options.rate,
    )
    if form.kind == "guest":
        return _money_quote(read, question, options, plain)
    if form.kind == "member":
        return _member_quote(read, question, options, plain)
    if form.kind == "package":
        offer = _chosen_offer(read, center, form, options)
        return msgspec.structs.replace(plain, offer=offer, problem="" if offer else "offer")
    if form.kind == "postpaid" and options.rate is None:
        return _unpriced(plain, lacks_default_price=options.lacks_default_price)
    return plain


def _unpriced(plain: Quote, *, lacks_default_price: bool) -> Quote:
    problem = "default_price" if lacks_default_price else "price"
    return msgspec.structs.replace(plain, problem=problem)


def _chosen_offer(
    read: Read, center: Center, form: StartForm, options: StartOptions
) -> Offer | None:
    if form.offer_id:
        return offer_by_id(read, (center.id, form.offer_id))
    return options.offers[0] if options.offers else None


def _money_quote(read: Read, question: QuoteWanted, options: StartOptions, plain: Quote) -> Quote:
    """Money for a guest's time, or more money for a running session."""
    center, at = question.center, whole_second(question.at)
    try:
        amount = read_amount(question.form.amount, center.currency, field="amount")
    except InvalidInput:
        return msgspec.structs.replace(plain, problem="amount")
    until: datetime | None
    try:
        if options.session is not None:
            until = _end_with_more(read, center, options.session, amount)
            begins = options.session.expires_at or at
        else:
            tariff = guest_tariff(price_list(read, center), center, options.pc_group_id)
            terms = terms_for(read, center, at, pc_id=options.pc_id, member_id=None)
            seconds = seconds_for_money(tariff, at, amount, terms)
            begins, until = at, None if seconds is None else at + timedelta(seconds=seconds)
    except NoPrice as none:
        return _unpriced(plain, lacks_default_price=none.lacks_default_price)
    return msgspec.structs.replace(
        plain,
        amount_micros=amount,
        until=until,
        seconds=None if until is None else max((until - begins) // _SECOND, 0),
        problem="" if amount > 0 else "amount",
    )


def _end_with_more(
    read: Read, center: Center, session: Session, amount_micros: int
) -> datetime | None:
    balance, bonus = _money(read, center, session.member_id)
    is_payable = session.kind != MEMBER or center.settings.allow_balance_for_pc_time
    total = balance + bonus + amount_micros if is_payable else 0
    return ends_at(session.segments, session.terms, total)


def _member_quote(read: Read, question: QuoteWanted, options: StartOptions, plain: Quote) -> Quote:
    """How long a member's packages and money would last on this PC."""
    center, at = question.center, whole_second(question.at)
    found = find_members(read, (center, question.form.member))
    if len(found) != 1:
        problem = "member" if question.form.member.strip() else "no_member"
        return msgspec.structs.replace(plain, problem="members" if found else problem)
    person = found[0]
    balance, bonus = _money(read, center, person.member_id)
    payable = balance + bonus if center.settings.allow_balance_for_pc_time else 0
    tariff = tariff_for(
        price_list(read, center),
        options.pc_group_id,
        person.group_id,
        zone=center.zone_name,
        discount=pc_time_discount(read, center.id, person.group_id),
    )
    packages = packages_of_member(read, center, person.member_id, at)
    segment = Segment(at, tariff, packages=packages)
    terms = terms_for(read, center, at, pc_id=options.pc_id, member_id=person.member_id)
    plain = msgspec.structs.replace(
        plain, member=person, balance_micros=balance, bonus_micros=bonus
    )
    try:
        if not can_begin(segment, terms, payable):
            return msgspec.structs.replace(plain, problem="money")
        until = ends_at([segment], terms, payable)
    except NoPrice as none:
        return _unpriced(plain, lacks_default_price=none.lacks_default_price)
    return msgspec.structs.replace(
        plain, until=until, seconds=None if until is None else (until - at) // _SECOND
    )


def _money(read: Read, center: Center, member_id: int) -> tuple[int, int]:
    held = balances(read, book_of_center(center.id), "member", member_id)
    return held.get(("balance", center.currency), 0), held.get(("bonus", center.currency), 0)
