"""What is printed: receipts of sales, reports of shifts, tickets of guests. Amounts in micros."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from lanhouse.cafe.centers.schemas.payment.desk import NOT_FISCAL
from lanhouse.cafe.metering.rules import Bill


class Kind(StrEnum):
    """What a document is about, whose id it carries."""

    LOG = "log"
    """A receipt: a row of the billing log."""
    SHIFT = "shift"
    """The X report of an open shift, or the Z report of a closed one."""
    TICKET = "ticket"
    """The log-in of a guest, while the session runs."""


class Document(msgspec.Struct, frozen=True):
    """Something that can be printed, by what it is made from."""

    kind: Kind
    subject_id: int


class TaxRate(msgspec.Struct, frozen=True):
    """A tax as the centre calls it; the rate in micros of a percent."""

    name: str = ""
    rate_micros: int = 0


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a centre says of itself on its receipts, from a moment on."""

    name: str
    zone_name: str
    address: str = ""
    """Lines."""
    tax_number: str = ""
    note: str = NOT_FISCAL
    """The owner's line."""
    link: str = ""
    """What the code at the end leads to; "" = there is none."""
    language: str = "en"
    taxes: tuple[TaxRate, ...] = ()
    """Taxes 1 to 3 are those of goods, 4 that of time."""
    is_tax_included: bool = False
    has_logo: bool = False
    """Whether receipts begin with the centre's logo (allow_print_logo)."""
    opens: str = ""
    """The hours, where receipts tell more about the centre (print_additional_info)."""
    page: str = ""
    """Where to join, likewise."""
    signs_cash: bool = False
    """Whether what is paid in cash goes to the fiscal device too (tax_printer_for_cash)."""


class Tax(msgspec.Struct, frozen=True):
    """A tax that is in an amount."""

    name: str
    rate_micros: int
    amount_micros: int


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was sold: a line of a receipt.

    `kind` says in which words it is told: time, package, topup, goods, booking, loan, repaid,
    expense, deposit or other. `tax_number` is the tax that is in it (1 to 4), 0 = none.
    """

    kind: str
    amount_micros: int
    name: str = ""
    quantity: int = 1
    tax_number: int = 0


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt before it is put into words."""

    document: Document
    at: datetime
    staff_name: str
    """Who took the money; "" = a program or the clock."""
    member_account: str = ""
    pc_name: str = ""
    items: tuple[Item, ...] = ()
    bill: Bill | None = None
    """Of a session that ended here: its lines stand in place of items."""
    total_micros: int
    taxes: tuple[Tax, ...] = ()
    """What is in the total."""
    paid: Mapping[str, int] = {}
    """By tender (cash, card, qr, balance, bonus, before); what was given back is negative."""
    bonus_micros: int = 0
    """Given on top."""
    comment: str = ""


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """Whatever is on a strip, and how it is told."""

    head: Head
    currency: str
    is_copy: bool = False
    """Whether it was handed out before."""
    logo: bytes = b""
    """The picture at the beginning, as it is kept; empty = there is none."""


class Issue(msgspec.Struct, frozen=True):
    """Which print of a document this is; 1 is the original."""

    number: int
