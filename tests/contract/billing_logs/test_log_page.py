"""The billing log in the panel and a member's history in the portal: filters, pages, files."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest

from lanhouse.db.store import Store
from tests.builders.centers import PASSWORD, Hall, open_hall, password_hash
from tests.builders.client import Client
from tests.builders.exports import KINDS, workbook_rows
from tests.builders.floor import EURO, Floor, open_floor
from tests.contract.pages.test_pages import Desk, text_of

URL = "/panel/log"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    floor.add_member("ada", balance=3 * EURO)
    for number in range(34):
        floor.pay(EURO, "PC01")
        floor.check_out("PC01") if number < 33 else None
    return Desk(client, "staff7777")


def rows_of(page: httpx.Response) -> int:
    return page.text.count("<tr><td title=")


def link(page: httpx.Response, rel: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page.text)
    return unescape(found[1]) if found else ""


def test_pages_are_walked_to_the_end_and_back(desk: Desk) -> None:
    first = desk.get(URL)
    assert rows_of(first) == 30
    assert link(first, "prev") == ""
    second = desk.get(link(first, "next"))
    third = desk.get(link(second, "next"))
    assert link(third, "next") == ""
    seen = rows_of(first) + rows_of(second) + rows_of(third)
    assert f"of {seen}" in text_of(third)
    assert rows_of(desk.get(link(second, "prev"))) == 30


def test_filters_narrow_rows_totals_and_files_alike(desk: Desk, client: Client) -> None:
    page = desk.get(f"{URL}?event=ADDTIME&pc=pc01")
    assert "€34.00" in text_of(page)
    assert "of 34" in text_of(page)
    assert "Checked out" not in text_of(page).partition("From balances")[2]
    files = dict(re.findall(r'href="(/panel/log\.(csv|xlsx)\?[^"]+)" download', page.text))
    for url, form in files.items():
        answer = desk.get(unescape(url))
        assert answer.headers["content-type"] == KINDS[form]
        lines = (
            workbook_rows(answer.content)
            if form == "xlsx"
            else [line for line in answer.text.split("\r\n") if line]
        )
        assert len(lines) == 35
    assert sorted(files.values()) == ["csv", "xlsx"]


def test_nothing_that_matches_says_so_and_leads_back(desk: Desk) -> None:
    page = desk.get(f"{URL}?member=nobody")
    assert "Nothing in the log matches." in text_of(page)
    assert desk.get(f"{URL}?date_start=&date_end=&event=&member=&pc=&staff=").status_code == 200
    assert desk.get(f"{URL}?date_start=2026-03-05&date_end=2026-03-04").status_code == 422


def test_another_centre_sees_nothing_of_it(desk: Desk, client: Client, floor: Floor) -> None:
    open_hall(floor.store, 7778)
    other = Desk(client, "staff7778", "7778")
    assert "Time sold" not in text_of(other.get(URL))
    assert "PC01" not in other.get(f"{URL}.csv").text


def test_a_member_reads_all_that_moved_the_own_money(client: Client, floor: Floor) -> None:
    for account, money in (("rui_s", 5), ("joana_p", 9)):
        member_id = floor.add_member(account, password_hash=password_hash())
        for _ in range(money):
            body = {"topup_ids": member_id, "topup_value": "1.00"}
            client.ok("POST", "/members/action/topup", json=body)
    form = {"account": "rui_s", "password": PASSWORD}
    answer = client.raw("POST", "/portal/hall7777", data=form)
    headers = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
    home = "/portal/hall7777"
    assert f'"{home}/history"' in client.raw("GET", f"{home}/account", headers=headers).text
    url, seen = f"{home}/history?limit=2", 0
    while url:
        page = client.raw("GET", url, headers=headers)
        seen += page.text.count("Top-up")
        url = link(page, "next") and f"{link(page, 'next')}&limit=2"
    assert seen == 5
    assert client.raw("GET", f"{home}/history").status_code == 303
