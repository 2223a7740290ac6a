"""Read.version: equal only while nobody has committed, and of the same moment as what is read."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.centers.tables import centers
from lanhouse.db.store import Read, Store, Tx
from tests.builders.centers import open_hall

_NAME = sa.select(centers.c.name)


def rename(tx: Tx, name: str) -> None:
    tx.run(sa.update(centers).values(name=name))


def test_equal_versions_mean_equal_data(store: Store) -> None:
    asyncio.run(_equal_versions(store))


async def _equal_versions(store: Store) -> None:
    open_hall(store)
    store.start()
    seen: dict[Any, str] = {}

    def look(read: Read) -> str:
        version = read.version()
        name = read.scalar(_NAME)
        assert seen.setdefault(version, name) == name
        return name

    for number in range(20):
        name = f"Hall {number}"
        await store.write(rename, name)
        for _ in range(3):
            assert await store.read(look) == name
    assert len(seen) >= 20
    await store.stop()


def test_the_version_is_of_the_moment_that_is_read(store: Store) -> None:
    asyncio.run(_of_the_moment(store))


async def _of_the_moment(store: Store) -> None:
    open_hall(store)
    store.start()
    await store.write(rename, "before")

    version, name, again = await store.read(look_beside(store), "after")
    assert (name, again) == ("before", version)
    assert await store.read(lambda read: read.scalar(_NAME)) == "after"
    await store.stop()


def look_beside(store: Store) -> Any:
    """A query during which somebody else commits a new name."""

    def look(read: Read, name: str) -> tuple[Any, str, Any]:
        version = read.version()
        # Another thread has another connection on both databases.
        with ThreadPoolExecutor(1) as other:
            other.submit(store.run_sync, rename, name).result()
        return version, read.scalar(_NAME), read.version()

    return look
