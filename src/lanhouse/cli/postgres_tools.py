"""pg_dump and pg_restore: found, called without the password on the command line, and explained."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from lanhouse.kit.errors import Refused


def dump(url: str, target: Path) -> None:
    """Dump the whole database in pg_dump's custom format (one consistent moment)."""
    _call("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def load(url: str, source: Path, *, replace: bool) -> None:
    """Restore a dump in one transaction: all of it or nothing. `replace` drops what is there."""
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    if replace:
        options += ["--clean", "--if-exists"]
    _call("pg_restore", url, *options, str(source))


def without_password(url: str) -> tuple[str, str]:
    """The address without its password, and the password; a command line can be read by others."""
    parts = urlsplit(url)
    if parts.password is None:
        return url, ""
    host = parts.netloc.rsplit("@", maxsplit=1)[1]
    user = parts.netloc.rsplit("@", maxsplit=1)[0].split(":", maxsplit=1)[0]
    return urlunsplit(parts._replace(netloc=f"{user}@{host}")), unquote(parts.password)


def _call(program: str, url: str, *options: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise Refused(
            f"{program} was not found. Install PostgreSQL's client programs "
            "(Debian: apt-get install postgresql-client), at least as new as the server."
        )
    address, password = without_password(url)
    environment = {**os.environ, "PGPASSWORD": password} if password else {**os.environ}
    done = subprocess.run(  # noqa: S603 - the program of that name, without a shell
        [found, f"--dbname={address}", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        reason = done.stderr.strip() or f"exit code {done.returncode}"
        raise Refused(f"{program} failed: {reason[-1500:]}")
