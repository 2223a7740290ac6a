"""Strangers who guess passwords: what they cost, and that they keep nobody out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lanhouse.app import create_app
from lanhouse.auth import browsers, passwords
from lanhouse.kit.vault import Vault
from lanhouse.settings import AppSettings
from tests.builders.centers import PASSWORD, Hall, password_hash
from tests.builders.client import Client

PANEL = "/panel/sign-in"
LOCKED = "Too many wrong passwords. Try again in 5 minutes."
MEMBER_INFO = "/api/v2/cafe/7777/members/action/memberInfo"


class Hashes:
    """Stands in for the slow check: notes each, and holds all of them while `gate` is closed."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.at_once = self.most_at_once = 0
        self.gate = threading.Event()
        self.gate.set()
        self._lock = threading.Lock()

    def check(self, stored_hash: str, password: str) -> bool:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.gate.wait(30)
        with self._lock:
            self.at_once -= 1
            self.done.append(password)
        return password == PASSWORD and stored_hash == password_hash()


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Hashes:
    made = Hashes()
    monkeypatch.setattr(passwords, "password_matches", made.check)
    return made


@pytest.fixture
def server(hall: Hall, tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    app = create_app(settings, hall.store, vault=Vault(b"v" * 32), with_ticker=False)
    with Client(app) as opened:
        yield opened


def form(account: str, password: str) -> dict[str, str]:
    return {"center": "7777", "account": account, "password": password}


def browser_of(server: Client, account: str) -> dict[str, str]:
    """What a browser sends along in which this person has signed in once."""
    answer = server.raw("POST", PANEL, key="", data=form(account, PASSWORD))
    assert answer.status_code == 303
    kept = httpx.Cookies()
    kept.extract_cookies(answer)
    return {"Cookie": f"{browsers.COOKIE}={kept[browsers.COOKIE]}"}


def test_one_password_over_a_hundred_accounts_is_cut_after_ten(
    server: Client, hashes: Hashes
) -> None:
    answers = [
        server.raw("POST", PANEL, key="", data=form(f"person{number}", "Winter2026"))
        for number in range(100)
    ]
    assert hashes.done == ["Winter2026"] * 10
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 90
    assert LOCKED in answers[-1].text
    assert (
        server.raw(
            "POST", PANEL, key="", data=form("person100", "Winter2026"), address="203.0.113.9"
        ).status_code
        == 401
    )


def test_every_door_counts_in_the_same_place(server: Client, hashes: Hashes) -> None:
    """Panel, staff token and portal: ten in all, not ten each."""
    for number in range(8):
        account = f"person{number}"
        body = {"cafe_id": 7777, "account": account, "password": "x"}
        server.raw("POST", PANEL, key="", data=form(account, "x"))
        server.raw("POST", "/api/native/v1/auth/staff-login", key="", json=body)
        server.raw("POST", "/portal/hall7777", key="", data=form(account, "x"))
    assert len(hashes.done) == 10


def test_a_hundred_strangers_do_not_keep_the_admin_out(
    server: Client, hall: Hall, hashes: Hashes
) -> None:
    """All at once, from a hundred addresses, at the admin's own account; the checks stand still
    until everybody has asked, so that the admin comes last."""
    admin = hall.staff["admin"]
    headers = browser_of(server, admin)
    hashes.done.clear()
    hashes.gate.clear()

    async def sign_in(password: str, **options: Any) -> int:
        data = form(admin, password)
        return (await server.send("POST", PANEL, key="", data=data, **options)).status_code

    async def attack() -> tuple[list[int], int]:
        strangers = [
            asyncio.ensure_future(sign_in(f"guess{number}", address=f"198.51.100.{number}"))
            for number in range(100)
        ]
        while sum(stranger.done() for stranger in strangers) < 90:
            await asyncio.sleep(0.01)
        mine = asyncio.ensure_future(sign_in(PASSWORD, headers=headers))
        await asyncio.sleep(0.05)
        hashes.gate.set()
        return list(await asyncio.gather(*strangers)), await mine

    refused, mine = server.run(attack())
    assert mine == 303
    assert sorted(refused) == [401] * 10 + [429] * 90
    assert len(hashes.done) == 11
    assert hashes.most_at_once <= passwords._AT_ONCE
    # Without the cookie the admin's account is held back like anybody's.
    answer = server.raw("POST", PANEL, key="", data=form(admin, PASSWORD), address="203.0.113.9")
    assert answer.status_code == 429


def test_a_hundred_at_once_from_the_admins_own_address_do_not_either(
    server: Client, hall: Hall, hashes: Hashes
) -> None:
    """A hall has one address to the world: the guests' and the desk's."""
    headers = browser_of(server, hall.staff["admin"])
    hashes.done.clear()
    hashes.gate.clear()

    async def sign_in(account: str, password: str, headers: dict[str, str]) -> int:
        data = form(account, password)
        return (await server.send("POST", PANEL, key="", data=data, headers=headers)).status_code

    async def attack() -> tuple[list[int], int]:
        strangers = [
            asyncio.ensure_future(sign_in(f"person{number}", "guess", {})) for number in range(100)
        ]
        while sum(stranger.done() for stranger in strangers) < 90:
            await asyncio.sleep(0.01)
        mine = asyncio.ensure_future(sign_in(hall.staff["admin"], PASSWORD, headers))
        await asyncio.sleep(0.05)
        hashes.gate.set()
        return list(await asyncio.gather(*strangers)), await mine

    refused, mine = server.run(attack())
    assert mine == 303
    assert len(hashes.done) <= 11
    assert 303 not in refused


def test_a_program_with_a_key_signs_a_whole_hall_in(
    server: Client, hall: Hall, hashes: Hashes
) -> None:
    """Its address is the hall's server's; each account has its own count."""

    def verify(account: str) -> dict[str, Any]:
        body = {"member_account": account, "member_password": "wrong"}
        return server.raw("POST", MEMBER_INFO, key=hall.api_key, json=body).json()

    wrong = {"code": 400, "message": "The account or the password is wrong."}
    assert [verify(f"member{number}") for number in range(30)] == [wrong] * 30
    assert len(hashes.done) == 30
    for _ in range(4):
        assert verify("member1") == wrong
    assert verify("member1") == {"code": 400, "message": LOCKED}
    assert verify("member2") == wrong


def test_a_cookie_of_another_account_helps_nobody(
    server: Client, hall: Hall, hashes: Hashes
) -> None:
    headers = browser_of(server, hall.staff["staff"])
    hashes.done.clear()
    for number in range(30):
        data = form(hall.staff["admin"], f"guess{number}")
        options: dict[str, Any] = {"headers": headers, "address": f"198.51.100.{number}"}
        server.raw("POST", PANEL, key="", data=data, **options)
    assert len(hashes.done) == 10


def test_programs_are_not_known_by_a_cookie(server: Client, hall: Hall, hashes: Hashes) -> None:
    headers = browser_of(server, hall.staff["admin"])
    hashes.done.clear()
    for number in range(30):
        body = {"cafe_id": 7777, "account": hall.staff["admin"], "password": "x"}
        options: dict[str, Any] = {"headers": headers, "address": f"198.51.100.{number}"}
        server.raw("POST", "/api/native/v1/auth/staff-login", key="", json=body, **options)
    assert len(hashes.done) == 10
