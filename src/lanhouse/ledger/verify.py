"""Verification: recompute chain, sums and balances, and name the first bad row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import msgspec
import sqlalchemy as sa

from lanhouse.db.digests import row_digests
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.ledger.answers import digest_of
from lanhouse.ledger.rows import Digests, changed_since, rows_problem
from lanhouse.ledger.sealing import (
    DIGEST,
    DIGEST_COLUMNS,
    ENTRY,
    GENESIS,
    IS_DIGEST_SEALED,
    IS_SEALED,
    LATE_IDS,
    SEALED_COLUMNS,
    SEALED_WIDTH,
    chain_hash,
    digest_hash,
)
from lanhouse.ledger.tables import accounts, answers, entries, seal_head, seals, transfers

_PAGE = 10_000

_ENTRIES = static(
    sa.select(
        entries.c.id,
        entries.c.account_id,
        entries.c.amount_micros,
        entries.c.before_micros,
        entries.c.after_micros,
    )
    .where(entries.c.id > sa.bindparam("after_id"))
    .order_by(entries.c.id)
    .limit(_PAGE)
)
_SEALS = static(
    sa.select(
        *SEALED_COLUMNS,
        *(column.label(f"digest_{place}") for place, column in enumerate(DIGEST_COLUMNS)),
        seals.c.sequence,
        seals.c.kind.label("stands_for"),
        seals.c.row_id.label("sealed_id"),
        seals.c.hash,
    )
    .select_from(seals)
    .outerjoin(row_digests, IS_DIGEST_SEALED)
    .outerjoin(entries, IS_SEALED)
    .outerjoin(transfers, transfers.c.id == entries.c.transfer_id)
    .outerjoin(accounts, accounts.c.id == entries.c.account_id)
    .where(seals.c.sequence > sa.bindparam("after"))
    .order_by(seals.c.sequence)
    .limit(_PAGE)
)


DIGEST_WIDTH = len(DIGEST_COLUMNS)

_SEALED_AT = static(sa.select(seals.c.hash).where(seals.c.sequence == sa.bindparam("place")))
_BALANCE_BEFORE = static(
    sa.select(entries.c.after_micros)
    .where(entries.c.account_id == sa.bindparam("account"), entries.c.id <= sa.bindparam("up_to"))
    .order_by(entries.c.id.desc())
    .limit(1)
)
_FIRST_TRANSFER = static(
    sa.select(sa.func.min(entries.c.transfer_id)).where(entries.c.id > sa.bindparam("after_id"))
)


class Point(msgspec.Struct, frozen=True):
    """Up to where a clean verification came: the newest seal then, and the newest entry."""

    sequence: int = 0
    hash: str = GENESIS
    entry_id: int = 0
    digest_id: int = 0

    @property
    def from_entry_id(self) -> int:
        """Entries above this id are walked: those committed late lie shortly before the newest."""
        return max(self.entry_id - LATE_IDS, 0)

    @property
    def from_digest_id(self) -> int:
        """The same for digests."""
        return max(self.digest_id - LATE_IDS, 0)


class Report(msgspec.Struct):
    """What verification found. `problem` names the first bad row; None means clean.

    `point` is where the next verification may begin when this one is clean.
    """

    entries: int = 0
    sealed: int = 0
    transfers: int = 0
    accounts: int = 0
    rows: Digests = msgspec.field(default_factory=Digests)
    problem: str | None = None
    since: Point = Point()
    point: Point = Point()

    @property
    def is_clean(self) -> bool:
        """True when chain, sums and balances hold."""
        return self.problem is None


def verify_ledger(read: Read, since: Point | None = None) -> Report:
    """Walk all entries once: each step, each account's chain of balances, each transfer's sum,
    the seals in order, the balances kept beside them, and the stored answers. Stops at the first
    bad row.

    The seals come first: they see a changed entry itself, the balances only the next one after it.
    With `since` only what was sealed after it, and the balance of every account; not the stored
    answers, which stand in no order of time.
    """
    report = Report(since=since or Point())
    checks: list[Callable[[Read, Report], str | None]]
    checks = [_check_seals, _check_rows, _check_entries, _check_sums]
    if since is None:
        checks.append(_check_answers)
    for check in checks:
        report.problem = check(read, report)
        if report.problem is not None:
            break
    return report


def _check_entries(read: Read, report: Report) -> str | None:
    """Every entry continues its account's last balance; the last one equals the kept balance."""
    last_id = up_to = report.since.from_entry_id
    held: dict[int, int] = defaultdict(int)
    if up_to:
        held = _Balances(read, up_to)
    while True:
        rows = read.all(_ENTRIES, after_id=last_id)
        for entry_id, account_id, amount, before, after in rows:
            if before != held[account_id]:
                return (
                    f"entry {entry_id}: account {account_id} held {held[account_id]} micros,"
                    f" the entry says {before}"
                )
            if before + amount != after:
                return f"entry {entry_id}: before plus amount is not after"
            held[account_id] = after
        report.entries += len(rows)
        if len(rows) < _PAGE:
            break
        last_id = rows[-1].id
    report.point = msgspec.structs.replace(report.point, entry_id=rows[-1].id if rows else last_id)
    for account in read.all(sa.select(accounts).order_by(accounts.c.id)):
        report.accounts += 1
        kept, booked = account.balance_micros, held[account.id]
        del held[account.id]
        if type(kept) is not int or kept != booked:
            return f"account {account.id}: keeps {kept} micros, its entries give {booked}"
        if kept < 0 and not account.may_go_negative:
            return f"account {account.id}: is below zero ({kept} micros)"
    for account_id in held:
        return f"account {account_id}: has entries but does not exist"
    return None


