"""Idempotency: a keyed write answers the same bytes for ever (architecture section 3)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Read, Retry, Tx
from lanhouse.kit.errors import Conflict
from lanhouse.ledger.tables import answers

_FIND = static(
    sa.select(answers.c.input_hash, answers.c.answer).where(
        answers.c.book_id == sa.bindparam("book"), answers.c.key == sa.bindparam("the_key")
    )
)
_STORE = static(insert_ignore(answers).returning(answers.c.key))


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
    encoded = msgspec.json.encode(parts, order="sorted", enc_hook=str)
    return hashlib.sha256(encoded).hexdigest()


def run_once(tx: Tx, keyed: Keyed) -> bytes:
    """Run the command, or answer what it answered the first time, byte for byte.

    Raises Conflict when the key was used with other input. A command that refuses leaves
    nothing behind, so its key may be tried again.
    """
    if keyed.key is None:
        return keyed.encode(keyed.command(tx, keyed.arg))
    known = find_answer(tx, keyed.book_id, keyed.key, keyed.input_hash)
    if known is not None:
        return known
    answer = keyed.encode(keyed.command(tx, keyed.arg))
    stored = tx.scalar(
        _STORE,
        book_id=keyed.book_id,
        key=keyed.key,
        input_hash=keyed.input_hash,
        answer=answer,
        at=tx.now,
    )
    if stored is None:  # the same key was committed meanwhile: start over and answer its bytes
        raise Retry
    return answer


def find_answer(read: Read, book_id: int, key: str, input_hash: str) -> bytes | None:
    """The stored answer of a key, or None; Conflict when it belongs to other input."""
    row = read.one(_FIND, book=book_id, the_key=key)
    if row is None:
        return None
    if row.input_hash != input_hash:
        raise Conflict("this idempotency key was used with other input; nothing was done")
    return bytes(row.answer)
