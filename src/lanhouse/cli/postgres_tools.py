"""pg_dump and pg_restore: found, called without the password on the command line, and explained."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from lanhouse.db.pieces import names
from lanhouse.db.tables import left_out_of_backups
from lanhouse.kit.errors import Refused


def dump(url: str, target: Path) -> None:
    """Dump the whole database in pg_dump's custom format (one consistent moment), without the rows
    that are in no backup."""
    from lanhouse.tables import complete_metadata

    complete_metadata()
    without = [f"--exclude-table-data=public.{name}" for name in left_out_of_backups()]
    options = ("--format=custom", "--no-owner", "--no-privileges", *without)
    _call("pg_dump", url, *options, f"--file={target}")


def load(url: str, source: Path, *, replace: bool) -> None:
    """Restore a dump in one transaction: all of it or nothing. `replace` drops what is there.

    Extensions and what needs them are left out: they may belong to the administrator, whom the
    owner of a database cannot replace. db.migrate makes anew what can be had (db/pieces).
    """
    from lanhouse.tables import complete_metadata

    complete_metadata()  # the nouns have declared their indexes now
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    if replace:
        options += ["--clean", "--if-exists"]
    whole = _run("pg_restore", "--list", str(source))
    with tempfile.NamedTemporaryFile("w", suffix=".list") as wanted:
        wanted.writelines(line for line in whole.splitlines(True) if not _is_left_out(line))
        wanted.flush()
        _call("pg_restore", url, *options, f"--use-list={wanted.name}", str(source))


def _is_left_out(line: str) -> bool:
    """Whether a line of a dump's table of contents is an extension, or needs one."""
    needs_one = any(f" INDEX public {name} " in line for name in names())
    return " EXTENSION - " in line or " - EXTENSION " in line or needs_one


def without_password(url: str) -> tuple[str, str]:
    """The address without its password, and the password; a command line can be read by others."""
    parts = urlsplit(url)
    if parts.password is None:
        return url, ""
    host = parts.netloc.rsplit("@", maxsplit=1)[1]
    user = parts.netloc.rsplit("@", maxsplit=1)[0].split(":", maxsplit=1)[0]
    return urlunsplit(parts._replace(netloc=f"{user}@{host}")), unquote(parts.password)


def _call(program: str, url: str, *options: str) -> None:
    address, password = without_password(url)
    environment = {"PGPASSWORD": password} if password else {}
    _run(program, f"--dbname={address}", *options, **environment)


def _run(program: str, *options: str, **environment: str) -> str:
    """What the program prints. Raises Refused, with its own reason."""
    found = shutil.which(program)
    if found is None:
        raise Refused(
            f"{program} was not found. Install PostgreSQL's client programs "
            "(Debian: apt-get install postgresql-client), at least as new as the server."
        )
    done = subprocess.run(  # noqa: S603 - the program of that name, without a shell
        [found, *options],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        reason = done.stderr.strip() or f"exit code {done.returncode}"
        raise Refused(f"{program} failed: {reason[-1500:]}")
    return done.stdout
