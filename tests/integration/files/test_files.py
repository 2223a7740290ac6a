"""Files in the database: once per content, in chunks, and swept when nobody points at them."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lanhouse.cafe.centers.commands.pictures import ShowPicture, show_picture
from lanhouse.cafe.centers.queries.pictures import LOGO, shown_key
from lanhouse.cafe.centers.tables import center_pictures
from lanhouse.cafe.files import jobs as sweeping
from lanhouse.cafe.files.commands import key_of, store_picture
from lanhouse.cafe.files.queries import public_file, whole_file
from lanhouse.cafe.files.tables import file_chunks, files
from lanhouse.cafe.members.tables import member_photos
from lanhouse.cafe.news.tables import news
from lanhouse.cafe.products.tables import product_pictures
from lanhouse.db.store import Store, Tx
from lanhouse.jobs.queue import Turn, run_step
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock
from lanhouse.kit.limits import FILE_CHUNK_BYTES
from lanhouse.kit.pictures import Picture
from lanhouse.tables import complete_metadata
from tests.builders.centers import open_hall

TURN = Turn({kind.kind: kind for kind in sweeping.JOBS})


def picture(text: bytes, size: int = 0) -> Picture:
    return Picture("image/png", text.ljust(size, b"."), 3, 2)


def keep(store: Store, what: Picture, center_id: int = 7777, *, is_public: bool = True) -> str:
    return store.run_sync(
        lambda tx, _: store_picture(tx, center_id, what, is_public=is_public), None
    )


def show(store: Store, what: Picture | None, center_id: int = 7777) -> str | None:
    return store.run_sync(show_picture, ShowPicture(center_id, LOGO, what))


def count(store: Store, table: sa.Table) -> int:
    statement = sa.select(sa.func.count()).select_from(table)
    return store.read_sync(lambda read, _: read.scalar(statement), None)


def sweep(store: Store) -> dict[str, int]:
    store.run_sync(sweeping.plan_sweep, None)
    while store.run_sync(run_step, TURN):
        pass
    found = sa.select(queue.c.result).order_by(queue.c.id.desc()).limit(1)
    return store.read_sync(lambda read, _: read.scalar(found), None)


def grow_old(store: Store) -> None:
    """Two hours on: nothing is too young to be swept."""
    at = clock.real_now() - timedelta(hours=2)
    store.run_sync(lambda tx, _: tx.run(sa.update(files).values(stored_at=at)), None)


@pytest.mark.parametrize("size", [1, FILE_CHUNK_BYTES, 2 * FILE_CHUNK_BYTES + 1])
def test_a_file_comes_back_as_it_was(store: Store, size: int) -> None:
    what = picture(b"x", size)
    key = keep(store, what)
    assert key == key_of(7777, what.data)
    found = store.read_sync(whole_file, key)
    assert found is not None
    assert (found.key, found.content_type, found.data) == (key, "image/png", what.data)
    assert count(store, file_chunks) == -(-size // FILE_CHUNK_BYTES)


def test_the_same_content_is_kept_once_per_centre(store: Store) -> None:
    first = keep(store, picture(b"x"))
    assert keep(store, picture(b"x")) == first
    other = keep(store, picture(b"x"), 7778)
    assert other != first
    assert (count(store, files), count(store, file_chunks)) == (2, 2)


def test_what_is_private_is_not_answered_as_public(store: Store) -> None:
    key = keep(store, picture(b"x"), is_public=False)
    assert store.read_sync(public_file, key) is None
    assert store.read_sync(whole_file, key) is not None
    keep(store, picture(b"x"), is_public=True)
    assert store.read_sync(public_file, key) is not None
    keep(store, picture(b"x"), is_public=False)
    assert store.read_sync(public_file, key) is not None


def test_every_reference_of_the_house_is_known_to_the_sweeper() -> None:
    complete_metadata()
    assert set(sweeping.references()) == {
        center_pictures.c.file_key,
        member_photos.c.file_key,
        news.c.file_key,
        product_pictures.c.file_key,
    }


def test_only_what_nobody_refers_to_is_swept(
    store: Store,
) -> None:
    open_hall(store)
    old = show(store, picture(b"old"))
    new = show(store, picture(b"new", FILE_CHUNK_BYTES + 1))
    for number in range(25):
        keep(store, picture(f"{number}".encode()))
    grow_old(store)
    assert sweep(store) == {"deleted": 26}
    assert (count(store, files), count(store, file_chunks)) == (1, 2)
    assert store.read_sync(whole_file, old or "") is None
    assert store.read_sync(shown_key, (7777, LOGO)) == new
    show(store, None)
    assert store.read_sync(shown_key, (7777, LOGO)) is None
    assert sweep(store) == {"deleted": 1}
    assert (count(store, files), count(store, file_chunks)) == (0, 0)


def test_what_was_stored_just_now_stays(store: Store) -> None:
    key = keep(store, picture(b"x"))
    assert sweep(store) == {"deleted": 0}
    assert store.read_sync(whole_file, key) is not None


def test_a_content_that_is_put_up_again_while_it_is_swept_stays(
    postgres_store: Store,
) -> None:
    """The sweeper waits for the lock of who stores, and then finds it used."""
    store = postgres_store
    open_hall(store)
    show(store, picture(b"x"))
    show(store, None)
    grow_old(store)
    is_stored, may_end = threading.Event(), threading.Event()

    def hold(tx: Tx, command: ShowPicture) -> None:
        show_picture(tx, command)
        is_stored.set()
        assert may_end.wait(30)

    command = ShowPicture(7777, LOGO, picture(b"x"))
    storing = threading.Thread(target=store.run_sync, args=(hold, command))
    storing.start()
    assert is_stored.wait(30)
    sweeper = threading.Thread(target=sweep, args=(store,))
    sweeper.start()
    sweeper.join(0.3)
    may_end.set()
    storing.join()
    sweeper.join()
    key = store.read_sync(shown_key, (7777, LOGO))
    assert key is not None
    found = store.read_sync(whole_file, key)
    assert found is not None
    assert found.data == b"x"
