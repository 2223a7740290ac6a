"""What an act on several PCs would do on each: sums to take and give, or why it is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.pages.bill import split_of
from lanhouse.cafe.desk.queries.computers import guest_tariff
from lanhouse.cafe.desk.rules import natural_key, state_word
from lanhouse.cafe.metering.plans import terms_by
from lanhouse.cafe.metering.rules import cost_of_seconds
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.pricing.queries import price_list
from lanhouse.cafe.pricing.rules import NoPrice, PriceList
from lanhouse.cafe.sessions.plans.ending import plan_end
from lanhouse.cafe.sessions.queries import open_sessions, session_by_id
from lanhouse.cafe.sessions.queries.quotes import cost_of_more, quote_sign
from lanhouse.cafe.sessions.queries.states import session_states
from lanhouse.cafe.sessions.schemas import WALLET_KINDS, Session, SessionState
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.money import MICROS
from lanhouse.kit.said import say

LENGTHS_MINUTES = (30, 60, 120, 300)
NOT_IN_USE = say("the PC is not in use")
IN_USE = say("the PC is in use")
OUT_OF_ORDER = say("the PC is out of order")
NO_WALLET = say("this session has no account for money")
NO_PRICE = say("no price holds for this PC now")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What an act would do on one PC."""

    pc_id: int
    pc_name: str
    state: str
    account: str = ""
    session_id: int = 0
    """The session that is meant; 0 = the PC is free."""
    member_id: int = 0
    """Who plays, where he is checked out."""
    micros: int = 0
    """To take; below zero it is given back."""
    back: dict[str, int] = {}
    """What is given back, by tender."""
    quote_time: int = 0
    quote_sign: str = ""
    """Of the bill that was shown (as in the check-out of one PC)."""
    why_not: str = ""
    """Why this PC is left out, as it is said."""

    @property
    def token(self) -> str:
        """What the form sends back of it: exactly what was shown, so that nothing else is done."""
        numbers = (self.pc_id, self.session_id, self.micros, self.quote_time)
        return " ".join([*map(str, numbers), self.quote_sign or "-"])


class Token(msgspec.Struct, frozen=True):
    """A line as a form sends it back."""

    pc_id: int
    session_id: int
    micros: int
    quote_time: int
    quote_sign: str


class SaleWanted(msgspec.Struct, frozen=True):
    """A sale on several PCs: to start guests on free ones, or to add time where somebody plays."""

    names: Sequence[str]
    starts: bool
    kind: str = "guest"
    """guest, postpaid or nocharge."""
    minutes: int = 60
    payment: str = ""
    """How new guests pay; by card it is the card price."""

    def word(self, center: Center) -> str:
        """What the lines are for, as the form keeps it: kind and minutes, and the card where that
        has another price."""
        terms = terms_by(center.settings.payment, currency=center.currency)
        is_by_card = self.starts and terms.paid_by(self.payment).is_by_card
        return f"{self.kind} {self.minutes}{' card' if is_by_card else ''}"


def check_out_lines(read: Read, center: Center, names: Sequence[str], at: datetime) -> list[Line]:
    """The bills of the sessions on these PCs, each with its signed quote."""
    states = session_states(read, center, at)
    return [_bill(read, center, pc, states.get(pc.id), at) for pc in _named(read, center, names)]


def _bill(read: Read, center: Center, pc: Row, state: SessionState | None, at: datetime) -> Line:
    session = None if state is None else session_by_id(read, center.id, state.session_id)
    if state is None or session is None:
        return Line(pc_id=pc.id, pc_name=pc.name, state="free", why_not=NOT_IN_USE)
    end = plan_end(read, center, session, at, at_desk=True)
    split = split_of(end)
    return Line(
        pc_id=pc.id,
        pc_name=pc.name,
        state=state_word(state, at),
        account=state.member_account,
        session_id=session.id,
        member_id=session.member_id,
        micros=split.due_micros,
        back=split.back,
        quote_time=clock.to_micros(end.at) // MICROS,
        quote_sign=quote_sign(center, [session], end.at),
    )


def sale_lines(read: Read, center: Center, wanted: SaleWanted, at: datetime) -> list[Line]:
    """What so much time costs on each of the PCs, by the price of its own group."""
    states = session_states(read, center, at)
    named = _named(read, center, wanted.names)
    if wanted.starts:
        prices = price_list(read, center)
        return [_start(center, prices, wanted, pc, states.get(pc.id), at) for pc in named]
    ids = [states[pc.id].session_id for pc in named if pc.id in states]
    running = {one.id: one for one in open_sessions(read, center.id, ids=ids)} if ids else {}
    return [_more(running, wanted, pc, states.get(pc.id), at) for pc in named]


def _start(
    center: Center,
    prices: PriceList,
    wanted: SaleWanted,
    pc: Row,
    state: SessionState | None,
    at: datetime,
) -> Line:
    line = Line(pc_id=pc.id, pc_name=pc.name, state="free")
    if state is not None:
        return msgspec.structs.replace(line, state=state_word(state, at), why_not=IN_USE)
    if pc.is_out_of_order:
        return msgspec.structs.replace(line, state="broken", why_not=OUT_OF_ORDER)
    if wanted.kind == "nocharge":
        return line
    terms = terms_by(center.settings.payment, currency=center.currency).paid_by(wanted.payment)
    tariff = guest_tariff(prices, center, pc.pc_group_id)
    try:
        cost = cost_of_seconds(tariff, whole_second(at), wanted.minutes * 60, terms)
    except NoPrice:
        return msgspec.structs.replace(line, why_not=NO_PRICE)
    return msgspec.structs.replace(line, micros=cost if wanted.kind == "guest" else 0)


def _more(
    running: Mapping[int, Session],
    wanted: SaleWanted,
    pc: Row,
    state: SessionState | None,
    at: datetime,
) -> Line:
    line = Line(pc_id=pc.id, pc_name=pc.name, state="free", why_not=NOT_IN_USE)
    if state is None:
        return line
    line = msgspec.structs.replace(
        line,
        state=state_word(state, at),
        account=state.member_account,
        session_id=state.session_id,
        why_not="",
    )
    if state.kind not in WALLET_KINDS:
        return msgspec.structs.replace(line, why_not=NO_WALLET)
    session = running[state.session_id]
    tariff, terms = session.segments[-1].tariff, session.terms.for_more
    try:
        cost = cost_of_more(tariff, whole_second(at), wanted.minutes * 60, terms)
    except NoPrice:
        return msgspec.structs.replace(line, why_not=NO_PRICE)
    return msgspec.structs.replace(line, micros=cost)


def order_lines(
    read: Read, center: Center, names: Sequence[str], at: datetime, *, breaks: bool
) -> list[Line]:
    """The PCs that would be taken out of order, or back."""
    states = session_states(read, center, at)
    lines = []
    for pc in _named(read, center, names):
        state = states.get(pc.id)
        word = "broken" if pc.is_out_of_order else "free"
        line = Line(pc_id=pc.id, pc_name=pc.name, state=word)
        if state is not None and breaks:
            line = Line(pc_id=pc.id, pc_name=pc.name, state=state_word(state, at), why_not=IN_USE)
        lines.append(line)
    return lines


def names_by_id(read: Read, center_id: int) -> dict[int, str]:
    """PC id -> name of every PC of a centre."""
    return {row.id: row.name for row in pc_rows(read, center_id)}


def _named(read: Read, center: Center, names: Sequence[str]) -> list[Row]:
    wanted = {name.casefold() for name in names}
    found = [row for row in pc_rows(read, center.id) if row.name_key in wanted]
    return sorted(found, key=lambda row: natural_key(row.name))
