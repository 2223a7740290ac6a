"""Secrets of the settings are written and never read; who knows a centre's licence password."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Annotated, Any

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.budgets import Budgets
from lanhouse.auth.lockout import LockedOut
from lanhouse.auth.passwords import password_matches
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Group
from lanhouse.cafe.centers.schemas.keys import SEALED, key, keys_of
from lanhouse.cafe.centers.sign_in import (
    NoLicencePassword,
    WrongLicencePassword,
    must_know_licence_password,
)
from lanhouse.cafe.centers.tables import centers
from lanhouse.cafe.settings.wire import opened_secret, stored_values
from lanhouse.db.store import Store
from lanhouse.kit.limits import LOGIN_FAILURES_MAX
from lanhouse.kit.vault import LOCKED, Unreadable
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.people import bearer_of
from tests.builders.secrets import OTHER_VAULT, VAULT
from tests.contract.pages.test_pages import Desk, text_of
from tests.contract.settings.test_settings_pages import save

NATIVE = "/api/native/v1/settings/center"
WORD = "correct horse"


def stored(store: Store) -> dict[str, Any]:
    return store.read_sync(lambda read: read.scalar(sa.select(centers.c.settings)))


def put(client: Client, value: Any, **more: Any) -> Any:
    return client.raw("PUT", NATIVE, json={"license_password": value}, **more)


def shown(client: Client) -> tuple[Any, Any]:
    native, cafe = client.raw("GET", NATIVE).json(), client.ok("GET", "/configs")
    assert native["license_password"] == cafe["license_password"] == ""
    return native["license_password_set"], cafe["license_password_set"]


def test_it_is_written_and_never_read(client: Client, hall: Hall) -> None:
    assert shown(client) == (False, 0)
    answer = put(client, WORD)
    assert (answer.status_code, answer.json()["license_password"]) == (200, "")
    assert shown(client) == (True, 1)
    kept = stored(hall.store)["center"]["licence_password"]
    assert password_matches(kept, WORD)
    # Whoever sends back what was read changes nothing; so does null on the café wire.
    assert put(client, "").status_code == 200
    client.ok("PUT", "/configs/centerSettings", json={"license_password": ""})
    client.ok("PUT", "/configs/centerSettings", json={"license_password": None})
    assert stored(hall.store)["center"]["licence_password"] == kept
    client.ok("PUT", "/configs/centerSettings", json={"license_password": "another word"})
    assert password_matches(stored(hall.store)["center"]["licence_password"], "another word")
    assert put(client, None).status_code == 200
    assert shown(client) == (False, 0)


def test_short_ones_are_refused_and_so_is_who_is_no_admin(client: Client, hall: Hall) -> None:
    answer = put(client, "short")
    assert answer.status_code == 400
    fields = answer.json()["error"]["fields"]
    assert fields == {"license_password": "must have at least 8 characters"}
    for role in ("manager", "staff"):
        assert put(client, WORD, key=bearer_of(hall, role)).status_code == 403
    assert shown(client) == (False, 0)


def test_the_audit_log_tells_that_it_changed_and_not_to_what(client: Client, hall: Hall) -> None:
    put(client, WORD)
    put(client, "another word", headers={"Idempotency-Key": "k1"})
    put(client, "another word", headers={"Idempotency-Key": "k1"})
    rows = client.raw("GET", "/api/native/v1/audit").json()["rows"]
    assert len(rows) == 2
    assert "licence_password" in str(rows[0])
    for hidden in (WORD, "another word", "argon2"):
        assert hidden not in str(rows)


def test_the_page_sets_it_and_takes_it_away(client: Client, hall: Hall) -> None:
    desk = Desk(client, hall.staff["admin"])
    page = "/panel/settings/center"
    assert "Licence password · not set" in text_of(desk.get(page))
    assert save(desk, "center", license_password=WORD).status_code == 303
    answer = desk.get(page)
    assert "Licence password · is set" in text_of(answer)
    assert WORD not in answer.text
    assert "argon2" not in answer.text
    save(desk, "center", cors_origins="https://a.example")
    assert shown(client) == (True, 1)
    save(desk, "center", license_password_clear="1")
    assert shown(client) == (False, 0)


def _call(store: Store, address: str) -> Any:
    """What the check asks of a call, which comes with the key of another centre."""
    services = SimpleNamespace(store=store, budgets=Budgets())
    actor = Actor(kind="api_key", center_id=8888, role="api")
    request = SimpleNamespace(cookies={})
    route = SimpleNamespace(surface="cafe")
    return SimpleNamespace(
        **{"services": services, "actor": actor, "request": request, "route": route},
        **{"address": address, "vault": VAULT},
    )


def test_who_does_not_know_it_gets_nothing_and_soon_no_more_tries(
    client: Client, hall: Hall
) -> None:
    async def ask(call: Any, word: str) -> None:
        center = await hall.store.read(center_by_id, hall.center_id)
        assert center is not None
        await must_know_licence_password(call, center, word)

    def asked(call: Any, word: str) -> None:
        client.run(ask(call, word))

    call = _call(hall.store, "203.0.113.5")
    with pytest.raises(NoLicencePassword):
        asked(call, "")
    put(client, WORD)
    asked(call, WORD)
    for _ in range(LOGIN_FAILURES_MAX):
        with pytest.raises(WrongLicencePassword):
            asked(call, "wrong word")
    with pytest.raises(LockedOut):
        asked(call, WORD)


class _Gateway(msgspec.Struct, frozen=True, kw_only=True):
    gateway_secret: Annotated[str, key("Secret", "Of the gateway.", secret=SEALED)] = ""


def test_a_sealed_one_opens_for_who_uses_it_and_for_nobody_else(client: Client) -> None:
    group = Group("gateway", "Gateway", "A gateway.", keys_of(_Gateway))

    async def kept(vault: Any) -> dict[str, Any]:
        values = {"gateway": {"gateway_secret": "p4ss"}}
        return (await stored_values([group], values, 7777, vault))["gateway"]

    values = client.run(kept(VAULT))
    assert "p4ss" not in values["gateway_secret"]
    center: Any = SimpleNamespace(id=7777, settings=SimpleNamespace(gateway=_Gateway(**values)))
    assert opened_secret(center, "gateway", "gateway_secret", VAULT) == "p4ss"
    for vault in (OTHER_VAULT, LOCKED):
        with pytest.raises(Unreadable):
            opened_secret(center, "gateway", "gateway_secret", vault)
    center.id = 8888
    with pytest.raises(Unreadable):
        opened_secret(center, "gateway", "gateway_secret", VAULT)
    with pytest.raises(Unreadable):
        client.run(kept(LOCKED))
