"""Moving the money of members and tills: the ledger's transfer and the row of the log.

Amounts are micros by (owner kind, owner id, account kind); the kinds stand in kinds.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import CenterOpened
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.kinds import BY_ACCOUNT, KINDS
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry, Subject, columns_of, subject_of_group
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.db.statements import static
from lanhouse.db.store import Read, Tx
from lanhouse.ledger import Posting, Transfer, book_of_center, open_account, post

Amounts = Mapping[tuple[str, int, str], int]
"""Micros by (owner kind, owner id, account kind); they sum to zero in each currency."""
Accounts = Mapping[tuple[str, int, str], int]
"""Ids of ledger accounts by (owner kind, owner id, account kind)."""

_ACCOUNT = static(
    sa.select(members.c.account, members.c.group_id).where(
        members.c.center_id == sa.bindparam("center"), members.c.id == sa.bindparam("member")
    )
)
_PC = static(
    sa.select(pcs.c.id, pcs.c.pc_group_id, pcs.c.console_type).where(
        pcs.c.center_id == sa.bindparam("center"), pcs.c.name == sa.bindparam("name")
    )
)


def open_center_accounts(tx: Tx, facts: Sequence[CenterOpened]) -> None:
    """Open the accounts of new centres; follows CenterOpened."""
    for fact in facts:
        for kind in KINDS:
            if kind.owner == "center":
                _open(tx, fact.center_id, fact.currency, ("center", fact.center_id, kind.name))


def transfer_of(
    tx: Tx,
    center: Center,
    actor: Actor,
    kind: str,
    amounts: Amounts,
    *,
    known: Accounts | None = None,
    reverses_id: int | None = None,
) -> Transfer:
    """The ledger's transfer for `amounts`, zeros left out.

    Accounts that are not `known` are looked up or opened.
    """
    postings: list[Posting] = []
    for owner, amount in amounts.items():
        if not amount:
            continue
        account_id = known.get(owner) if known else None
        if account_id is None:
            account_id = _open(tx, center.id, center.currency, owner)
        postings.append(Posting(account_id, amount))
    return Transfer(
        book_id=book_of_center(center.id),
        kind=kind,
        postings=postings,
        actor_kind=actor.kind,
        actor_id=actor.subject_id,
        reverses_id=reverses_id,
    )


def transfer(tx: Tx, center: Center, actor: Actor, kind: str, amounts: Amounts) -> int | None:
    """Post `amounts`; answers the transfer's id, or None when nothing moves."""
    wanted = transfer_of(tx, center, actor, kind, amounts)
    return post(tx, wanted).transfer_id if wanted.postings else None


def _open(tx: Tx, center_id: int, currency: str, owner: tuple[str, int, str]) -> int:
    owner_kind, owner_id, name = owner
    kind = BY_ACCOUNT[owner_kind, name]
    return open_account(
        tx,
        book_of_center(center_id),
        owner_kind,
        owner_id,
        name,
        kind.currency or currency,
        may_go_negative=kind.may_go_negative,
    )


def account_of(read: Read, center_id: int, member_id: int) -> tuple[str, int]:
    """The member's account and group; empty and 0 when there is no such member."""
    member = read.one(_ACCOUNT, center=center_id, member=member_id)
    return ("", 0) if member is None else (member.account, member.group_id)


def note(
    tx: Tx,
    center: Center,
    actor: Actor,
    event: Event,
    member_id: int,
    pc_name: str,
    *,
    amounts: Amounts | None = None,
    transfer_id: int | None = None,
    used_seconds: int = 0,
    details: str = "",
    at: datetime | None = None,
) -> LogEntry:
    """Write one row of the billing log, and answer it; its amounts are those of the transfer.

    `at` is when it happened; None = now.
    """
    account, group_id = account_of(tx, center.id, member_id)
    entry = LogEntry(
        center_id=center.id,
        event=event,
        subject=subject_of_group(group_id),
        member_id=member_id,
        member_account=account,
        member_group_id=group_id,
        used_seconds=used_seconds,
        staff_id=actor.staff_id,
        staff_name=actor.staff_name,
        details=details,
        transfer_id=transfer_id,
        at=at,
        **columns_of(amounts or {}),
    )
    entry = on_pc(tx, entry, pc_name)
    write_log(tx, entry)
    return entry


def on_pc(tx: Tx, entry: LogEntry, pc_name: str) -> LogEntry:
    """The row with the PC on which it happened, its id and group as they are now; "" = on none.

    What happens on a console is told under "console", whoever plays.
    """
    pc = tx.one(_PC, center=entry.center_id, name=pc_name) if pc_name else None
    if pc is None:
        return msgspec.structs.replace(entry, pc_name=pc_name)
    return msgspec.structs.replace(
        entry,
        subject=Subject.CONSOLE if pc.console_type else entry.subject,
        pc_id=pc.id,
        pc_name=pc_name,
        pc_group_id=pc.pc_group_id,
    )
