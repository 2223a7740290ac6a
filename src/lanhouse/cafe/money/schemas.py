"""What a billing log row says: the closed set of events, whom it is about, and the amounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from lanhouse.cafe.money.kinds import BY_ACCOUNT, MONEY_COLUMNS


class Event(StrEnum):
    """What happened. The set is closed; a new noun adds its member here."""

    TOPUP = "TOPUP"
    """Money, bonus or coins were put on an account, or taken back (negative, with a comment)."""
    ADDTIME = "ADDTIME"
    """A guest paid for time on a PC, at the start or later."""
    OFFER = "OFFER"
    """A time package was sold."""
    SALE = "SALE"
    """Goods were sold, or given back (negative)."""
    OTHERTENDER = "OTHERTENDER"
    """Money was given back another way than it came; the amounts stand in the event's own row."""
    REWARD = "REWARD"
    """Points, bonus or coins were given for a sale, a friend, a game or a promo code; or were taken
    back with the sale that gave them."""
    EXPIRED = "EXPIRED"
    """Bonus ended and went back to the house."""
    CHECKOUT = "CHECKOUT"
    """A session ended and was paid."""
    LOAN = "LOAN"
    """A member got balance that he owes."""
    SESSION = "SESSION"
    """A session began, moved or was handed on; no money moved."""
    MEMBER = "MEMBER"
    """A member or guest account was made, changed or removed."""
    LOGIN = "LOGIN"
    """A person of the staff signed in; the details hold the address."""
    EXPENSE = "EXPENSE"
    """Cash was taken out of the till for the house."""
    SHIFT = "SHIFT"
    """A shift was opened, counted, closed or handed over."""
    TILL = "TILL"
    """Cash was put into a drawer or taken out of it without a sale."""
    OPENING = "OPENING"
    """A balance was carried over from before the house used this ledger."""
    FEEDBACK = "FEEDBACK"
    """A customer wrote to the house."""
    RESTOCKNOTIFY = "RESTOCKNOTIFY"
    """A product ran low."""
    MANUALCONFIRMQR = "MANUALCONFIRMQR"
    """Staff confirmed a QR payment by hand."""
    ADMINEXIT = "ADMINEXIT"
    """Somebody left the PC client with the staff password."""
    KEYNOTIFY = "KEYNOTIFY"
    """The API key ends soon."""


class Subject(StrEnum):
    """Whom an event is about: a line of the reports (cafe-domain 11, top-up lines)."""

    MEMBER = "member"
    """An account with a group of 0 or more."""
    GUEST = "guest"
    """A guest account that staff made (group -1)."""
    PREPAID = "prepaid"
    """A guest who paid first (group -2)."""
    POSTPAID = "postpaid"
    """A guest who pays at check-out (group -3)."""
    OFFER = "offer"
    """A guest who plays on a package (group -4)."""
    FREE = "free"
    """A session that nobody pays (group -5)."""
    CONSOLE = "console"
    """Anybody who plays on a console or table instead of a PC."""
    CENTER = "center"
    """The house itself."""


_OF_GROUP = {
    -1: Subject.GUEST,
    -2: Subject.PREPAID,
    -3: Subject.POSTPAID,
    -4: Subject.OFFER,
    -5: Subject.FREE,
}


def subject_of_group(member_group_id: int) -> Subject:
    """The subject of an account's group: members are those above -1 (cafe-domain 0, constants)."""
    return _OF_GROUP.get(member_group_id, Subject.MEMBER)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the log tells of a sale beside what moved, in micros; what goes back is negative."""

    goods_cost_micros: int = 0
    """What the goods had cost the house."""
    discount_micros: int = 0
    """What the customer would have paid more; what goes back takes none of it back."""
    by_hand_micros: int = 0
    """The part of it that a person took off."""
    tax1_micros: int = 0
    tax2_micros: int = 0
    tax3_micros: int = 0
    """The tax of the goods by its slot."""


NOTHING_TOLD = Told()


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One row to write; amounts in micros with the signs of tables.billing_logs.

    Take the amounts from columns_of() when a transfer belongs to the event: then they agree
    with the ledger by construction.
    """

    center_id: int
    event: str
    subject: str = Subject.CENTER
    member_id: int = 0
    member_account: str = ""
    member_group_id: int = 0
    pc_id: int | None = None
    pc_name: str = ""
    pc_group_id: int | None = None
    cash_micros: int = 0
    card_micros: int = 0
    qr_micros: int = 0
    spend_micros: int = 0
    balance_micros: int = 0
    bonus_micros: int = 0
    coin_micros: int = 0
    loan_micros: int = 0
    cost_micros: int = 0
    other_tender_micros: int = 0
    """What went back another way than it came (OTHERTENDER only)."""
    used_seconds: int = 0
    tax_micros: int = 0
    """The tax in `cost_micros`."""
    goods_cost_micros: int = 0
    discount_micros: int = 0
    by_hand_micros: int = 0
    tax1_micros: int = 0
    tax2_micros: int = 0
    tax3_micros: int = 0
    """These six as in Told."""
    staff_id: int = 0
    staff_name: str = ""
    details: str = ""
    transfer_id: int | None = None
    shift_id: int | None = None
    """In whose shift money moved."""
    at: datetime | None = None
    """When it happened, if that was before the command that writes it (decision 0077)."""


def columns_of(amounts: Mapping[tuple[str, int, str], int]) -> dict[str, Any]:
    """The log's amounts (fields of LogEntry, int micros) for what a transfer moves.

    `amounts` are micros by (owner kind, owner id, account kind).

    `spend_micros` is what left the balance for something that was sold, not what was paid out.
    """
    columns = dict.fromkeys((*MONEY_COLUMNS, "spend_micros"), 0)
    for (owner_kind, _, kind), amount in amounts.items():
        known = BY_ACCOUNT.get((owner_kind, kind))  # an agent's account is no kind of the café's
        if known is not None and known.column:
            columns[known.column] += known.sign * amount
        if known is not None and known.part_column:
            columns[known.part_column] += known.sign * amount
    columns["spend_micros"] = spend_of(columns)
    return columns


def spend_of(columns: Mapping[str, int]) -> int:
    """What a member paid from the balance, from the other amounts of the row.

    Of what left the balance, the part given back in cash, by card or by QR was not spent.
    Nothing is spent when nothing was sold. Where a sale is taken back, what comes onto the balance
    was spent, and what is handed out never lay there.
    """
    if not columns["cost_micros"]:
        return 0
    if columns["cost_micros"] < 0:
        return -columns["balance_micros"]
    money = columns["cash_micros"] + columns["card_micros"] + columns["qr_micros"]
    return -columns["balance_micros"] + min(money, 0)
