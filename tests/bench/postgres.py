"""A database that exists for one measurement."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql


@contextmanager
def scratch_database(server_url: str, purpose: str) -> Iterator[str]:
    """A new database on the server until the end; an empty address stays empty."""
    if not server_url:
        yield ""
        return
    name = f"lanhouse_{purpose}_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        info = connection.info
        login = info.user + (f":{info.password}" if info.password else "")
        address = f"postgresql://{login}@{info.host}:{info.port}/{name}"
        try:
            yield address
        finally:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))
