"""What a session form would do, before it is sent: time, end, price, or what is missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.queries.computers import (
    Chip,
    Lengths,
    Rate,
    Selected,
    guest_tariff,
    lengths_for,
    lengths_of_more,
    selected_pc,
    tender_shown,
)
from lanhouse.cafe.desk.queries.members import find_members
from lanhouse.cafe.desk.queries.quoted import (
    Quote,
    barred,
    cut_short,
    is_cut_sale,
    too_young,
)
from lanhouse.cafe.desk.queries.start_form import StartForm
from lanhouse.cafe.groups.queries import offer_discount, pc_time_discount
from lanhouse.cafe.minors.queries import counts_guests
from lanhouse.cafe.money.movements import account_of
from lanhouse.cafe.money.purses import purse_of
from lanhouse.cafe.money.taxes import TIME_TAX, tax_of
from lanhouse.cafe.money.tenders import taken_at_desk
from lanhouse.cafe.offers.plans import plan_sale
from lanhouse.cafe.offers.queries import offers_for_sale, packages_of_member
from lanhouse.cafe.offers.rules import price_for
from lanhouse.cafe.offers.schemas import OFFER_GUEST, Offer, Place
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.pricing.queries import price_list
from lanhouse.cafe.pricing.rules import tariff_for
from lanhouse.cafe.sessions.plans.adding import (
    must_reach,
    plan_add,
    with_package,
)
from lanhouse.cafe.sessions.plans.starting import Start, plan_start
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, OFFER, POSTPAID, PREPAID, Session
from lanhouse.db.store import Read
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.limits import PLAYERS_MAX
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say

_SECOND = timedelta(seconds=1)
HOUR_MINUTES = 60
"""A sale begins with so much time unless another length is asked for."""


class StartOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What may be started on a PC now, or added to its running session."""

    pc_id: int
    pc_name: str
    state: str
    is_running: bool
    kinds: list[str]
    """guest, member, postpaid, package, nocharge: those that the centre and the rights allow."""
    chips: list[Chip]
    asked_micros: int | None
    """What the minutes of the form cost, or an hour; None where no price holds."""
    offers: list[Offer]
    """Packages that are sold now to whoever would use them there."""
    offer_prices: dict[int, int]
    """What each of them costs that person, in micros, by its id."""
    pc_group_id: int
    rate: Rate | None
    lacks_default_price: bool
    players_max: int
    """At a console of a centre where further players have a price; 1 elsewhere."""
    extra_player_micros: int
    session: Session | None
    asks_age: bool
    """Whether a new guest may show a proof of age: the hours for minors hold for him otherwise."""


class QuoteWanted(msgspec.Struct, frozen=True):
    """A question for a quote at an instant."""

    center: Center
    form: StartForm
    at: datetime
    may_give_free: bool


def start_options(
    read: Read, wanted: QuoteWanted, selected: Selected | None = None
) -> StartOptions:
    """What can be started or added on the PC. Raises NotFound for a PC that is not there.

    `selected` is that PC when it has been read already.
    """
    center = wanted.center
    selected = selected or selected_pc(read, center, wanted.form.pc, wanted.at)
    if selected is None:
        raise NotFound(say("There is no PC with this name."))
    place = _place_of(read, center, selected.pc_group_id, selected.session)
    offers = offers_for_sale(read, center, place, wanted.at) if taken_at_desk(center) else []
    discount = offer_discount(read, center.id, place.member_group_id) if offers else 0
    tax = tax_of(center.settings.payment, TIME_TAX)
    lengths = _lengths(read, wanted, selected)
    return StartOptions(
        pc_id=selected.pc_id,
        pc_name=selected.seat.name,
        state=selected.seat.state,
        is_running=selected.session is not None,
        kinds=_kinds(center, selected, bool(offers), wanted.may_give_free),
        chips=lengths.chips(center) if selected.rate or selected.session else [],
        asked_micros=lengths.price_of(wanted.form.minutes or HOUR_MINUTES),
        players_max=PLAYERS_MAX
        if selected.console_type and center.settings.payment.extra_player_price_micros
        else 1,
        extra_player_micros=center.settings.payment.extra_player_price_micros,
        offers=offers,
        offer_prices={
            offer.id: price_for(offer.values, discount, tax, center.currency).total_micros
            for offer in offers
        },
        pc_group_id=selected.pc_group_id,
        rate=selected.rate,
        lacks_default_price=selected.lacks_default_price,
        session=selected.session,
        asks_age=selected.session is None and counts_guests(center),
    )


