"""Members and the accounts of a top-up: found and locked in one statement.

The same lock as sessions.commands.lock_member, taken first and by rising id, with only what a
top-up needs: it is the busiest write of the house.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.movements import Accounts
from lanhouse.cafe.own_limits.tables import own_limits
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Tx
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts

_MEMBER = (
    members.c.id,
    members.c.account,
    members.c.group_id,
    members.c.deleted_at,
    # Whether he has ever limited what he tops up.
    sa.exists(
        sa.select(sa.literal(1)).where(
            own_limits.c.member_id == members.c.id,
            own_limits.c.kind == sa.literal_column("'topup'"),
        )
    ).label("is_limited"),
)
_BOOK = accounts.c.book_id == sa.bindparam("book")
_MONEY = accounts.c.currency == sa.bindparam("currency")


def _account(owner_kind: str, owner_id: Any, kind: Any) -> Any:
    return (
        sa.select(accounts.c.id)
        .where(
            _BOOK,
            accounts.c.owner_kind == owner_kind,
            accounts.c.owner_id == owner_id,
            accounts.c.kind == kind,
            _MONEY,
        )
        .scalar_subquery()
    )


# An account's id never changes, so it does not matter that PostgreSQL reads it before the lock is
# there; balances are read after it.
_LOCK = static(
    sa.select(
        *_MEMBER,
        _account("member", members.c.id, "balance").label("balance_account"),
        _account("center", members.c.center_id, sa.bindparam("till")).label("till_account"),
    )
    .where(members.c.center_id == sa.bindparam("center"), members.c.id == sa.bindparam("member"))
    .with_for_update(key_share=True, of=members)
)


_LOCK_MANY = static(
    sa.select(*_MEMBER)
    .where(members.c.center_id == sa.bindparam("center"), among(members.c.id, "members"))
    .order_by(members.c.id)
    .with_for_update(key_share=True, of=members)
)
_ACCOUNTS = static(
    sa.select(accounts.c.owner_kind, accounts.c.owner_id, accounts.c.kind, accounts.c.id).where(
        _BOOK,
        sa.or_(
            (accounts.c.owner_kind == "center") & (accounts.c.owner_id == sa.bindparam("center")),
            (accounts.c.owner_kind == "member") & among(accounts.c.owner_id, "members"),
        ),
    )
)


def lock_for_top_up(tx: Tx, center: Center, member_id: int, till: str) -> tuple[Row, Accounts]:
    """The member's row, locked, with the accounts that a plain top-up moves if they are open.

    `till` is cash, card or qr, or empty. Raises MemberNotFound.
    """
    row = tx.one(
        _LOCK,
        center=center.id,
        member=member_id,
        book=book_of_center(center.id),
        currency=center.currency,
        till=till,
    )
    if row is None or row.deleted_at is not None:
        raise MemberNotFound
    known = {
        ("member", member_id, "balance"): row.balance_account,
        ("center", center.id, till): row.till_account,
    }
    return row, {owner: account for owner, account in known.items() if account is not None}


def lock_many(tx: Tx, center_id: int, member_ids: Sequence[int]) -> dict[int, Row]:
    """The rows of several members, locked by rising id; unknown ones are absent."""
    rows = tx.all(_LOCK_MANY, center=center_id, members=list(member_ids))
    return {row.id: row for row in rows}


def accounts_of_many(tx: Tx, center: Center, member_ids: Sequence[int]) -> Accounts:
    """All accounts of the centre and the open ones of several members, in one look."""
    rows = tx.all(
        _ACCOUNTS,
        book=book_of_center(center.id),
        center=center.id,
        members=list(member_ids),
    )
    return {(row.owner_kind, row.owner_id, row.kind): row.id for row in rows}
