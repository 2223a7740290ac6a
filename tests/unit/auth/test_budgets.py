"""Wrong passwords of a minute: by address, account and remembered browser; what is forgiven."""

from __future__ import annotations

import msgspec
import pytest

from lanhouse.auth import browsers, budgets
from lanhouse.auth.budgets import Budgets
from lanhouse.auth.lockout import Attempt, LockedOut
from lanhouse.kit.vault import LOCKED, Vault

VAULT = Vault(b"v" * 32)
KIM = Attempt(7777, "staff:kim", "203.0.113.5")


class Minute:
    """A clock that a test moves."""

    now = 1000.0


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> Minute:
    made = Minute()
    monkeypatch.setattr(budgets.clock, "monotonic", lambda: made.now)
    return made


def tried(book: Budgets, attempts: list[Attempt]) -> int:
    """How many of the attempts are let through."""
    passed = 0
    for attempt in attempts:
        try:
            book.count(attempt)
        except LockedOut:
            continue
        passed += 1
    return passed


def at(address: str, account: str = "kim", **values: object) -> Attempt:
    return msgspec.structs.replace(KIM, address=address, account=f"staff:{account}", **values)


def test_one_address_has_ten_whatever_the_accounts(minute: Minute) -> None:
    book = Budgets()
    assert tried(book, [at("203.0.113.5", f"a{number}") for number in range(100)]) == 10
    assert tried(book, [at("203.0.113.6", "a99")]) == 1
    minute.now += 59.9
    assert tried(book, [at("203.0.113.5")]) == 0
    minute.now += 0.1
    assert tried(book, [at("203.0.113.5")] * 20) == 10


def test_an_ipv6_network_is_one_address(minute: Minute) -> None:
    addresses = [f"2001:db8::{number:x}" for number in range(1, 50)]
    assert tried(Budgets(), [at(a, f"m{n}") for n, a in enumerate(addresses)]) == 10


def test_one_account_has_ten_whatever_the_addresses(minute: Minute) -> None:
    book = Budgets()
    assert tried(book, [at(f"198.51.100.{number}") for number in range(100)]) == 10
    assert tried(book, [msgspec.structs.replace(KIM, center_id=8888)]) == 1


def test_a_refusal_counts_nowhere(minute: Minute) -> None:
    """An account that is held back must not hold the address back for others too."""
    book = Budgets()
    tried(book, [at(f"198.51.100.{number}") for number in range(10)])
    assert tried(book, [at("203.0.113.5")] * 50) == 0
    assert tried(book, [at("203.0.113.5", "lee")] * 50) == 10


def test_who_is_right_has_used_nothing(minute: Minute) -> None:
    book = Budgets()
    for _ in range(30):
        book.forgive(book.count(KIM))
    assert tried(book, [KIM] * 9) == 9
    # Being right gives one's own try back, and not those before it.
    book.forgive(book.count(KIM))
    assert tried(book, [KIM] * 5) == 1
    assert tried(book, [KIM]) == 0


def test_vouched_calls_count_per_account_only(minute: Minute) -> None:
    book = Budgets()
    hall = [at("203.0.113.5", f"m{number}", is_vouched_for=True) for number in range(300)]
    assert tried(book, hall) == 300
    assert tried(book, [hall[0]] * 20) == 9
    # Strangers who guess at a member do not keep the member away from the hall's own PCs.
    tried(book, [at(f"198.51.100.{number}", "m1") for number in range(50)])
    assert tried(book, [hall[1]]) == 1


def test_a_remembered_browser_has_a_count_of_its_own(minute: Minute) -> None:
    book = Budgets()
    tried(book, [KIM] * 50)
    assert tried(book, [msgspec.structs.replace(KIM, browser="b1")] * 50) == 10
    assert tried(book, [msgspec.structs.replace(KIM, browser="b2")]) == 1


def test_what_is_remembered_is_bounded(minute: Minute, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "_KEYS_MAX", 20)
    book = Budgets()
    tried(book, [at(f"198.51.100.{number}", f"m{number}") for number in range(200)])
    assert len(book._tries) <= 21
    minute.now += 60
    tried(book, [KIM])
    assert len(book._tries) == 2


def test_a_cookie_remembers_the_accounts_that_signed_in_and_no_other() -> None:
    cookie = browsers.remember("", VAULT, 7777, "staff:kim")
    both = browsers.remember(cookie, VAULT, 7777, "member:ada")
    browser = cookie.partition(".")[0]
    assert len(browser) == 32
    for account in ("staff:kim", "member:ada"):
        assert browsers.remembered(both, VAULT, 7777, account) == browser
    assert browsers.remembered(cookie, VAULT, 7777, "member:ada") == ""
    assert browsers.remembered(both, VAULT, 8888, "staff:kim") == ""
    assert browsers.remembered(both, Vault(b"w" * 32), 7777, "staff:kim") == ""
    assert browsers.remembered("0" * 32 + cookie[32:], VAULT, 7777, "staff:kim") == ""


@pytest.mark.parametrize(
    "cookie", ["", ".", "é.ü", "a" * 32, "a" * 32 + ".", "a" * 32 + ".é", "x" * 9000]
)
def test_a_cookie_that_nobody_signed_remembers_nobody(cookie: str) -> None:
    assert browsers.remembered(cookie, VAULT, 7777, "staff:kim") == ""
    assert browsers.remembered(cookie, LOCKED, 7777, "staff:kim") == ""
    made = browsers.remember(cookie, VAULT, 7777, "staff:kim")
    assert browsers.remembered(made, VAULT, 7777, "staff:kim") == made.partition(".")[0]


def test_a_cookie_stays_short_and_keeps_the_newest() -> None:
    cookie = ""
    for number in range(40):
        cookie = browsers.remember(cookie, VAULT, 7777, f"member:m{number}")
    assert len(cookie) == 32 + 16 * 33
    known = [n for n in range(40) if browsers.remembered(cookie, VAULT, 7777, f"member:m{n}")]
    assert known == list(range(24, 40))


def test_without_a_server_secret_nobody_is_remembered() -> None:
    assert browsers.remember("", LOCKED, 7777, "staff:kim") == ""
