"""A password that is changed while it is checked: no token of the old one may stay."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.auth.passwords import password_matches
from lanhouse.auth.tables import tokens
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.members import sign_in as passwords
from lanhouse.cafe.members.commands.changing import MembersNamed, delete_members, reset_passwords
from lanhouse.cafe.registration.commands import NewMember, create_member
from lanhouse.cafe.staff import sign_in
from lanhouse.cafe.staff.commands import PasswordChange, set_password
from lanhouse.cafe.staff.tables import staff
from lanhouse.db.store import Store
from lanhouse.settings import AppSettings
from tests.builders.centers import PASSWORD, Hall, open_hall, password_hash
from tests.builders.client import Client
from tests.builders.floor import DESK

ANOTHER = "another hash"


@pytest.fixture
def hall_of(store: Store) -> Hall:
    """A hall on each database."""
    return open_hall(store)


@pytest.fixture
def browser(hall_of: Hall, tmp_path: Path) -> Iterator[Client]:
    """A browser that is not signed in."""
    app = create_app(AppSettings(data_dir=tmp_path), hall_of.store, with_ticker=False)
    with Client(app) as opened:
        yield opened


def while_checked(store: Store, command: Callable[..., Any], arg: Any) -> Any:
    """A check of the password during which `command(arg)` is done, once."""
    waiting = [arg]

    async def check(stored_hash: str, password: str, _subject: str) -> bool:
        is_right = password_matches(stored_hash, password)
        if waiting:
            # Somebody else's call, which has a context of its own.
            other = store.write(command, waiting.pop())
            await asyncio.create_task(other, context=contextvars.Context())
        return is_right

    return check


def tokens_left(store: Store) -> int:
    return store.read_sync(lambda read: read.scalar(sa.select(sa.func.count()).select_from(tokens)))


def switch_off(tx: Any, account: str) -> None:
    tx.run(sa.update(staff).where(staff.c.account == account).values(is_active=False))


@pytest.mark.parametrize("change", ["new password", "switched off"])
def test_staff_do_not_get_in_with_what_has_ended_meanwhile(
    hall_of: Hall, browser: Client, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    account = hall_of.staff["admin"]
    person = hall_of.store.read_sync(
        lambda read: read.scalar(sa.select(staff.c.id).where(staff.c.account == account))
    )
    done: tuple[Any, Any] = (switch_off, account)
    if change == "new password":
        done = (set_password, PasswordChange(hall_of.center_id, person, ANOTHER))
    monkeypatch.setattr(sign_in, "check_password", while_checked(hall_of.store, *done))
    fields = {"center": "7777", "account": account, "password": PASSWORD}
    answer = browser.raw("POST", "/panel/sign-in", data=fields)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert tokens_left(hall_of.store) == 0


@pytest.mark.parametrize("command", [reset_passwords, delete_members])
def test_a_member_does_not_get_in_with_what_has_ended_meanwhile(
    hall_of: Hall, browser: Client, monkeypatch: pytest.MonkeyPatch, command: Any
) -> None:
    store = hall_of.store
    center = store.read_sync(center_by_id, hall_of.center_id)
    assert center is not None
    made = store.run_sync(
        create_member,
        NewMember(
            center=center,
            actor=DESK,
            account="ada",
            password_hash=password_hash(),
        ),
    )
    named = MembersNamed(
        center=center, actor=DESK, member_ids=[made.member_id], password_hash=ANOTHER
    )
    monkeypatch.setattr(passwords, "check_password", while_checked(store, command, named))
    answer = browser.raw("POST", "/portal/hall7777", data={"account": "ada", "password": PASSWORD})
    assert answer.status_code == 422
    assert "The account or the password is wrong." in answer.text
    assert tokens_left(store) == 0