class _Balances(defaultdict[int, int]):
    """Account id -> its balance after its last entry up to an id, looked up when asked for."""

    def __init__(self, read: Read, up_to: int) -> None:
        super().__init__()
        self._read, self._up_to = read, up_to

    def __missing__(self, account_id: int) -> int:
        found = self._read.scalar(_BALANCE_BEFORE, account=account_id, up_to=self._up_to)
        self[account_id] = found or 0
        return self[account_id]


def _check_sums(read: Read, report: Report) -> str | None:
    """Every transfer sums to zero per currency and has entries of its own book and time only."""
    first = read.scalar(_FIRST_TRANSFER, after_id=report.since.from_entry_id) or 0
    uneven = read.one(
        sa.select(entries.c.transfer_id, accounts.c.currency, sa.func.sum(entries.c.amount_micros))
        .join(accounts, accounts.c.id == entries.c.account_id)
        .where(entries.c.transfer_id >= first)
        .group_by(entries.c.transfer_id, accounts.c.currency)
        .having(sa.func.sum(entries.c.amount_micros) != 0)
        .order_by(entries.c.transfer_id)
        .limit(1)
    )
    if uneven is not None:
        return f"transfer {uneven[0]}: sums to {uneven[2]} micros of {uneven[1]}, not zero"
    empty = read.scalar(
        sa.select(transfers.c.id)
        .where(transfers.c.id >= first, ~sa.exists().where(entries.c.transfer_id == transfers.c.id))
        .order_by(transfers.c.id)
        .limit(1)
    )
    if empty is not None:
        return f"transfer {empty}: has no entries"
    stray = read.scalar(
        sa.select(entries.c.id)
        .join(accounts, accounts.c.id == entries.c.account_id)
        .join(transfers, transfers.c.id == entries.c.transfer_id)
        .where(
            entries.c.transfer_id >= first,
            (entries.c.book_id != accounts.c.book_id) | (entries.c.book_id != transfers.c.book_id),
        )
        .order_by(entries.c.id)
        .limit(1)
    )
    if stray is not None:
        return f"entry {stray}: stands in another book than its account or transfer"
    untimely = read.scalar(
        sa.select(transfers.c.id)
        .join(entries, entries.c.transfer_id == transfers.c.id)
        .where(transfers.c.id >= first, entries.c.at != transfers.c.at)
        .order_by(transfers.c.id)
        .limit(1)
    )
    if untimely is not None:
        return f"transfer {untimely}: its time is not that of its entries"
    report.transfers = read.scalar(sa.select(sa.func.count()).where(transfers.c.id >= first)) or 0
    return None


def _check_seals(read: Read, report: Report) -> str | None:
    """The chain of seals is unbroken to its head; every entry before its newest one is sealed."""
    sequence, previous = report.since.sequence, report.since.hash
    newest_digest = report.since.digest_id
    if sequence and read.scalar(_SEALED_AT, place=sequence) != previous:
        return f"seal {sequence}: is not the one that the last verification found there"
    while True:
        rows = read.all(_SEALS, after=sequence)
        for row in rows:
            sequence += 1
            if row.sequence != sequence:
                return f"seal {sequence}: is missing"
            is_digest = row.stands_for == DIGEST
            previous = _hash_of_digest(previous, row) if is_digest else _hash_of(previous, row)
            problem = _digest_problem(row, previous) if is_digest else _seal_problem(row, previous)
            if problem is not None:
                return problem
            if is_digest:
                report.rows.digests += 1
                newest_digest = max(newest_digest, row.sealed_id)
            else:
                report.sealed += 1
        if len(rows) < _PAGE:
            break
    report.point = Point(sequence=sequence, hash=previous, digest_id=newest_digest)
    return _head_problem(read, sequence, previous) or _unsealed_problem(read, report.since)


