"""Passwords that came in with a list: sealed, hashed by and by, good from the first moment, and in
no backup (decision 0159)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.cafe.imports import jobs as imports
from lanhouse.cafe.members.jobs import hashing
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.members.tables import staged_passwords
from lanhouse.db.store import Store
from lanhouse.jobs.queue import JobFailed, Turn, run_step
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock
from lanhouse.kit.vault import LOCKED, SECRET_BYTES, Vault
from lanhouse.settings import AppSettings
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.exports import as_csv
from tests.builders.floor import Floor, open_floor
from tests.conftest import VAULT

WORD = "zq-unmistakable-7"
ROWS = [["member_account", "member_password"], ["eva", WORD], ["bob", " b "], ["cyd", ""]]


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store, pcs_count=0)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def send(client: Client) -> dict[str, Any]:
    files = {"file": ("list.csv", as_csv(ROWS).encode(), "text/csv")}
    return client.call("POST", "/members/action/import", files=files)


def turn(vault: Vault = VAULT) -> Turn:
    class _Means:
        pass

    means: Any = _Means()
    means.vault = vault
    kinds = [*imports.JOBS, *hashing.jobs_of(means)]
    return Turn({kind.kind: kind for kind in kinds})  # type: ignore[misc]


def bring_in(client: Client, floor: Floor) -> None:
    assert send(client)["code"] == 200
    only = Turn({kind.kind: kind for kind in imports.JOBS})
    while sorted_accounts(client) == []:
        floor.run(run_step, only)


def sorted_accounts(client: Client) -> list[str]:
    return sorted(row["member_account"] for row in client.ok("GET", "/members")["members"])


def is_right(client: Client, account: str, password: str) -> bool:
    body = {"member_account": account, "member_password": password}
    return client.call("POST", "/members/action/memberInfo", json=body)["code"] == 200


def waiting(floor: Floor) -> int:
    count = sa.select(sa.func.count()).select_from(staged_passwords)
    return floor.store.read_sync(lambda read: read.scalar(count))


def hash_of(floor: Floor, account: str) -> str:
    row = floor.store.read_sync(member_by_account, 7777, account)
    assert row is not None
    return row.password_hash


def hash_all(floor: Floor, vault: Vault = VAULT) -> None:
    """Do the job's steps until it is done; it waits for its threads between them."""
    at_once = sa.update(queue).where(queue.c.finished_at.is_(None)).values(run_at=clock.real_now())
    work, until = turn(vault), time.monotonic() + 60
    while time.monotonic() < until:
        floor.run(lambda tx, _: tx.run(at_once), None)
        if floor.run(run_step, work) is None:
            return
    raise AssertionError("the job does not end")


def test_they_are_right_before_and_after_they_are_hashed(client: Client, floor: Floor) -> None:
    bring_in(client, floor)
    assert (waiting(floor), hash_of(floor, "eva")) == (2, "")
    assert not is_right(client, "eva", "wrong")
    assert not is_right(client, "cyd", "")
    assert is_right(client, "eva", WORD)
    assert hash_of(floor, "eva").startswith("$argon2id$")
    assert waiting(floor) == 1
    assert is_right(client, "eva", WORD)
    hash_all(floor)
    assert waiting(floor) == 0
    assert hash_of(floor, "cyd") == ""
    assert is_right(client, "bob", " b ")
    assert not is_right(client, "bob", "b")
    job = client.raw("GET", "/api/native/v1/jobs").json()["jobs"][0]
    assert (job["status"], job["result"]) == ("done", {"hashed": 1, "lost": 0})


def test_another_password_wins(client: Client, floor: Floor) -> None:
    bring_in(client, floor)
    row = floor.store.read_sync(member_by_account, 7777, "eva")
    assert row is not None
    client.ok("PUT", f"/members/{row.id}", json={"member_password": "newer"})
    assert waiting(floor) == 1
    hash_all(floor)
    assert (is_right(client, "eva", WORD), is_right(client, "eva", "newer")) == (False, True)


def test_without_the_servers_secret(client: Client, floor: Floor, tmp_path: Path) -> None:
    bring_in(client, floor)
    with pytest.raises(JobFailed, match="Unreadable"):
        floor.run(run_step, turn(LOCKED))
    assert waiting(floor) == 2
    # Another secret can never read them: they are given up, and their members need new ones.
    hash_all(floor, Vault(bytes(SECRET_BYTES)))
    assert (waiting(floor), hash_of(floor, "eva")) == (0, "")


def test_nothing_is_taken_that_cannot_be_sealed(hall: Hall, floor: Floor, tmp_path: Path) -> None:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    app = create_app(settings, hall.store, vault=LOCKED, with_ticker=False)
    with Client(app, key=hall.api_key, base="/api/v2/cafe/7777") as client:
        assert send(client)["code"] == 503
        assert sorted_accounts(client) == []
