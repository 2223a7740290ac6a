"""The billing log as a file: every row of the filter once, in parts, and no formula in it."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # pyright: ignore[reportMissingModuleSource]

from lanhouse.app import create_app
from lanhouse.cafe.logs import api, wire
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry, Subject
from lanhouse.db.store import Store
from lanhouse.kit import clock, workbooks
from lanhouse.kit.sheets import BOM, csv_rows
from lanhouse.settings import AppSettings
from lanhouse.web import exports
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.exports import exported

URL = "/api/native/v1/billing-logs.csv"
EURO = 1_000_000
AT = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def hall(store: Store) -> Hall:
    return open_hall(store, zone="Asia/Manila")


@pytest.fixture
def client(hall: Hall, tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    app = create_app(settings, hall.store, with_ticker=False)
    with Client(app, key=hall.api_key, base="/api/v2/cafe/7777") as opened:
        yield opened


def write(hall: Hall, at: datetime, **values: Any) -> None:
    with clock.frozen(at):
        entry = LogEntry(center_id=hall.center_id, staff_name="Kim", **values)
        hall.store.run_sync(write_log, entry)


def fill(hall: Hall) -> None:
    """Seven rows, three of them in one moment."""
    ada = {"subject": Subject.MEMBER, "member_id": 57_843_940_635, "member_account": "=ada"}
    for number in range(7):
        at = AT if number in (2, 3, 4) else AT + timedelta(seconds=number - 3)
        values: dict[str, Any] = {"cash_micros": (number + 1) * EURO, "event": Event.TOPUP}
        if number == 6:
            values = {"cash_micros": -EURO, "event": Event.TOPUP, "details": '\'=1, "x"\n\t'}
        write(hall, at, **ada, **values)


@pytest.fixture(params=[1, 3, 7, 100])
def small_parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of one look, so that parts end in the middle of a moment too."""
    monkeypatch.setattr(wire, "EXPORT_ROWS", request.param)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_row_is_there_once_newest_first(
    hall: Hall, client: Client, small_parts: None, form: str
) -> None:
    fill(hall)
    rows = exported(client, f"/api/native/v1/billing-logs.{form}")
    listed = client.ok("GET", "/billingLogs")["log_list"]
    assert [row["log_id"] for row in rows] == [str(row["log_id"]) for row in listed]
    for row, shown in zip(rows, listed, strict=True):
        assert row == {name: str(shown[name]) for name in row}
    assert len(rows) == 7
    assert rows[0]["log_date_local"] == "2026-03-04 20:00:03"


def test_no_cell_is_a_formula_and_the_way_back_is_exact(hall: Hall, client: Client) -> None:
    fill(hall)
    text = client.raw("GET", URL).content.decode()
    assert text.startswith(BOM)
    cells = [cell for row in csv.reader(io.StringIO(text[1:], newline="")) for cell in row]
    signed = [cell for cell in cells if cell.startswith(tuple("=+-@\t\r"))]
    # Numbers below zero are what a spreadsheet adds up.
    assert signed
    assert all(re.fullmatch(r"-[0-9]+\.[0-9]{2}", cell) for cell in signed)
    assert "'=ada" in cells
    assert "-1.00" in cells
    assert "''=1, \"x\"\n\t" in cells
    assert exported(client, URL)[0]["log_details"] == '\'=1, "x"\n\t'


def test_a_workbook_is_text_only_and_the_way_back_is_exact(hall: Hall, client: Client) -> None:
    fill(hall)
    content = client.raw("GET", URL.replace("csv", "xlsx")).content
    (sheet,) = load_workbook(io.BytesIO(content))
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    rows = exported(client, URL.replace("csv", "xlsx"))
    assert rows[0]["log_details"] == '\'=1, "x"\n\t'
    assert rows[0]["log_member_account"] == "=ada"


