"""Idempotency: a keyed write answers the same bytes for ever (architecture section 3).

An answer with a secret in it is stored without that secret; the whole of it stands beside it,
sealed under the server secret and the key (decision 0013).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
import structlog

from lanhouse.db.audit import Origin
from lanhouse.db.statements import Row, insert_ignore, known_among, static
from lanhouse.db.store import ALONE, Alone, Batch, Read, Retry, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, Conflict
from lanhouse.kit.vault import LOCKED, Unreadable, Vault
from lanhouse.ledger.tables import answers

log = structlog.get_logger("lanhouse.ledger")

HIDDEN = "no longer shown"
"""What stands in a stored answer in place of a secret."""
_PURPOSE = "stored answer"
_OTHER_INPUT = "this idempotency key was used with other input; nothing was done"
_canonical = msgspec.json.Encoder(order="sorted", enc_hook=str)
_FIND = static(
    sa.select(answers.c.input_hash, answers.c.answer, answers.c.sealed).where(
        answers.c.book_id == sa.bindparam("book"), answers.c.key == sa.bindparam("the_key")
    )
)
# Few calls come a second time: what is known of them is fetched one by one.
_KNOWN_MANY = static(known_among(answers.c.key, "keys", answers.c.book_id == sa.bindparam("book")))
_STORE = static(insert_ignore(answers))
_WHEN = static(
    sa.select(answers.c.at).where(
        answers.c.book_id == sa.bindparam("book"), answers.c.key == sa.bindparam("the_key")
    )
)
_COUNT = static(
    sa.select(sa.func.count())
    .select_from(answers)
    .where(
        answers.c.book_id == sa.bindparam("book"),
        answers.c.key >= sa.bindparam("prefix"),
        answers.c.key < sa.bindparam("behind"),
    )
)


class Keyed(msgspec.Struct, frozen=True):
    """A command to be run once: `encode` turns its result into the answer's bytes.

    `key` is None for a write without a key, which is new every time. `hide` gives the result with
    HIDDEN in place of its secrets (the same result when it has none); None = it never has any.
    """

    book_id: int
    key: str | None
    input_hash: str
    command: Callable[[Tx, Any], Any]
    arg: Any
    encode: Callable[[Any], bytes]
    hide: Callable[[Any], Any] | None = None
    vault: Vault = LOCKED
    origin: Origin | None = None
    """Who calls, for the audit log; None for what leaves no row there (web/unaudited.py)."""


class _New(NamedTuple):
    """A new answer: the bytes of the caller, and what is kept of them."""

    call: Keyed
    told: bytes
    kept: bytes
    sealed: bytes | None


def hash_input(*parts: Any) -> str:
    """SHA-256 over the canonical JSON (sorted keys) of what the caller asked for."""
    return hashlib.sha256(_canonical.encode(parts)).hexdigest()


def run_once(tx: Tx, keyed: Keyed) -> bytes:
    """Run the command, or answer what it answered the first time, byte for byte.

    When its secrets cannot be opened any more, HIDDEN stands in their place. Raises Conflict when
    the key was used with other input. A command that refuses leaves nothing behind, so its key may
    be tried again.
    """
    if keyed.key is None:
        return keyed.encode(_settled(tx, keyed))
    known = _find(tx, keyed)
    if known is not None:
        return known
    new = _new(keyed, _settled(tx, keyed))
    _store(tx, [new])
    return new.told


def was_answered(read: Read, book_id: int, key: str) -> bool:
    """Whether something was done under this key (book id, key)."""
    return read.one(_FIND, book=book_id, the_key=key) is not None


def answered_at(read: Read, book_id: int, key: str) -> datetime | None:
    """When something was done under this key (book id, key); None = nothing was."""
    return read.scalar(_WHEN, book=book_id, the_key=key)


def count_answered(read: Read, book_id: int, prefix: str) -> int:
    """How many things were done in a book under keys that begin so (ends in one plain sign)."""
    behind = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    return read.scalar(_COUNT, book=book_id, prefix=prefix, behind=behind) or 0


def _settled(tx: Tx, keyed: Keyed) -> Any:
    """Run the command and its followers; what is encoded then tells the settled state."""
    tx.trail.follow(keyed.origin)
    return tx.finish(keyed.command(tx, keyed.arg))


class _OnceMany:
    """The batched form of run_once: for keyed commands that have a batched form themselves."""

    def key_of(self, keyed: Keyed) -> Hashable | None:
        """Calls of one command on one book by one caller share a batch."""
        inner: Batch | None = getattr(keyed.command, "batch", None)
        if inner is None:
            return None
        key = inner.key_of(keyed.arg)
        return None if key is None else (keyed.book_id, keyed.command, keyed.origin, key)

    def run(self, tx: Tx, calls: list[Keyed]) -> list[Any]:
        """The stored or new answer, or the refusal, of each call; Alone for a repeated key."""
        outcomes: list[Any] = [None] * len(calls)
        known = _find_many(tx, calls)
        seen: set[str] = set()
        new: list[int] = []
        for index, call in enumerate(calls):
            row = known.get(call.key or "")
            if row is not None:
                same = row.input_hash == call.input_hash
                outcomes[index] = _told_again(row, call) if same else Conflict(_OTHER_INPUT)
            elif call.key is not None and call.key in seen:
                outcomes[index] = ALONE
            else:
                seen.add(call.key or "")
                new.append(index)
        made: list[_New] = []
        if new:
            batch: Batch = calls[0].command.batch  # type: ignore[attr-defined]
            tx.trail.follow(calls[0].origin)
            results = batch.run(tx, [calls[index].arg for index in new])
            if all(isinstance(result, AppError | Alone) for result in results):
                tx.did_nothing()
            tx.settle()
            for index, result in zip(new, results, strict=True):
                if isinstance(result, AppError | Alone):
                    outcomes[index] = result
                else:
                    made.append(_new(calls[index], result))
                    outcomes[index] = made[-1].told
        _store(tx, made)
        return outcomes


run_once.batch = _OnceMany()  # type: ignore[attr-defined]


def _find_many(tx: Tx, calls: list[Keyed]) -> dict[str, Row]:
    keys = [call.key for call in calls if call.key is not None]
    if not keys:
        return {}
    book_id = calls[0].book_id
    known = {row.key for row in tx.all(_KNOWN_MANY, book=book_id, keys=keys)}
    return {key: tx.one(_FIND, book=book_id, the_key=key) for key in sorted(known)}


def _new(call: Keyed, result: Any) -> _New:
    told = call.encode(result)
    hidden = result if call.hide is None else call.hide(result)
    if hidden is result or hidden == result:
        return _New(call, told, told, None)
    return _New(call, told, call.encode(hidden), call.vault.seal(_PURPOSE, _context(call), told))


def _context(call: Keyed) -> str:
    return f"{call.book_id}|{call.key}"


def _told_again(row: Row, call: Keyed) -> bytes:
    """What was answered the first time, with its secrets when they can be opened."""
    if row.sealed is None:
        return bytes(row.answer)
    try:
        return call.vault.open(_PURPOSE, _context(call), bytes(row.sealed))
    except Unreadable:
        # The caller must learn that it was done: another try under a new key would do it twice.
        log.warning("the secret of a stored answer cannot be read", book=call.book_id)
        return bytes(row.answer)


def digest_of(row: Row) -> str:
    """SHA-256 of a stored answer (a row with all columns) and what it belongs to, as hex: a changed
    row does not match.
    """
    name = f"{row.book_id}|{row.key}|{row.input_hash}|{clock.to_micros(row.at)}|"
    if row.sealed is not None:
        name = f"sealed|{hashlib.sha256(row.sealed).hexdigest()}|{name}"
    return hashlib.sha256(name.encode() + row.answer).hexdigest()


class _Kept(NamedTuple):
    """A row of the table before its digest."""

    book_id: int
    key: str
    input_hash: str
    answer: bytes
    sealed: bytes | None
    at: datetime


def _store(tx: Tx, made: list[_New]) -> None:
    rows: list[dict[str, Any]] = []
    for new in made:
        call = new.call
        if call.key is not None:
            kept = _Kept(call.book_id, call.key, call.input_hash, new.kept, new.sealed, tx.now)
            rows.append({**kept._asdict(), "digest": digest_of(kept)})
    if tx.run_many(_STORE, rows) != len(rows):
        # A key was committed meanwhile: start over and answer its bytes.
        raise Retry


def _find(read: Read, call: Keyed) -> bytes | None:
    """The stored answer of a call's key, or None; Conflict when it belongs to other input."""
    row = read.one(_FIND, book=call.book_id, the_key=call.key)
    if row is None:
        return None
    if row.input_hash != call.input_hash:
        raise Conflict(_OTHER_INPUT)
    return _told_again(row, call)
