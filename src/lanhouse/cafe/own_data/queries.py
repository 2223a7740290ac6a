"""Everything that the house keeps of one member, list by list and page by page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from lanhouse.auth.tables import tokens
from lanhouse.cafe.bookings.tables import bookings
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.client.tables import favorite_games
from lanhouse.cafe.events.tables import event_players, game_records, rank_consents
from lanhouse.cafe.feedback.tables import feedback
from lanhouse.cafe.files.queries import whole_file
from lanhouse.cafe.files.schemas import StoredFile
from lanhouse.cafe.loyalty.tables import referral_codes, referrals, rewards
from lanhouse.cafe.members.queries import member_by_id, purse_of
from lanhouse.cafe.members.queries.card import photo_key
from lanhouse.cafe.members.tables import member_consents, member_notes, members
from lanhouse.cafe.messages.tables import member_messages
from lanhouse.cafe.minors.tables import age_proofs, minor_consents
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.offers.tables import member_offers
from lanhouse.cafe.orders.tables import order_lines, orders
from lanhouse.cafe.own_limits.schemas import Kind as LimitKind
from lanhouse.cafe.own_limits.tables import own_limits
from lanhouse.cafe.payments.tables import payment_orders
from lanhouse.cafe.promo.tables import promo_uses
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed

PART_ROWS = 1000
"""Rows of a list that one look reads."""
_HIDDEN = frozenset({"password_hash", "account_key", "search_key", "pending_import_id"})
_MICROS = "_micros"

Cells = dict[str, Any]
"""A row as it is handed out: texts, numbers, truth values and None by column."""


class Kept(NamedTuple):
    """A list of rows about a member, in the order of their ids."""

    name: str
    columns: tuple[str, ...]
    source: Any
    key: Any
    of_member: Callable[[int, int], sa.ColumnElement[bool]]


def _of(table: Any) -> Callable[[int, int], sa.ColumnElement[bool]]:
    return lambda center_id, member_id: (
        (table.c.center_id == center_id) & (table.c.member_id == member_id)
    )


def _all(table: Any, name: str, *columns: str) -> Kept:
    source = sa.select(table.c.id.label("row_key"), *(table.c[column] for column in columns))
    return Kept(name, columns, source, table.c.id, _of(table))


def _keyed(table: Any, name: str, key: sa.ColumnElement[int], *columns: str) -> Kept:
    """As _all(), of a table whose rows have no number: `key` tells those of one member apart."""
    source = sa.select(key.label("row_key"), *(table.c[column] for column in columns))
    return Kept(name, columns, source, key, _of(table))


_LIMIT_KEY = sa.case(
    {kind.value: number for number, kind in enumerate(LimitKind, 1)},
    value=own_limits.c.kind,
    else_=len(LimitKind) + 1,
)
_LIMIT_COLUMNS = ("kind", "value", "next_value", "next_at", "changed_at")
# An order has far fewer lines than this.
_LINE_KEY = order_lines.c.order_id * 10_000 + order_lines.c.number
_LINES = (
    sa.select(
        _LINE_KEY.label("row_key"),
        *(order_lines.c[name] for name in ("order_id", "name", "quantity", "price_micros")),
    )
    .select_from(order_lines.join(orders, orders.c.id == order_lines.c.order_id))
    .where(orders.c.center_id == order_lines.c.center_id)
)

LISTS = (
    _all(
        billing_logs,
        "log",
        *("id", "at", "event", "member_account", "pc_name", "cash_micros", "card_micros"),
        *("qr_micros", "spend_micros", "balance_micros", "bonus_micros", "coin_micros"),
        *("loan_micros", "cost_micros", "used_seconds", "details"),
    ),
    _all(
        pc_sessions,
        "sessions",
        *("id", "pc_name", "kind", "started_at", "ended_at", "played_seconds", "cost_micros"),
        *("from_balance_micros", "from_bonus_micros"),
    ),
    _all(
        topups,
        "top_ups",
        *("id", "at", "kind", "payment", "value_micros", "bonus_micros", "coin_micros"),
        *("point_micros", "comment"),
    ),
    _all(
        orders,
        "orders",
        *("id", "at", "status", "payment", "pc_name", "total_micros", "tax_micros"),
        *("coin_micros", "refunded_micros", "note"),
    ),
    Kept(
        "order_lines",
        ("order_id", "name", "quantity", "price_micros"),
        _LINES,
        _LINE_KEY,
        _of(orders),
    ),
    _all(
        member_offers,
        "packages",
        *("id", "name", "price_micros", "seconds", "seconds_left", "bought_at", "expires_at"),
        *("payment", "refunded_at"),
    ),
    _all(
        bookings,
        "bookings",
        *("id", "pc_name", "kind", "state", "starts_at", "ends_at", "offer_name", "comment"),
        *("payment", "cost_micros", "made_at", "source", "refund_micros"),
    ),
    _all(
        payment_orders,
        "payments",
        *("id", "at", "purpose", "gateway", "amount_micros", "status", "paid_at"),
    ),
    _all(member_notes, "notes", "id", "at", "text"),
    _all(
        member_consents,
        "consents",
        *("id", "kind", "details", "given_at", "given_to"),
        *("withdrawn_at", "withdrawn_by"),
    ),
    _all(member_messages, "messages", "id", "sent_at", "text", "read_at"),
    Kept(
        "favorite_games",
        ("game_id", "at"),
        sa.select(
            favorite_games.c.game_id.label("row_key"),
            favorite_games.c.game_id,
            favorite_games.c.at,
        ),
        favorite_games.c.game_id,
        _of(favorite_games),
    ),
    _all(feedback, "feedback", "id", "at", "pc_name", "subject", "message", "answered_at"),
    _all(age_proofs, "age_proofs", "id", "birthday", "document", "seen_at"),
    _all(
        minor_consents,
        "guardians",
        *("id", "guardian", "reason", "given_at", "until_at", "withdrawn_at"),
    ),
    _keyed(own_limits, "own_limits", _LIMIT_KEY, *_LIMIT_COLUMNS),
    _all(event_players, "events", "id", "event_id", "joined_at", "place", "prize_micros"),
    _all(
        game_records,
        "games_played",
        *("id", "event_id", "game_code", "at", "wins", "kills", "assists", "deaths"),
        *("score_micros", "coin_micros", "voided_at"),
    ),
    _keyed(rank_consents, "rankings", rank_consents.c.member_id, "is_shown", "at"),
    _keyed(referral_codes, "code_for_friends", referral_codes.c.member_id, "code"),
    _all(
        referrals,
        "brought_by_a_friend",
        *("id", "at", "spent_micros", "counted_at", "friend_given_micros"),
    ),
    _all(promo_uses, "promo_codes", "id", "promo_id", "at", "bonus_micros", "coin_micros"),
    _all(rewards, "rewards", "id", "at", "event", "paid_micros", "point_micros", "bonus_micros"),
)
"""What is kept of a member beside his own row."""


class Person(msgspec.Struct, frozen=True):
    """The member's row, what he owns, and where he is signed in."""

    profile: Cells
    money: Cells
    sign_ins: list[Cells]


