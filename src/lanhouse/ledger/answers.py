"""Idempotency: a keyed write answers the same bytes for ever (architecture section 3)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.db.statements import Row, among, insert_ignore, static
from lanhouse.db.store import ALONE, Alone, Batch, Read, Retry, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, Conflict
from lanhouse.ledger.tables import answers

_OTHER_INPUT = "this idempotency key was used with other input; nothing was done"
_canonical = msgspec.json.Encoder(order="sorted", enc_hook=str)
_FIND = static(
    sa.select(answers.c.input_hash, answers.c.answer).where(
        answers.c.book_id == sa.bindparam("book"), answers.c.key == sa.bindparam("the_key")
    )
)
_FIND_MANY = static(
    sa.select(answers.c.key, answers.c.input_hash, answers.c.answer).where(
        answers.c.book_id == sa.bindparam("book"), among(answers.c.key, "keys")
    )
)
_STORE = static(insert_ignore(answers))


class Keyed(msgspec.Struct, frozen=True):
    """A command to be run once: `encode` turns its result into the answer's bytes.

    `key` is None for a write without a key, which is new every time.
    """

    book_id: int
    key: str | None
    input_hash: str
    command: Callable[[Tx, Any], Any]
    arg: Any
    encode: Callable[[Any], bytes]


def hash_input(*parts: Any) -> str:
    """SHA-256 over the canonical JSON (sorted keys) of what the caller asked for."""
    return hashlib.sha256(_canonical.encode(parts)).hexdigest()


def run_once(tx: Tx, keyed: Keyed) -> bytes:
    """Run the command, or answer what it answered the first time, byte for byte.

    Raises Conflict when the key was used with other input. A command that refuses leaves
    nothing behind, so its key may be tried again.
    """
    if keyed.key is None:
        return _answer(tx, keyed)
    known = find_answer(tx, keyed.book_id, keyed.key, keyed.input_hash)
    if known is not None:
        return known
    answer = _answer(tx, keyed)
    _store(tx, [(keyed, answer)])
    return answer


def _answer(tx: Tx, keyed: Keyed) -> bytes:
    """Run the command and its followers, then encode: the answer tells the settled state."""
    result = keyed.command(tx, keyed.arg)
    tx.settle()
    return keyed.encode(result)


class _OnceMany:
    """The batched form of run_once: for keyed commands that have a batched form themselves."""

    def key_of(self, keyed: Keyed) -> Hashable | None:
        """Calls of one command on one book share a batch."""
        inner: Batch | None = getattr(keyed.command, "batch", None)
        if inner is None:
            return None
        key = inner.key_of(keyed.arg)
        return None if key is None else (keyed.book_id, keyed.command, key)

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
                outcomes[index] = bytes(row.answer) if same else Conflict(_OTHER_INPUT)
            elif call.key is not None and call.key in seen:
                outcomes[index] = ALONE
            else:
                seen.add(call.key or "")
                new.append(index)
        if new:
            batch: Batch = calls[0].command.batch  # type: ignore[attr-defined]
            results = batch.run(tx, [calls[index].arg for index in new])
            tx.settle()
            for index, result in zip(new, results, strict=True):
                refused = isinstance(result, AppError | Alone)
                outcomes[index] = result if refused else calls[index].encode(result)
        _store(tx, [(calls[i], outcomes[i]) for i in new if isinstance(outcomes[i], bytes)])
        return outcomes


run_once.batch = _OnceMany()  # type: ignore[attr-defined]


def _find_many(tx: Tx, calls: list[Keyed]) -> dict[str, Row]:
    keys = [call.key for call in calls if call.key is not None]
    if not keys:
        return {}
    rows = tx.all(_FIND_MANY, book=calls[0].book_id, keys=keys)
    return {row.key: row for row in rows}


def digest_of(book_id: int, key: str, input_hash: str, answer: bytes, at: datetime) -> str:
    """SHA-256 of a stored answer and what it belongs to, as hex: a changed row does not match."""
    name = f"{book_id}|{key}|{input_hash}|{clock.to_micros(at)}|"
    return hashlib.sha256(name.encode() + answer).hexdigest()


def _store(tx: Tx, answered: list[tuple[Keyed, bytes]]) -> None:
    rows = [
        {
            "book_id": call.book_id,
            "key": call.key,
            "input_hash": call.input_hash,
            "answer": answer,
            "at": tx.now,
            "digest": digest_of(call.book_id, call.key, call.input_hash, answer, tx.now),
        }
        for call, answer in answered
        if call.key is not None
    ]
    if tx.run_many(_STORE, rows) != len(rows):
        # A key was committed meanwhile: start over and answer its bytes.
        raise Retry


def find_answer(read: Read, book_id: int, key: str, input_hash: str) -> bytes | None:
    """The stored answer of a key, or None; Conflict when it belongs to other input."""
    row = read.one(_FIND, book=book_id, the_key=key)
    if row is None:
        return None
    if row.input_hash != input_hash:
        raise Conflict(_OTHER_INPUT)
    return bytes(row.answer)