def test_what_no_sheet_holds_goes_on_in_the_next_one(
    hall: Hall, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "ROWS_MAX", 4)
    fill(hall)
    content = client.raw("GET", URL.replace("csv", "xlsx")).content
    sheets = list(load_workbook(io.BytesIO(content)))
    assert [sheet.max_row for sheet in sheets] == [4, 4, 2]
    assert {sheet["A1"].value for sheet in sheets} == {"log_id"}


def test_the_list_goes_on_by_cursor(hall: Hall, client: Client) -> None:
    fill(hall)
    listed = [row["log_id"] for row in client.ok("GET", "/billingLogs")["log_list"]]
    for limit in (1, 3, 7):
        seen: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            asked = {"limit": limit, "cursor": cursor, "member": "=ada"}
            page = client.raw("GET", "/api/native/v1/billing-logs", params=asked).json()
            seen += [row["log_id"] for row in page["rows"]]
            cursor = page["next_cursor"]
            write(hall, AT + timedelta(days=1), event=Event.TOPUP)
        assert seen == listed


def test_filters_are_those_of_the_list(hall: Hall, client: Client, small_parts: None) -> None:
    fill(hall)
    assert len(exported(client, URL, event="TOPUP")) == 7
    assert len(exported(client, URL, member="=ada")) == 7
    assert exported(client, URL, date_start="2026-03-05", date_end="2026-03-05") == []
    assert len(exported(client, URL, date_start="2026-03-04", date_end="2026-03-04")) == 7
    refused = client.raw("GET", URL, params={"member_or_guest": "x"})
    assert refused.status_code == 400


def test_another_centre_gets_its_own(hall: Hall, client: Client) -> None:
    fill(hall)
    other = open_hall(hall.store, 7778)
    answer = client.raw("GET", URL, key=other.api_key)
    assert len(list(csv_rows(answer.content.decode()))) == 1


def test_what_is_written_meanwhile_neither_doubles_nor_moves_anything(
    hall: Hall, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "EXPORT_ROWS", 2)
    fill(hall)
    expected = [row["log_id"] for row in exported(client, URL)]
    found = api.export_part
    looks: list[int] = []

    def look(*asked: Any) -> Any:
        looks.append(1)
        return found(*asked)

    monkeypatch.setattr(api, "export_part", look)
    parts = exports._csv_parts

    async def slow_parts(*asked: Any) -> Any:
        async for text in parts(*asked):
            yield text
            # One more row each time the caller has taken a part.
            await asyncio.to_thread(write, hall, AT + timedelta(days=1), event=Event.TOPUP)

    monkeypatch.setattr(exports, "_csv_parts", slow_parts)
    assert [row["log_id"] for row in exported(client, URL)] == expected
    assert len(looks) == 4


def test_a_caller_that_goes_away_ends_the_export(
    hall: Hall, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "EXPORT_ROWS", 1)
    fill(hall)
    sent: list[dict[str, Any]] = []
    looks: list[int] = []
    found = api.export_part

    def look(*asked: Any) -> Any:
        looks.append(1)
        return found(*asked)

    monkeypatch.setattr(api, "export_part", look)

    async def ask() -> None:
        has_gone = asyncio.Event()
        is_read = False

        async def receive() -> dict[str, Any]:
            nonlocal is_read
            if not is_read:
                is_read = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await has_gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            if len(sent) == 3:
                has_gone.set()
                # Whoever is not there takes nothing any more.
                await asyncio.sleep(3600)

        scope = {
            "type": "http",
            "method": "GET",
            "path": URL,
            "raw_path": URL.encode(),
            "query_string": b"",
            "headers": [(b"authorization", f"Bearer {hall.api_key}".encode())],
            "client": ("127.0.0.1", 50000),
            "scheme": "http",
        }
        async with asyncio.timeout(30):
            await client.app(scope, receive, send)

    client.run(ask())
    assert len(sent) == 3
    assert len(looks) == 1