def _lengths(read: Read, wanted: QuoteWanted, selected: Selected) -> Lengths:
    center, form = wanted.center, wanted.form
    if selected.session is not None:
        return lengths_of_more(selected.session, wanted.at)
    return lengths_for(
        price_list(read, center),
        center,
        selected.pc_group_id,
        wanted.at,
        players=form.players,
        payment=tender_shown(center, form.payment),
    )


def _kinds(center: Center, selected: Selected, has_offers: bool, may_give_free: bool) -> list[str]:
    if selected.session is not None:
        return ["guest", *(["package"] if has_offers else [])]
    is_billed = center.settings.center.license_using_billing
    sells = bool(taken_at_desk(center)) and is_billed
    allowed = {
        "guest": sells and not center.settings.payment.disable_prepaid,
        "member": True,
        "postpaid": not center.settings.payment.disable_postpaid,
        "package": has_offers and is_billed,
        "nocharge": may_give_free,
    }
    return [kind for kind, is_allowed in allowed.items() if is_allowed]


def quote(read: Read, question: QuoteWanted, options: StartOptions) -> Quote:
    """Answer the question for the form's kind."""
    form = question.form
    plain = Quote(
        kind=form.kind,
        pc_name=options.pc_name,
        is_running=options.is_running,
        rate=_rate(options, form.players),
    )
    if form.session != (options.session.id if options.session else 0):
        # The act would be refused (OtherSession): what it would do to another says nothing.
        meant = bool(form.session)
        problem = "gone" if meant else "taken"
        return msgspec.structs.replace(plain, is_running=meant, problem=problem)
    if form.kind == "guest":
        return _money_quote(read, question, options, plain)
    if form.kind == "member":
        return _member_quote(read, question, options, plain)
    if form.kind == "package":
        return _package_quote(read, question, options, plain)
    is_billed = question.center.settings.center.license_using_billing
    if form.kind == "postpaid" and options.rate is None and is_billed:
        return _unpriced(plain, lacks_default_price=options.lacks_default_price)
    refused = barred(read, question.center, 0, question.at, plain, form.shown_birthday)
    if refused is not None:
        return refused
    kind = POSTPAID if form.kind == "postpaid" else FREE
    start = _guest_start(
        read, question.center, question.at, options, kind=kind, shown_birthday=form.shown_birthday
    )
    return cut_short(read, plain, start.session, question.at)


def _rate(options: StartOptions, players: int) -> Rate | None:
    """What an hour costs a guest here, for so many players."""
    if options.rate is None or players < 2:
        return options.rate
    more = options.extra_player_micros * (players - 1)
    return Rate(options.rate.name, options.rate.per_hour_micros + more)


def _unpriced(plain: Quote, *, lacks_default_price: bool) -> Quote:
    problem = "default_price" if lacks_default_price else "price"
    return msgspec.structs.replace(plain, problem=problem)


def _chosen_offer(form: StartForm, options: StartOptions) -> Offer | None:
    if not form.offer_id:
        return options.offers[0] if options.offers else None
    return next((offer for offer in options.offers if offer.id == form.offer_id), None)


def _place_of(read: Read, center: Center, pc_group_id: int, session: Session | None) -> Place:
    """Who would use a package on the PC: whoever plays there, or a guest who begins with it."""
    if session is None:
        return Place(OFFER_GUEST, pc_group_id)
    _, member_group_id = account_of(read, center.id, session.member_id)
    return Place(member_group_id, pc_group_id)


def _guest_start(
    read: Read,
    center: Center,
    at: datetime,
    options: StartOptions,
    *,
    kind: str,
    players: int = 1,
    **more: Any,
) -> Start:
    """A guest's session on the PC, with what pays for it."""
    prices = price_list(read, center)
    tariff = guest_tariff(prices, center, options.pc_group_id, players=players)
    of_pc = {"pc_id": options.pc_id, "pc_name": options.pc_name}
    return plan_start(read, center, at, kind=kind, tariff=tariff, **of_pc, **more)