def _hash_of(previous: str, row: Row) -> str:
    return chain_hash(previous, row[:SEALED_WIDTH])


def _hash_of_digest(previous: str, row: Row) -> str:
    return digest_hash(previous, row[SEALED_WIDTH : SEALED_WIDTH + DIGEST_WIDTH])


def _seal_problem(row: Row, wanted: str) -> str | None:
    """What is wrong with the entry that a seal stands for."""
    if row.id is None:
        return f"entry {row.sealed_id}: is missing, seal {row.sequence} names it"
    if row.kind is None:
        return f"transfer {row.transfer_id}: is missing, entry {row.id} names it"
    if row.owner_kind is None:
        return f"account {row.account_id}: is missing, entry {row.id} names it"
    if row.hash != wanted:
        return (
            f"entry {row.id}: it, its transfer {row.transfer_id} or its account"
            f" {row.account_id} does not match seal {row.sequence}"
        )
    return None


def _digest_problem(row: Row, wanted: str) -> str | None:
    """What is wrong with the digest that a seal stands for."""
    if row.digest_0 is None:
        return f"digest {row.sealed_id}: is missing, seal {row.sequence} names it"
    if row.hash != wanted:
        return f"digest {row.digest_0}: does not match seal {row.sequence}"
    return None


def _check_rows(read: Read, report: Report) -> str | None:
    """Every digested row is what its newest digest says."""
    since = report.since
    if since.sequence:
        return changed_since(read, report.rows, since.from_digest_id)
    return rows_problem(read, report.rows)


def _check_answers(read: Read, _report: Report) -> str | None:
    """Every stored answer is what was answered: who repeats a key relies on it."""
    last = (0, "")
    while True:
        place = sa.tuple_(answers.c.book_id, answers.c.key)
        rows = read.all(
            sa.select(answers)
            .where(place > sa.tuple_(*last))
            .order_by(answers.c.book_id, answers.c.key)
            .limit(_PAGE)
        )
        for row in rows:
            if row.digest != digest_of(row):
                return f"answer of key {row.key!r} in book {row.book_id}: was changed"
        if len(rows) < _PAGE:
            return None
        last = (rows[-1].book_id, rows[-1].key)


def _head_problem(read: Read, sequence: int, last_hash: str) -> str | None:
    """The chain ends where its head says; else seals were cut off or added by hand."""
    head = read.one(sa.select(seal_head))
    if head is None:
        return "chain: its head is missing" if sequence else None
    if head.sequence > sequence:
        return f"seal {sequence + 1}: is missing, the chain goes on to {head.sequence}"
    if head.sequence < sequence or head.hash != last_hash:
        return f"seal {sequence}: is not the head of the chain, which is {head.sequence}"
    return None


def _unsealed_problem(read: Read, since: Point) -> str | None:
    after = entries.c.id > since.from_entry_id
    newest = sa.select(sa.func.max(seals.c.row_id)).where(seals.c.kind == ENTRY)
    last = sa.select(sa.func.max(entries.c.at)).join(seals, IS_SEALED).where(after)
    late = read.scalar(
        sa.select(entries.c.id)
        .where(
            after,
            ~sa.exists().where(IS_SEALED),
            entries.c.at < last.scalar_subquery(),
            entries.c.id < newest.scalar_subquery() - LATE_IDS,
        )
        .order_by(entries.c.id)
        .limit(1)
    )
    if late is not None:
        return f"entry {late}: was never sealed"
    newest = sa.select(sa.func.max(seals.c.row_id)).where(seals.c.kind == DIGEST)
    late = read.scalar(
        sa.select(row_digests.c.id)
        .where(
            row_digests.c.id > since.from_digest_id,
            ~sa.exists().where(IS_DIGEST_SEALED),
            row_digests.c.id < newest.scalar_subquery() - LATE_IDS,
        )
        .order_by(row_digests.c.id)
        .limit(1)
    )
    return None if late is None else f"digest {late}: was never sealed"
