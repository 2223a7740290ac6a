"""Passwords of imported members that are not hashed yet (decision 0159).

They wait sealed under the server secret, each for its member. A row goes with the hash, whether the
job made it or a log-in that came before.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.tables import members, staged_passwords
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read, Tx
from lanhouse.jobs.queue import enqueue
from lanhouse.kit.vault import Unreadable, Vault

HASH_KIND = "members.hash_passwords"
_PURPOSE = "imported password"
_INSERT = static(sa.insert(staged_passwords))
_HIS = (
    staged_passwords.c.center_id == sa.bindparam("center"),
    staged_passwords.c.member_id == sa.bindparam("member"),
)
_FIND = static(sa.select(staged_passwords.c.sealed).where(*_HIS))
_DELETE = static(sa.delete(staged_passwords).where(*_HIS))
_DELETE_OF_IMPORT = static(
    sa.delete(staged_passwords).where(
        staged_passwords.c.center_id == sa.bindparam("center"),
        staged_passwords.c.import_id == sa.bindparam("import_id"),
    )
)
_SET = static(
    sa.update(members)
    .where(members.c.center_id == sa.bindparam("center"), members.c.id == sa.bindparam("member"))
    .values(password_hash=sa.bindparam("new_hash"))
)


class Staged(msgspec.Struct, frozen=True):
    """A member's password, sealed for him."""

    member_id: int
    sealed: bytes


class HashMade(msgspec.Struct, frozen=True):
    """The hash of a staged password."""

    center_id: int
    member_id: int
    password_hash: str


def sealed_password(vault: Vault, member_id: int, password: str) -> Staged:
    """A password to be staged. Raises Unreadable when the server has no secret to seal it with."""
    sealed = vault.seal(_PURPOSE, str(member_id), password.encode())
    if sealed is None:
        raise Unreadable
    return Staged(member_id, sealed)


def opened_password(vault: Vault, staged: Staged) -> str:
    """The password. Raises Unreadable when the server secret is not the one it needs."""
    return vault.open(_PURPOSE, str(staged.member_id), staged.sealed).decode()


def stage_passwords(tx: Tx, center_id: int, import_id: int, staged: Iterable[Staged]) -> None:
    """Keep the passwords of members who come in with an import."""
    rows = [
        {
            "member_id": each.member_id,
            "center_id": center_id,
            "import_id": import_id,
            "sealed": each.sealed,
        }
        for each in staged
    ]
    if rows:
        tx.run_many(_INSERT, rows)


def staged_password(read: Read, center_id: int, member_id: int) -> Staged | None:
    """What waits for a member (centre id, member id), or None."""
    sealed = read.scalar(_FIND, center=center_id, member=member_id)
    return None if sealed is None else Staged(member_id, bytes(sealed))


def keep_hash(tx: Tx, made: HashMade) -> Row | None:
    """Give a member the hash of his staged password, which goes; answers his row as it is then.

    Who has another password meanwhile, or was deleted, keeps what is.
    """
    row = lock_member(tx, made.center_id, made.member_id)
    if not tx.run(_DELETE, center=made.center_id, member=made.member_id):
        return row
    if row is None or row.deleted_at is not None or row.password_hash:
        return row
    his = {"center": made.center_id, "member": made.member_id}
    tx.run(_SET, **his, new_hash=made.password_hash)
    return lock_member(tx, made.center_id, made.member_id)


def drop_staged(tx: Tx, center_id: int, member_id: int) -> None:
    """Forget what waits for a locked member: he has another password, or is gone."""
    tx.run(_DELETE, center=center_id, member=member_id)


def drop_staged_of_import(tx: Tx, center_id: int, import_id: int) -> None:
    """Forget the passwords of an import that was taken back."""
    tx.run(_DELETE_OF_IMPORT, center=center_id, import_id=import_id)


def ask_for_hashes(tx: Tx, center_id: int, staff_id: int = 0) -> None:
    """Queue the job that hashes what waits in a centre, unless it is there already."""
    key = f"{HASH_KIND} of {center_id}"
    enqueue(tx, HASH_KIND, {}, key=key, center_id=center_id, started_by=staff_id)