def _package_quote(read: Read, question: QuoteWanted, options: StartOptions, plain: Quote) -> Quote:
    """A package for a guest who begins with it, or for a running session."""
    center, at = question.center, whole_second(question.at)
    offer = _chosen_offer(question.form, options)
    if offer is None:
        return msgspec.structs.replace(plain, problem="offer")
    session = options.session
    place = _place_of(read, center, options.pc_group_id, session)
    # Which way it is paid changes nothing of what it gives.
    sale = plan_sale(read, center, offer.id, at, payment="cash", member_id=0, place=place)
    plain = msgspec.structs.replace(plain, offer=offer, amount_micros=sale.price_micros)
    if session is not None:
        segments = with_package(session, sale.package, at=at)
        planned = plan_add(read, center, session, at, segments=segments)
        if is_cut_sale(planned):
            return too_young(read, center, session.member_id, at, plain)
        try:
            must_reach(read, center, planned, sale.package, at)
        except PcRefused:
            return msgspec.structs.replace(plain, problem="not_now")
        plain = msgspec.structs.replace(plain, until=planned.shown_end(at))
        return cut_short(read, plain, planned, at, [sale.package])
    if not sale.is_usable_now:
        return msgspec.structs.replace(plain, problem="not_now")
    shown = question.form.shown_birthday
    start = _guest_start(
        read,
        center,
        at,
        options,
        kind=OFFER,
        packages=(sale.package,),
        shown_birthday=shown,
    )
    if start.too_young:
        return too_young(read, center, 0, at, plain, shown)
    plain = msgspec.structs.replace(plain, until=start.session.expires_at)
    return cut_short(read, plain, start.session, at, [sale.package])


def _money_quote(read: Read, question: QuoteWanted, options: StartOptions, plain: Quote) -> Quote:
    """Money for a guest's time, or more money for a running session."""
    center, at = question.center, whole_second(question.at)
    try:
        amount = read_amount(question.form.amount, center.currency, field="amount")
    except InvalidInput as error:
        wrong = error.fields["amount"] if question.form.amount.strip() else ""
        return msgspec.structs.replace(plain, problem="amount", wrong=wrong)
    session = options.session
    if session is not None:
        planned = plan_add(read, center, session, at, more_micros=amount)
        if is_cut_sale(planned):
            return too_young(read, center, session.member_id, at, plain)
        until = planned.shown_end(at)
        begins, terms = session.shown_end(at) or at, session.terms
    else:
        start = _guest_start(
            read,
            center,
            at,
            options,
            kind=PREPAID,
            players=question.form.players,
            paid_micros=amount,
            payment=tender_shown(center, question.form.payment),
            shown_birthday=question.form.shown_birthday,
        )
        if start.no_price is not None:
            return _unpriced(plain, lacks_default_price=start.no_price.lacks_default_price)
        shown = question.form.shown_birthday
        if start.too_young and (amount or barred(read, center, 0, at, plain, shown)):
            return too_young(read, center, 0, at, plain, shown)
        if amount and not start.is_affordable:
            least = start.least_micros
            return msgspec.structs.replace(plain, problem="too_little", least_micros=least)
        planned = start.session
        begins, until, terms = at, planned.expires_at, planned.terms
    if amount > 0:
        plain = cut_short(read, plain, planned, at)
    if plain.problem:
        return plain
    return msgspec.structs.replace(
        plain,
        amount_micros=amount,
        until=until,
        seconds=None if until is None else max((until - begins) // _SECOND, 0),
        card_percent=terms.card_percent if terms.is_by_card else 100,
        problem="" if amount > 0 else "amount",
    )


def _member_quote(read: Read, question: QuoteWanted, options: StartOptions, plain: Quote) -> Quote:
    """How long a member's packages and money would last on this PC."""
    center, at = question.center, whole_second(question.at)
    found = find_members(read, center, question.form.member)
    if len(found) != 1:
        problem = "member" if question.form.member.strip() else "no_member"
        return msgspec.structs.replace(plain, problem="members" if found else problem)
    person = found[0]
    purse = purse_of(read, center, person.member_id)
    tariff = tariff_for(
        price_list(read, center),
        options.pc_group_id,
        person.group_id,
        zone=center.zone_name,
        discount=pc_time_discount(read, center.id, person.group_id),
        players=question.form.players,
    )
    start = plan_start(
        read,
        center,
        at,
        pc_id=options.pc_id,
        pc_name=options.pc_name,
        kind=MEMBER,
        tariff=tariff,
        member_id=person.member_id,
        packages=packages_of_member(
            read,
            center,
            person.member_id,
            at,
            Place(person.group_id, options.pc_group_id, options.pc_id),
        ),
    )
    plain = msgspec.structs.replace(
        plain, member=person, balance_micros=purse.balance_micros, bonus_micros=purse.bonus_micros
    )
    if start.too_young:
        return too_young(read, center, person.member_id, at, plain)
    if not start.is_affordable:
        if start.no_price is not None:
            return _unpriced(plain, lacks_default_price=start.no_price.lacks_default_price)
        return msgspec.structs.replace(plain, problem="money")
    plain = msgspec.structs.replace(plain, until=start.session.expires_at, seconds=start.seconds)
    return cut_short(read, plain, start.session, at)
