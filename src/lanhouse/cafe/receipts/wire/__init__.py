"""Documents in words: the lines that stand on paper, in a PDF, on the page and in the API alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lanhouse.cafe.metering.rules import BillLine
from lanhouse.cafe.printing.schemas import Line
from lanhouse.cafe.receipts.rules.fiscal import NONE, Fiscal, is_signed
from lanhouse.cafe.receipts.schemas import NOT_FISCAL, Head, Item, Paper, Receipt
from lanhouse.kit.money import (
    currency_decimals,
    format_fixed,
    format_plain,
    minor_unit_micros,
    unit_micros,
)
from lanhouse.web import format as formats
from lanhouse.web import i18n
from lanhouse.web.i18n import N_

RULE = Line(kind="rule")
_ITEMS = {
    "time": N_("Time"),
    "package": N_("Package: %(name)s"),
    "topup": N_("Top-up"),
    "goods": "%(name)s",
    "booking": N_("Booking: %(name)s"),
    "loan": N_("Lent"),
    "repaid": N_("Paid back of what was lent"),
    "expense": N_("For the house"),
    "deposit": N_("Time paid in advance, %(name)s"),
    "other": "%(name)s",
}
_PAID = {
    "cash": N_("Cash"),
    "card": N_("Card"),
    "qr": N_("QR"),
    "balance": N_("From balance"),
    "bonus": N_("From bonus"),
    "before": N_("Paid before"),
}
_GIVEN_BACK = {
    "cash": N_("Given back in cash"),
    "card": N_("Given back on the card"),
    "qr": N_("Given back"),
    "balance": N_("Back on the balance"),
    "bonus": N_("Back as bonus"),
    "before": N_("Given back"),
}
_BILL = {
    "time": "%(time)s %(what)s",
    "package": N_("%(time)s from “%(what)s”"),
    "free_minutes": N_("%(time)s free"),
    "free_session": N_("%(time)s without charge"),
    "least_time": N_("%(time)s least time"),
    "block": N_("%(time)s to a whole block"),
    "start_fee": N_("Fee"),
    "minimum_charge": N_("Minimum charge"),
    "paused": N_("%(time)s paused"),
    "daily_cap": N_("Daily cap"),
    "tax": N_("Tax"),
    "card_price": N_("Card price"),
    "rounding": N_("Rounding"),
}
_TOLD_BELOW = "tax_included"
"""A line of the bill that adds nothing: taxes stand below the total."""


class Words:
    """Texts, amounts and times in the language, currency and zone of a paper."""

    def __init__(self, language: str, currency: str, zone_name: str) -> None:
        self._language = language if language in i18n.LANGUAGES else i18n.DEFAULT_LANGUAGE
        self._gettext = i18n.translations(self._language).gettext
        self._currency = currency
        self._zone = ZoneInfo(zone_name)
        self._locale = i18n.locale_for(self._language, zone_name)

    def say(self, text: str, **values: Any) -> str:
        """A text of the catalogue, with its values."""
        told = self._gettext(text) if text else ""
        return told % values if values else told

    @property
    def unit_micros(self) -> int:
        """The smallest amount that is paid."""
        return unit_micros(self._currency)

    @property
    def step_micros(self) -> int:
        """The last decimal in which amounts are written."""
        return minor_unit_micros(self._currency)

    def money(self, micros: int) -> str:
        """An amount with its currency."""
        return formats.money(micros, self._currency, self._locale)

    def amount(self, micros: int) -> str:
        """An amount in a column, without the currency, in its decimals."""
        digits = format_fixed(abs(micros), currency_decimals(self._currency))
        text = formats.decimal_text(digits, self._locale)
        return f"-{text}" if micros < 0 else text

    def percent(self, rate_micros: int) -> str:
        """A rate of a tax."""
        return f"{formats.decimal_text(format_plain(rate_micros), self._locale)} %"

    def moment(self, at: datetime) -> str:
        """Date and time to the minute, in figures."""
        return at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M")

    def clock(self, at: datetime) -> str:
        """A time of day."""
        return formats.clock(at, self._zone, self._locale)


def words_of(paper: Paper) -> Words:
    """The words of a paper."""
    return Words(paper.head.language, paper.currency, paper.head.zone_name)


def receipt_lines(receipt: Receipt, paper: Paper, fiscal: Fiscal = NONE) -> list[Line]:
    """A receipt as lines."""
    words = words_of(paper)
    lines = [Line(kind="picture", picture=paper.logo)] if paper.logo else []
    lines.extend(head_lines(paper.head, words))
    number = words.say(N_("Receipt %(number)s"), number=receipt.document.subject_id)
    lines.append(Line(text=number, end=words.moment(receipt.at), is_strong=True))
    if paper.is_copy:
        lines.append(Line(text=words.say(N_("Copy")), is_strong=True))
    lines.extend(_about(receipt, words))
    lines.append(RULE)
    lines.extend(_sold(receipt, words))
    lines.append(RULE)
    lines.append(
        Line(text=words.say(N_("Total")), end=words.money(receipt.total_micros), is_strong=True)
    )
    lines.extend(_settled(receipt, words))
    signed = fiscal.sign(receipt) if is_signed(paper.head, receipt) else []
    lines.extend([RULE, *signed] if signed else [])
    lines.extend(foot_lines(paper.head, words))
    return lines


def head_lines(head: Head, words: Words) -> Iterator[Line]:
    """Who hands it out: name, address, tax number."""
    yield Line(text=head.name, is_strong=True, is_large=True, is_centered=True)
    for text in head.address.splitlines():
        yield Line(text=text, is_centered=True)
    if head.tax_number:
        text = words.say(N_("Tax number %(number)s"), number=head.tax_number)
        yield Line(text=text, is_centered=True)
    yield Line(kind="gap")


def foot_lines(head: Head, words: Words) -> Iterator[Line]:
    """The owner's lines, and the code."""
    yield Line(kind="gap")
    note = words.say(head.note) if head.note == NOT_FISCAL else head.note
    for text in note.splitlines():
        yield Line(text=text, is_centered=True)
    if head.opens:
        yield Line(text=words.say(N_("Open %(hours)s"), hours=head.opens), is_centered=True)
    if head.page:
        yield Line(text=head.page, is_centered=True)
    if head.link:
        yield Line(kind="gap")
        yield Line(kind="code", text=head.link)


