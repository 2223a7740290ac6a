"""What the Computers page reads: the map in a few statements, and the selected PC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from functools import cache, lru_cache

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.bookings.queries import next_begins
from lanhouse.cafe.centers.rules import first_notice_seconds, is_closing_soon
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.centers.schemas.values import QuickSum
from lanhouse.cafe.desk.pages.bill import Split, split_of
from lanhouse.cafe.desk.queries.members import Person, person_of
from lanhouse.cafe.desk.queries.together import BundleCard, bundle_card, whole_room_of
from lanhouse.cafe.desk.rules import Map, Rate, Seat, build_map, natural_key, seat_of
from lanhouse.cafe.desk.rules.hall import hall_of
from lanhouse.cafe.messages.queries import waiting_messages
from lanhouse.cafe.metering.plans import terms_by
from lanhouse.cafe.metering.rules import (
    MINUTES_MAX,
    Bill,
    cost_of_seconds,
    minutes_for_money,
    seconds_for_money,
)
from lanhouse.cafe.minors.plans import told_of
from lanhouse.cafe.minors.schemas import Verdict
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.money.tenders import taken_at_desk
from lanhouse.cafe.pcs.queries import pc_by_name, pc_rows, picture_of, rooms_of
from lanhouse.cafe.pricing.queries import price_list
from lanhouse.cafe.pricing.rules import NoPrice, PriceList, Tariff, rule_at, tariff_for
from lanhouse.cafe.sessions.plans.ending import plan_end
from lanhouse.cafe.sessions.plans.moving import why_not_to
from lanhouse.cafe.sessions.queries import open_session_on_pc, session_by_id
from lanhouse.cafe.sessions.queries.booked import booked_from
from lanhouse.cafe.sessions.queries.bundles import Debt, RoomPcs
from lanhouse.cafe.sessions.queries.ended_marks import marks_of
from lanhouse.cafe.sessions.queries.left_on_pcs import left_on_pcs
from lanhouse.cafe.sessions.queries.quotes import cost_of_more
from lanhouse.cafe.sessions.queries.states import session_state_on_pc, session_states
from lanhouse.cafe.sessions.schemas import FREE, GUEST_GROUPS, PREPAID, WALLET_KINDS, Session
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.money import parse_micros

_CHIP_MINUTES = (30, 60, 120, 300)
QUICK_SUMS_MAX = 12
"""Buttons that a sale shows."""
_LOG_LINES = 6

_BUSY = static(
    sa.select(sessions.c.pc_id).where(
        sessions.c.center_id == sa.bindparam("center"), sessions.c.ended_at.is_(None)
    )
)
_LOG = static(
    sa.select(billing_logs)
    .where(
        billing_logs.c.center_id == sa.bindparam("center"),
        billing_logs.c.at >= sa.bindparam("since", type_=billing_logs.c.at.type),
        billing_logs.c.pc_id == sa.bindparam("pc"),
    )
    .order_by(billing_logs.c.at.desc(), billing_logs.c.id.desc())
    .limit(_LOG_LINES)
)


class Chip(msgspec.Struct, frozen=True):
    """A length of time with the sum that buys it now."""

    minutes: int
    cost_micros: int


class Selected(msgspec.Struct, frozen=True, kw_only=True):
    """The selected PC with everything the side panel tells."""

    seat: Seat
    pc_id: int
    pc_group_id: int
    console_type: int
    rate: Rate | None
    chips: list[Chip]
    lacks_default_price: bool = False
    """Where no rate holds now, the price rule "Default" would, if it had a price."""
    unseen_end: int = 0
    """The id of the session that ended here by itself and that nobody has looked at yet."""
    session: Session | None = None
    member: Person | None = None
    bill: Bill | None = None
    split: Split | None = None
    closes_at: datetime | None = None
    """When the house closes and the session ends, once it is time to say so."""
    booked_from: datetime | None = None
    """From when on the PC is kept for a booking: of somebody else, where somebody plays."""
    left_open: Debt | None = None
    """What the last guest of a free PC has not paid."""
    too_young: Verdict | None = None
    """What the rules for minors say of who plays, once it is time to say so."""
    messages: list[Row] = []
    """What the desk left for who sits there, until the client has told it."""
    whole_room: RoomPcs | None = None
    """The room of a free PC that is paid as a whole."""
    together: BundleCard | None = None
    """The PCs that run together with it."""
    log: list[Row] = []
    has_player_price: bool = False
    """Whether a further player costs something here."""

    @property
    def may_change_players(self) -> bool:
        """Whether it is asked how many play: at a console where that costs something, or where
        several are counted already."""
        session = self.session
        if session is None or session.is_free or not self.console_type:
            return False
        return self.has_player_price or session.segments[-1].tariff.players > 1

    @property
    def may_add_time(self) -> bool:
        """True when money or packages can be added to the running session."""
        session = self.session
        return session is not None and session.kind in WALLET_KINDS and not session.is_free


def computers(read: Read, center: Center, at: datetime) -> Map:
    """The whole map of a centre at an instant."""
    prices = price_list(read, center)
    rooms, pcs = rooms_of(read, center.id), pc_rows(read, center.id)
    return build_map(
        rooms,
        pcs,
        session_states(read, center, at),
        guest_rates(prices, center, at),
        at,
        marks_of(read, center.id),
        hall_of(rooms, pcs, picture_of(read, center.id)),
        console_notice_seconds(center),
        next_begins(read, center.id, at),
        {pc_id: debt.amount_micros for pc_id, debt in left_on_pcs(read, center, at).items()},
    )


def console_notice_seconds(center: Center) -> int:
    """So long before its end a session on a console counts as ending."""
    return first_notice_seconds(center.settings.payment.notification_before_console_end)


def guest_tariff(
    prices: PriceList, center: Center, pc_group_id: int, *, players: int = 1
) -> Tariff:
    """The tariff of a prepaid guest on the PCs of a group."""
    group_id = GUEST_GROUPS[PREPAID]
    return tariff_for(prices, pc_group_id, group_id, zone=center.zone_name, players=players)


def guest_rates(prices: PriceList, center: Center, at: datetime) -> Callable[[int], Rate | None]:
    """PC group -> what an hour costs a guest at `at`; None where no price holds."""

    @cache
    def rate(pc_group_id: int) -> Rate | None:
        try:
            rule = rule_at(guest_tariff(prices, center, pc_group_id), at)
        except NoPrice:
            return None
        return Rate(rule.name, rule.price_per_hour_micros)

    return rate


def selected_pc(read: Read, center: Center, name: str, at: datetime) -> Selected | None:
    """The PC with this name, its session and its bill so far; None when there is no such PC."""
    pc = pc_by_name(read, center.id, name)
    if pc is None:
        return None
    prices = price_list(read, center)
    rate = guest_rates(prices, center, at)(pc.pc_group_id)
    session_id = open_session_on_pc(read, center.id, pc.id)
    session = None if session_id is None else session_by_id(read, center.id, session_id)
    state = session_state_on_pc(read, center, pc.id, at)
    log = read.all(_LOG, center=center.id, pc=pc.id, since=midnight(center, at))
    messages = waiting_messages(read, center.id, pc.id, at)
    is_billed = center.settings.center.license_using_billing
    if session is None:
        mark = marks_of(read, center.id).get(pc.id)
        payment = tender_shown(center)
        lengths = lengths_for(prices, center, pc.pc_group_id, at, payment=payment)
        return Selected(
            seat=seat_of(pc, None, rate, at, mark),
            unseen_end=0 if mark is None else mark.session_id,
            pc_id=pc.id,
            pc_group_id=pc.pc_group_id,
            console_type=pc.console_type,
            rate=rate,
            chips=lengths.chips(center) if rate and is_billed else [],
            lacks_default_price=guest_tariff(prices, center, pc.pc_group_id).lacks_default_price,
            messages=messages,
            whole_room=whole_room_of(read, center, pc.room_id),
            log=log,
            left_open=left_on_pcs(read, center, at).get(pc.id),
            booked_from=next_begins(read, center.id, at).get(pc.id),
        )
    end = plan_end(read, center, session, at, at_desk=True)
    closes_at = session.terms.closes_at
    is_told = is_closing_soon(center.settings.payment, closes_at, at)
    return Selected(
        seat=seat_of(pc, state, rate, at, None, console_notice_seconds(center)),
        pc_id=pc.id,
        pc_group_id=pc.pc_group_id,
        console_type=pc.console_type,
        rate=rate,
        chips=[],
        session=session,
        member=None if session.kind == FREE else person_of(read, center, session.member_id),
        bill=end.bill,
        split=split_of(end),
        closes_at=closes_at if is_told else None,
        booked_from=booked_from(read, session, at),
        too_young=told_of(read, center, session.member_id, at),
        messages=messages,
        together=bundle_card(read, center, session.id, at),
        log=log,
        has_player_price=center.settings.payment.extra_player_price_micros > 0,
    )


def tender_shown(center: Center, payment: str = "cash") -> str:
    """The tender that a form of a sale shows as chosen: the wanted one, or the first that the
    centre takes."""
    taken = taken_at_desk(center)
    return payment if payment in taken or not taken else taken[0]


class Lengths(msgspec.Struct, frozen=True):
    """How time is sold on a PC now."""

    cost_of: Callable[[int], int]
    """Minutes -> the sum that buys them, in micros. Raises NoPrice."""
    minutes_of: Callable[[int], int]
    """A sum in micros -> the whole minutes that it buys, MINUTES_MAX without end, or NoPrice."""

    def price_of(self, minutes: int) -> int | None:
        """The sum that buys so many minutes, or None where none does."""
        try:
            return self.cost_of(minutes) if 0 < minutes < MINUTES_MAX else None
        except NoPrice:
            return None

    def chips(self, center: Center) -> list[Chip]:
        """The quick sums of the centre (price_button), or usual lengths of time, with their prices;
        those for which no price holds are left out. A sum tells the whole minutes that it buys."""
        chips: dict[int, Chip] = {}
        for quick in quick_sums(center.settings.payment.price_button) or _CHIP_MINUTES:
            try:
                if isinstance(quick, int):
                    chip = Chip(quick, self.cost_of(quick))
                else:
                    money = parse_micros(quick)
                    chip = Chip(self.minutes_of(money), money)
            except NoPrice:
                continue
            if 0 < chip.minutes < MINUTES_MAX:
                chips.setdefault(chip.minutes, chip)
        return list(chips.values())


def lengths_for(
    prices: PriceList,
    center: Center,
    pc_group_id: int,
    at: datetime,
    *,
    players: int = 1,
    payment: str = "",
) -> Lengths:
    """For a guest who begins and pays by `payment`."""
    terms = terms_by(center.settings.payment, currency=center.currency).paid_by(payment)
    tariff = guest_tariff(prices, center, pc_group_id, players=players)
    return Lengths(
        lambda minutes: cost_of_seconds(tariff, at, minutes * 60, terms),
        lambda money: minutes_for_money(tariff, at, money, terms),
    )


def lengths_of_more(session: Session, at: datetime) -> Lengths:
    """For more time of a session that runs, at the price of who plays."""
    terms, tariff = session.terms.for_more, session.segments[-1].tariff

    def minutes_of(money: int) -> int:
        seconds = seconds_for_money(tariff, at, money, terms)
        return MINUTES_MAX if seconds is None else seconds // 60

    return Lengths(lambda minutes: cost_of_more(tariff, at, minutes * 60, terms), minutes_of)


@lru_cache(maxsize=256)
def quick_sums(text: str) -> tuple[int | str, ...]:
    """The setting price_button: minutes whose price is the sum, or a sum as text, which goes
    before minutes that stand beside it (decision 0117). What says neither is left out."""
    try:
        rows = msgspec.json.decode(text, type=tuple[QuickSum, ...])
    except msgspec.ValidationError:  # kept as it came, before anything obeyed it
        return ()
    found = ((row.money if row.money.strip("0.") else int(row.min or 0)) for row in rows)
    return tuple(one for one in found if one)[:QUICK_SUMS_MAX]


def midnight(center: Center, at: datetime) -> datetime:
    """The beginning of the centre's day."""
    local = at.astimezone(center.zone)
    return datetime.combine(local.date(), time(), center.zone)


class MoveChoice(msgspec.Struct, frozen=True):
    """The session on a PC (0 = none) and the names of the PCs to which it could be moved."""

    session_id: int
    targets: list[str]


def move_choice(read: Read, center_id: int, pc_name: str) -> MoveChoice:
    """Where the session of PC (centre id, name) could go."""
    origin = pc_by_name(read, center_id, pc_name)
    if origin is None:
        return MoveChoice(0, [])
    busy = session_pc_ids(read, center_id)
    targets = [
        pc.name
        for pc in sorted(pc_rows(read, center_id), key=lambda pc: natural_key(pc.name))
        if pc.id != origin.id and not why_not_to(origin, pc, is_busy=pc.id in busy)
    ]
    return MoveChoice(open_session_on_pc(read, center_id, origin.id) or 0, targets)


def session_pc_ids(read: Read, center_id: int) -> set[int]:
    """The ids of the PCs that have an open session."""
    return {row.pc_id for row in read.all(_BUSY, center=center_id)}
