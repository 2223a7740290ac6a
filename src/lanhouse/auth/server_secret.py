"""The one server secret: a file beside the database, and its fingerprint inside it (decision 0013).

Whoever has the database alone reads no secret that is sealed in it; whoever starts a second
process with another file is told.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from pathlib import Path

import sqlalchemy as sa

from lanhouse.auth.tables import server_secret
from lanhouse.db.statements import insert_ignore, static, upsert
from lanhouse.db.store import Read, Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.kit.vault import LOCKED, SECRET_BYTES, Vault

_FORM = re.compile(rb"[0-9a-f]{%d}\n?" % (2 * SECRET_BYTES))
_WAY_OUT = (
    "Until that is put right, guests' passwords and other sealed secrets cannot be read and"
    " new ones are not kept. Bring the file back (backup --with-secrets holds it),"
    " or give the old secrets up: lanhouse accept-secret"
)
_FIND = static(sa.select(server_secret.c.fingerprint))
_NOTE = static(insert_ignore(server_secret))
_REPLACE = static(upsert(server_secret, ["id"], ["fingerprint", "since"]))


class BadSecretFile(Refused):
    """The file is there and is no server secret of ours, or may not be read."""


def read_secret(path: Path) -> bytes:
    """The secret in a file. Raises FileNotFoundError, or BadSecretFile saying what is wrong."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BadSecretFile(f"{path} cannot be read: {error.strerror}.") from error
    if not _FORM.fullmatch(text):
        raise BadSecretFile(f"{path} is damaged: it must hold 64 hexadecimal digits.")
    return bytes.fromhex(text.decode())


def make_secret(path: Path) -> bytes:
    """Make the file with mode 0600, whole or not at all; answers the secret that it then holds.

    Of two processes at once one makes it and both answer the same. Raises BadSecretFile.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=".server-secret-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(SECRET_BYTES).hex().encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            _link_new(Path(part), path)
        finally:
            Path(part).unlink(missing_ok=True)
        _flush_folder(path.parent)
    except OSError as error:
        raise BadSecretFile(f"{path} cannot be made: {error.strerror}.") from error
    return read_secret(path)


def _link_new(part: Path, path: Path) -> None:
    """Give the finished file its name, unless somebody else has done so meanwhile."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        return


def _flush_folder(folder: Path) -> None:
    # The name must survive a power cut as surely as what will be sealed under it.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def known_fingerprint(read: Read) -> str | None:
    """The fingerprint of the secret that this database is used with, or None before the first."""
    return read.scalar(_FIND)


def note_fingerprint(tx: Tx, fingerprint: str) -> str:
    """Remember the fingerprint if none is known yet; answers the one that counts."""
    tx.run(_NOTE, id=1, fingerprint=fingerprint, since=clock.real_now())
    return known_fingerprint(tx) or fingerprint


def replace_fingerprint(tx: Tx, fingerprint: str) -> None:
    """From now on this is the secret; what was sealed under another one stays unreadable."""
    tx.run(_REPLACE, id=1, fingerprint=fingerprint, since=clock.real_now())


def secret_problem(path: Path, known: str | None) -> str:
    """What is wrong with the secret file for a database that knows this fingerprint, and what to
    do; empty when it is right or is still to be made.
    """
    try:
        vault = Vault(read_secret(path))
    except FileNotFoundError:
        return "" if known is None else f"{path} is missing. {_WAY_OUT}"
    except BadSecretFile as bad:
        return f"{bad.message} {_WAY_OUT}"
    if known in (None, vault.fingerprint):
        return ""
    return (
        f"{path} is not the secret that this database is used with; all servers of one database"
        f" need the same file. {_WAY_OUT}"
    )


def open_vault(path: Path, store: Store) -> tuple[Vault, str]:
    """The vault of a migrated database and "", or a locked one and what is wrong.

    Makes the file when neither it nor a fingerprint is there: at `init` or at the first start.
    """
    known = store.read_sync(known_fingerprint)
    problem = secret_problem(path, known)
    if problem:
        return LOCKED, problem
    try:
        vault = Vault(make_secret(path) if known is None else read_secret(path))
    except (BadSecretFile, FileNotFoundError) as bad:
        return LOCKED, f"{bad} {_WAY_OUT}"
    if known is None:
        known = store.run_sync(note_fingerprint, vault.fingerprint)
    if known != vault.fingerprint:  # another process was first, with another file
        return LOCKED, secret_problem(path, known)
    return vault, ""