def _about(receipt: Receipt, words: Words) -> Iterator[Line]:
    for label, text in (
        (N_("Account"), receipt.member_account),
        (N_("PC"), receipt.pc_name),
        (N_("Served by"), receipt.staff_name),
    ):
        if text:
            yield Line(text=words.say(label), end=text)


def _sold(receipt: Receipt, words: Words) -> Iterator[Line]:
    if receipt.bill is not None:
        for line in receipt.bill.lines:
            yield from _bill_line(line, words)
        return
    for item in receipt.items:
        yield from _item(item, words)
    if receipt.comment:
        yield Line(text=receipt.comment)


def _item(item: Item, words: Words) -> Iterator[Line]:
    text = words.say(_ITEMS[item.kind]) % {"name": item.name}
    text = text.rstrip(" ,")
    yield Line(text=text, end=words.amount(item.amount_micros))
    # Said only where pieces have a price that can be paid.
    if item.quantity != 1 and item.amount_micros % (item.quantity * words.unit_micros) == 0:
        each = words.amount(item.amount_micros // item.quantity)
        yield Line(text=f"{item.quantity} x {each}", is_more=True)


def _bill_line(line: BillLine, words: Words) -> Iterator[Line]:
    if line.kind == _TOLD_BELOW:
        return
    length = formats.exact_length(line.seconds)
    text = words.say(_BILL[line.kind]) % {"time": length, "what": line.what}
    yield Line(text=text, end=words.amount(line.amount_micros))
    if line.kind == "time":
        price = words.amount(int(line.price_per_hour) // words.step_micros * words.step_micros)
        times = f"{words.clock(line.from_at)}-{words.clock(line.to_at)}"
        yield Line(text=f"{times}, {price}/h", is_more=True)


def _settled(receipt: Receipt, words: Words) -> Iterator[Line]:
    for tax in receipt.taxes:
        name = tax.name or words.say(N_("Tax"))
        rate = words.percent(tax.rate_micros) if tax.rate_micros else ""
        text = " ".join(words.say(N_("%(tax)s %(rate)s in it"), tax=name, rate=rate).split())
        yield Line(text=text, end=words.amount(tax.amount_micros))
    for text, micros in paid_words(receipt.paid, words):
        yield Line(text=text, end=words.amount(micros))
    if receipt.bonus_micros:
        text = N_("Bonus given") if receipt.bonus_micros > 0 else N_("Bonus taken back")
        yield Line(text=words.say(text), end=words.amount(abs(receipt.bonus_micros)))


def paid_words(paid: Mapping[str, int], words: Words) -> Iterator[tuple[str, int]]:
    """Each tender with the amount, and what was given back by it as an amount of its own."""
    for tender, micros in paid.items():
        names = _PAID if micros > 0 else _GIVEN_BACK
        yield words.say(names[tender]), abs(micros)
