"""The X or Z report of a shift, and a guest's ticket, as lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from lanhouse.cafe.printing.schemas import Line
from lanhouse.cafe.receipts.schemas import Paper
from lanhouse.cafe.receipts.wire import RULE, Words, foot_lines, head_lines, words_of
from lanhouse.cafe.shifts.queries import HandedOver
from lanhouse.cafe.shifts.queries.views import ShiftView
from lanhouse.cafe.shifts.schemas import Count, Report
from lanhouse.cafe.shifts.schemas import Line as Sums
from lanhouse.kit.money import parse_micros
from lanhouse.web.i18n import N_


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """What a guest signs in with at one PC; a code stands in place of the log-in."""

    session_id: int
    """The number of the ticket, by which the desk finds the seat."""
    pc_name: str
    account: str
    password: str
    access_code: str
    started_at: datetime
    expires_at: datetime | None


def ticket_lines(ticket: Ticket, paper: Paper) -> list[Line]:
    """A guest's ticket. It is nobody's proof of a payment, and says no amount."""
    words = words_of(paper)
    lines = [*head_lines(paper.head, words)]
    lines.append(Line(text=ticket.pc_name, is_large=True, is_strong=True, is_centered=True))
    lines.append(Line(text=words.say(N_("Ticket")), end=str(ticket.session_id)))
    lines.append(Line(text=words.say(N_("From")), end=words.moment(ticket.started_at)))
    if ticket.expires_at is not None:
        lines.append(Line(text=words.say(N_("Until")), end=words.moment(ticket.expires_at)))
    lines.append(RULE)
    if ticket.access_code:
        lines.append(Line(text=words.say(N_("Access code"))))
        code = f"{ticket.access_code[:4]} {ticket.access_code[4:]}"
        lines.append(Line(text=code, is_large=True, is_strong=True, is_centered=True))
    else:
        lines.append(Line(text=words.say(N_("Account")), end=ticket.account, is_strong=True))
        lines.append(Line(text=words.say(N_("Password")), end=ticket.password, is_strong=True))
    lines.append(RULE)
    lines.append(Line(text=words.say(N_("It ends with the session.")), is_centered=True))
    return lines


def shift_lines(
    view: ShiftView, names: Mapping[int, str], closed_by: str, paper: Paper
) -> list[Line]:
    """An X report, or the frozen Z report; `names` are the accounts of the staff by id. What this
    reader must not see before the count is left out, and said to be."""
    words, report, row = words_of(paper), view.report, view.row
    lines = [*head_lines(paper.head, words)]
    title = (
        words.say(N_("Z report %(number)s"), number=row.z_number)
        if row.z_number
        else words.say(N_("X report"))
    )
    lines.append(Line(text=title, end=words.moment(report.at), is_strong=True))
    if paper.is_copy:
        lines.append(Line(text=words.say(N_("Copy")), is_strong=True))
    lines.append(Line(text=words.say(N_("Till")), end=row.till_name))
    lines.append(Line(text=words.say(N_("Who")), end=row.staff_name))
    if closed_by:
        lines.append(Line(text=words.say(N_("Closed by")), end=closed_by))
    lines.append(Line(text=words.say(N_("From")), end=words.moment(row.opened_at)))
    to = words.say(N_("still open")) if view.is_open else words.moment(row.closed_at)
    lines.append(Line(text=words.say(N_("To")), end=to))
    lines.append(RULE)
    if not view.is_shown:
        told = words.say(N_("What should be there is shown once the drawer is counted."))
        return [*lines, Line(text=told), *foot_lines(paper.head, words)]
    lines.extend(_figures(view, words))
    if report.count is not None:
        lines.append(RULE)
        lines.extend(_earlier_counts(view.earlier_counts, words))
        lines.extend(_count(report, report.count, words, is_open=view.is_open))
    if row.comment:
        lines.append(Line(text=row.comment))
    if view.handed_over is not None:
        lines.append(RULE)
        lines.extend(_handed_over(view.handed_over, names, words))
    lines.extend(foot_lines(paper.head, words))
    return lines


def _figures(view: ShiftView, words: Words) -> Iterator[Line]:
    report, figures = view.report, view.report.figures
    yield Line(text=words.say(N_("Float")), end=words.amount(figures.float_micros))
    for label, sums in (
        (N_("Time sold"), figures.time),
        (N_("Packages"), figures.packages),
        (N_("Goods"), figures.goods),
        (N_("Top-ups"), figures.topups),
        (N_("Refunds"), figures.refunds),
        (N_("Other"), figures.other),
    ):
        yield from _sums(words.say(label), sums, words)
    for paid in report.expenses:
        what = view.reasons.expenses[paid.log_id]
        text = words.say(N_("For the house: %(what)s"), what=what)
        yield Line(text=text, end=words.amount(paid.cash_micros))
    for move in report.moves:
        if move.kind in ("in", "out"):
            what = view.reasons.moves[move.move_id]
            label = N_("Cash in: %(what)s") if move.kind == "in" else N_("Cash out: %(what)s")
            yield Line(text=words.say(label, what=what), end=words.amount(move.amount_micros))
    yield RULE
    expected = words.money(figures.expected_micros)
    yield Line(text=words.say(N_("Should be there")), end=expected, is_strong=True)
    yield Line(text=words.say(N_("Card")), end=words.amount(figures.all.card_micros))
    yield Line(text=words.say(N_("QR")), end=words.amount(figures.all.qr_micros))
    yield RULE
    for label, micros in (
        (N_("Paid from balances"), figures.spend_micros),
        (N_("Paid from bonus"), figures.bonus_spent_micros),
        (N_("Bonus given"), figures.bonus_given_micros),
    ):
        yield Line(text=words.say(label), end=words.amount(micros))
    if figures.tax_micros:
        yield Line(text=words.say(N_("Tax in what was sold")), end=words.amount(figures.tax_micros))
    for slot, micros in enumerate(figures.taxes_micros or (), 1):
        if micros:
            label = words.say(N_("of it tax %(number)s"), number=slot)
            yield Line(text=label, end=words.amount(micros))
    for sold in (*report.packages, *report.goods):
        in_cash = f"{words.amount(sold.cash_micros)} {words.say(N_('in cash'))}"
        yield Line(text=f"{sold.number} x {sold.name}", end=in_cash)


def _sums(label: str, sums: Sums, words: Words) -> Iterator[Line]:
    """How often, and the cash; what came by card and QR in rows below."""
    if not (sums.number or sums.total_micros):
        return
    yield Line(text=f"{label} ({sums.number})", end=words.amount(sums.cash_micros))
    for tender, micros in ((N_("Card"), sums.card_micros), (N_("QR"), sums.qr_micros)):
        if micros:
            yield Line(text=words.say(tender), end=words.amount(micros), is_more=True)


def _earlier_counts(counts: Sequence[Count], words: Words) -> Iterator[Line]:
    for count in counts:
        text = words.say(N_("Counted first at %(time)s"), time=words.clock(count.at))
        yield Line(text=text, end=words.amount(count.counted_micros))
        difference = words.amount(count.difference_micros)
        yield Line(text=words.say(N_("Difference")), end=difference, is_more=True)


def _handed_over(handed: HandedOver, names: Mapping[int, str], words: Words) -> Iterator[Line]:
    """Who gave and who received the drawer, and what went on."""
    row = handed.row
    yield Line(text=words.say(N_("Handed over")), end=words.moment(row.at), is_strong=True)
    for label, staff_id in (
        (N_("Given by"), row.given_by_id),
        (N_("Received by"), row.received_by_id),
    ):
        yield Line(text=words.say(label), end=names.get(staff_id, str(staff_id)))
    for order in handed.orders:
        text = words.say(N_("Order %(number)s"), number=order.id)
        whose = order.member_account or order.pc_name
        yield Line(text=f"{text}, {whose}" if whose else text, end=words.amount(order.total_micros))
    for session in handed.sessions:
        since = words.say(N_("since %(time)s"), time=words.moment(session.started_at))
        yield Line(text=session.pc_name, end=since)


def _count(report: Report, count: Count, words: Words, *, is_open: bool) -> Iterator[Line]:
    for value, number in sorted(count.pieces.items(), key=lambda each: -parse_micros(each[0])):
        micros = parse_micros(value)
        text = f"{number} x {words.amount(micros)}"
        yield Line(text=text, end=words.amount(micros * number))
    counted = words.say(N_("Counted at %(time)s"), time=words.clock(count.at))
    yield Line(text=counted, end=words.amount(count.counted_micros))
    yield Line(text=words.say(N_("Should be there")), end=words.amount(count.expected_micros))
    difference = words.amount(count.difference_micros)
    yield Line(text=words.say(N_("Difference")), end=difference, is_strong=True)
    if not is_open:
        for label, micros in (
            (N_("In the drawer at the close"), report.cash_end_micros),
            (N_("Stays in the drawer"), report.left_micros),
            (N_("To the safe"), report.to_safe_micros),
        ):
            yield Line(text=words.say(label), end=words.amount(micros))
        if report.guests_left:
            left = words.say(N_("Left by guests (%(count)s)"), count=report.guests_left)
            yield Line(text=left, end=words.amount(report.guests_left_micros))
