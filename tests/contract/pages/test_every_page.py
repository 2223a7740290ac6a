"""Who may open and send what in the panel: every route with a person of each role.

New pages and forms are covered by being registered; nothing has to be added here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from lanhouse.app import all_routes, create_app
from lanhouse.auth.rights import RIGHTS, rights_of
from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.ledger.verify import verify_ledger
from lanhouse.settings import AppSettings
from lanhouse.web.routes import Route
from tests.builders import databases
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.secrets import VAULT
from tests.contract.pages.test_pages import Desk

ROUTES = [route for route in all_routes() if route.surface == "panel" and not route.public]
GUARDED = [route for route in ROUTES if route.right in RIGHTS]
ROLES = ("staff", "manager", "admin")


class Panel:
    """A browser for each role on one running application."""

    def __init__(self, client: Client, hall: Hall) -> None:
        self.client = client
        self.hall = hall
        self.desks = {role: Desk(client, hall.staff[role]) for role in ROLES}

    def status(self, route: Route, role: str) -> int:
        """What a person of this role is answered; nothing is filled in."""
        url = re.sub(r"\{[^}]+\}", "1", route.path)
        desk = self.desks[role]
        answer = desk.get(url) if route.method == "GET" else desk.post(url, {})
        if "/panel/sign-in" in answer.headers.get("location", ""):
            return 401
        return answer.status_code

    def set_rights(self, role: str, **differences: list[str]) -> None:
        """Give a person what the role has not, or withhold what it has."""
        hall = self.hall
        person = hall.store.read_sync(staff_by_account, hall.center_id, hall.staff[role])
        assert person is not None
        url = f"/api/native/v1/staff/{person.id}/rights"
        answer = self.client.raw("PUT", url, key=hall.api_key, json=differences)
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Panel]:
    folder = tmp_path_factory.mktemp("panel")
    store = databases.empty_sqlite(folder)
    # Person 1 works elsewhere: else a form about him would end the sign-ins of this table.
    open_hall(store, 7778)
    hall = open_hall(store)
    settings = AppSettings(data_dir=folder, api_rate_per_minute=0)
    with Client(create_app(settings, store, vault=VAULT, with_ticker=False)) as client:
        yield Panel(client, hall)


def is_let_in(status: int) -> bool:
    """Whatever else is wrong with an empty form, or with an id that is nothing here."""
    return status not in (401, 403) and status < 500


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.id)
def test_the_right_decides_for_each_role(route: Route, panel: Panel) -> None:
    for role in ROLES:
        status = panel.status(route, role)
        if route.right in rights_of(role):
            assert is_let_in(status), (role, status)
        else:
            assert status == 403, role


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.id)
def test_a_granted_and_a_withheld_right_decide(route: Route, panel: Panel) -> None:
    for role in ("staff", "manager"):
        if route.right in rights_of(role):
            panel.set_rights(role, withheld=[route.right])
            assert panel.status(route, role) == 403
        else:
            panel.set_rights(role, granted=[route.right])
            status = panel.status(route, role)
            assert is_let_in(status), (role, status)
        panel.set_rights(role)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.id)
def test_no_other_token_opens_a_page(route: Route, panel: Panel) -> None:
    """A PC's own token and a person's bearer token are for programs: a page takes neither."""
    hall = panel.hall
    url = re.sub(r"\{[^}]+\}", "1", route.path)
    person = hall.store.read_sync(staff_by_account, hall.center_id, hall.staff["admin"])
    assert person is not None
    tokens = (
        NewToken(hall.center_id, "pc", "device", 1),
        NewToken(hall.center_id, "staff", "bearer", person.id),
    )
    for token in tokens:
        secret = hall.store.run_sync(issue_token, token)
        answer = panel.client.raw(route.method, url, key=secret)
        assert (answer.status_code, answer.text) == (303, "")


def test_after_all_of_that_the_books_are_clean(panel: Panel) -> None:
    report = panel.hall.store.read_sync(verify_ledger, None)
    assert report.problem is None