def person_of(read: Read, center: Center, member_id: int) -> Person | None:
    """A member or guest (centre, id), or None."""
    row = member_by_id(read, center.id, member_id)
    if row is None:
        return None
    purse = purse_of(read, center, member_id)
    names = [column.name for column in members.c if column.name not in _HIDDEN]
    signed_in = read.all(
        sa.select(tokens.c.created_at, tokens.c.expires_at, tokens.c.address, tokens.c.program)
        .where(
            tokens.c.center_id == center.id,
            tokens.c.kind == "member",
            tokens.c.subject_id == member_id,
        )
        .order_by(tokens.c.created_at)
    )
    used = ("created_at", "expires_at", "address", "program")
    return Person(
        profile=_cells(center, row, names),
        money={
            name.removesuffix(_MICROS): format_fixed(micros)
            for name, micros in msgspec.structs.asdict(purse).items()
        },
        sign_ins=[_cells(center, each, used) for each in signed_in],
    )


def photo_of(read: Read, center_id: int, member_id: int) -> StoredFile | None:
    """The photo that is kept of a member, or None."""
    key = photo_key(read, center_id, member_id)
    return None if key is None else whole_file(read, key)


def rows_of(
    read: Read, center: Center, member_id: int, kept: Kept, after: int
) -> tuple[list[Cells], int | None]:
    """The next rows of a list whose id is above `after`, and where it goes on; None at its end."""
    found = read.all(
        kept.source.where(kept.of_member(center.id, member_id), kept.key > after)
        .order_by(kept.key)
        .limit(PART_ROWS)
    )
    cells = [_cells(center, row, kept.columns) for row in found]
    return cells, found[-1].row_key if len(found) == PART_ROWS else None


def _cells(center: Center, row: Row, names: Any) -> Cells:
    return {name.removesuffix(_MICROS): _cell(center, name, getattr(row, name)) for name in names}


def _cell(center: Center, name: str, value: Any) -> Any:
    if name.endswith(_MICROS):
        return None if value is None else format_fixed(value)
    if isinstance(value, datetime):
        return local_text(value, center.zone)
    return value.isoformat() if isinstance(value, date) else value
