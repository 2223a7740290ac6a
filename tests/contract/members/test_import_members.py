"""Lists of members in and out: all of a file or nothing, money in the ledger, nobody seen before
all are there (seed: Members, Import member from csv)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.groups.tables import member_groups
from lanhouse.cafe.imports import commands
from lanhouse.cafe.imports import jobs as imports
from lanhouse.cafe.imports.tables import member_import_parts, member_imports
from lanhouse.cafe.members.tables import members, staged_passwords
from lanhouse.db.store import Store
from lanhouse.jobs.queue import Turn, cancel, run_step
from lanhouse.kit import limits
from lanhouse.kit.sheets import BOM
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.exports import as_csv
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.people import bearer_of
from tests.contract.pages.test_pages import Desk, text_of

IMPORT = "/members/action/import"
TURN = Turn({kind.kind: kind for kind in imports.JOBS})
COLUMNS = ("member_account", "member_first_name", "member_balance", "member_email")
ROWS = (
    ("eva", "Eva", "12.50", "eva@example.org"),
    ("bob", "=cmd|x", "", ""),
    ("cyd", "Ümit", "0", ""),
)


@pytest.fixture
def floor(store: Store, monkeypatch: pytest.MonkeyPatch) -> Floor:
    monkeypatch.setattr(commands, "PART_LINES", 2)
    return open_floor(store, pcs_count=1)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def sheet(*rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS) -> bytes:
    return as_csv([columns, *rows]).encode()


def send(client: Client, data: bytes, **options: Any) -> dict[str, Any]:
    form = options.pop("form", {})
    files = {"file": ("list.csv", data, "text/csv")}
    return client.call("POST", IMPORT, files=files, data=form, **options)


def work(floor: Floor, most: int = 1000) -> int:
    steps = 0
    while steps < most and floor.run(run_step, TURN) is not None:
        steps += 1
    return steps


def accounts(client: Client) -> list[str]:
    found = client.ok("GET", "/members", params={"sort_name": "member_account"})["members"]
    return [row["member_account"] for row in found]


def count(floor: Floor, table: sa.Table) -> int:
    query = sa.select(sa.func.count()).select_from(table)
    return floor.store.read_sync(lambda read: read.scalar(query))


def stages(floor: Floor) -> list[tuple[str, str]]:
    query = sa.select(member_imports.c.stage, member_imports.c.problem).order_by(
        member_imports.c.id
    )
    return [tuple(row) for row in floor.store.read_sync(lambda read: read.all(query))]


def test_nobody_is_seen_before_all_are_there(client: Client, floor: Floor) -> None:
    answer = send(client, sheet(*ROWS))
    assert answer["code"] == 200, answer
    data = answer["data"]
    assert (data["imported"], data["left_out"]) == (3, [])
    job = client.raw("GET", f"/api/native/v1/jobs/{data['job_id']}").json()
    assert (job["kind"], job["status"]) == (commands.KIND, "waiting")
    for _ in range(3):
        assert accounts(client) == []
        assert (
            client.ok("GET", "/members/action/suggestMembers", params={"search_text": "eva"}) == []
        )
        work(floor, 1)
    # A name that is on its way in cannot be given to somebody else.
    body = {"member_account": "EVA", "member_password": "x"}
    assert "already exists" in client.refused("POST", "/members", json=body)[1]
    work(floor)
    assert accounts(client) == ["bob", "cyd", "eva"]
    (eva,) = client.ok("GET", "/members", params={"search_text": "eva"})["members"]
    assert (eva["member_balance"], eva["member_email"]) == ("12.50", "eva@example.org")
    (told,) = floor.logs("OPENING")
    assert (told.member_account, told.balance_micros, told.cash_micros) == ("eva", 12_500_000, 0)
    assert told.shift_id is None
    assert floor.house("opening") == -12_500_000
    assert floor.till() == 0
    assert [row.details for row in floor.logs("MEMBER")] == ["3 members taken in from a file"]
    assert count(floor, member_import_parts) == 0
    assert stages(floor) == [("shown", "")]
    floor.verify()
    # The same file again brings nobody twice.
    assert "already exists" in send(client, sheet(*ROWS))["message"]


def test_a_formula_goes_out_harmless_and_comes_back(client: Client, floor: Floor) -> None:
    send(client, sheet(*ROWS))
    work(floor)
    answer = client.raw("GET", "/api/v2/cafe/7777/members/action/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="members-7777.csv"' in answer.headers["content-disposition"]
    assert "'=cmd|x" in answer.text
    assert ",=cmd" not in answer.text
    # The file of one centre fills another one.
    other = send(client, answer.content, form={"skip_existing": "1", "dry_run": "1"})
    assert "has nobody" not in other["message"]
    assert sorted(other["data"]["left_out"]) == ["bob", "cyd", "eva"]


def test_the_template_is_read_back(client: Client, floor: Floor) -> None:
    answer = client.raw("GET", "/api/v2/cafe/7777/members/action/exportTemplate")
    assert answer.text.startswith(f"{BOM}member_account,member_password,")
    assert send(client, answer.content)["message"] == "file: has no lines"


def test_a_dry_run_changes_nothing(client: Client, floor: Floor) -> None:
    data = send(client, sheet(*ROWS), form={"dry_run": "1"})["data"]
    zero = {"import_id": 0, "job_id": 0}
    assert data == {**zero, "imported": 3, "left_out": [], "turned_away": []}
    assert work(floor) == 0
    assert count(floor, members) == count(floor, member_imports) == 0


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("member_account", " ", "is required"),
        ("member_account", "a b", "may hold letters"),
        ("member_account", "x" * 51, "may hold letters"),
        ("member_account", "'; DROP TABLE members; --", "may hold letters"),
        ("member_account", "OLD", "already exists"),
        ("member_account", "first", "is the account of row 2"),
        ("member_balance", "-1", "sign"),
        ("member_balance", "1.234", "at most 2 decimals"),
        ("member_balance", "NaN", "plain decimal"),
        ("member_balance", "9" * 30, "plain decimal"),
        ("member_coin_balance", "x", "plain decimal"),
        ("member_loan", "5", "is not carried over"),
        ("member_email", "x", "must be an e-mail address"),
        ("member_birthday", "31.12.2000", "must be a date like 2028-01-31"),
        ("member_expire_time_local", "soon", "must be a date like 2028-01-31"),
        ("member_create_local", "2999-01-01", "must be in the past"),
        ("member_group_name", "Nobody", "is not a member group"),
        ("member_sex", "3", "must be 0, 1 or 2"),
        ("member_is_active", "maybe", "must be 1 or 0"),
        ("member_first_name", "x" * 51, "at most 50"),
        ("member_first_name", "\x00", "no text"),
        ("member_password", "x" * 129, "at most 128"),
        ("member_comments", "x" * 1001, "at most 1000"),
    ],
)
def test_a_wrong_cell_refuses_the_file(
    client: Client, floor: Floor, column: str, cell: str, reason: str
) -> None:
    floor.add_member("old")
    columns = ("member_account", "member_phone" if column == "member_account" else column)
    wrong = (cell, "1") if column == "member_account" else ("second", cell)
    right = ("first", "")
    answer = send(client, sheet(right, wrong, columns=columns))
    assert answer["code"] == 400
    assert answer["message"].startswith(f"row 3, {column}: ")
    assert reason in answer["message"]
    assert accounts(client) == ["old"]
    assert count(floor, member_imports) == 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is required"),
        (b"\xff\x00\xff", "must be a CSV file in UTF-8"),
        (b"nothing,else\n1,2\n", "must begin with a line of headings"),
        (b"member_account,member_account\na,b\n", "must begin with a line of headings"),
        (b"member_account\n", "has no lines"),
        (b"member_account,member_phone\na\n", "row 2, line: must have 2 cells"),
        (b"member_account\n" + b"x" * 1_000_000, "must be a CSV file in UTF-8"),
        (b'member_account\n"a', "must be a CSV file in UTF-8"),
    ],
)
def test_what_is_no_list(client: Client, floor: Floor, data: bytes, reason: str) -> None:
    answer = send(client, data)
    assert (answer["code"], reason in answer["message"]) == (400, True), answer
    assert count(floor, member_imports) == 0


def test_many_mistakes_are_counted(client: Client, floor: Floor) -> None:
    rows = [(f"m{number}", "x", "y", "z") for number in range(80)]
    message = send(client, sheet(*rows))["message"]
    assert message.count("row ") == 100
    assert "file: has 60 more mistakes" in message


@pytest.mark.parametrize("form", ["utf-16", "semicolon", "tab"])
def test_other_spreadsheets(client: Client, floor: Floor, form: str) -> None:
    text = 'member_account,member_balance,member_birthday\neva,"2,50",1990-10-10\n'
    if form != "utf-16":
        sign = {"semicolon": ";", "tab": "\t"}[form]
        text = f"member_account{sign}member_balance{sign}member_birthday\r\n"
        text += f"eva{sign}2,50{sign}1990-10-10\r\n"
    assert send(client, text.encode("utf-16" if form == "utf-16" else "utf-8"))["code"] == 200
    work(floor)
    (eva,) = client.ok("GET", "/members")["members"]
    assert (eva["member_balance"], eva["member_birthday"]) == ("2.50", "1990-10-10")


def test_money_of_every_kind_and_the_group_of_the_points(client: Client, floor: Floor) -> None:
    gold = floor.add_member_group("Gold", pc_time_discount=5000)
    least = sa.update(member_groups).values(min_points_micros=10 * EURO)
    floor.run(lambda tx, _: tx.run(least.where(member_groups.c.id == gold)), None)
    floor.set(point_enable=True)
    columns = ("member_account", "member_balance", "member_balance_bonus", "member_coin_balance")
    row = ("eva", "1.00", "2.00", "3.00", "20", "2020-02-02 10:00:00")
    send(client, sheet(row, columns=(*columns, "member_points", "member_create_local")))
    work(floor)
    (eva,) = client.ok("GET", "/members")["members"]
    money = [eva[f"member_{name}"] for name in ("balance", "balance_bonus", "coin_balance")]
    assert money == ["1.00", "2.00", "3.00"]
    assert (eva["member_points"], eva["member_group_name"]) == ("20.00", "Gold")
    assert eva["member_create_local"] == "2020-02-02 10:00:00"
    floor.verify()


def test_one_at_a_time(client: Client, floor: Floor) -> None:
    first = send(client, sheet(ROWS[0]), headers={"Idempotency-Key": "once"})
    again = send(client, sheet(ROWS[0]), headers={"Idempotency-Key": "once"})
    assert again == first
    assert "on its way" in send(client, sheet(ROWS[1]))["message"]
    work(floor)
    assert accounts(client) == ["eva"]
    assert send(client, sheet(ROWS[1]))["code"] == 200


def test_a_canceled_import_leaves_nothing(client: Client, floor: Floor) -> None:
    data = send(client, sheet(*ROWS))["data"]
    work(floor, 1)
    assert count(floor, members) == 2
    floor.run(cancel, data["job_id"])
    floor.run(imports.go_on_with_imports, None)
    work(floor)
    assert count(floor, members) == count(floor, member_import_parts) == 0
    assert stages(floor) == [("undone", "canceled")]
    assert floor.logs("MEMBER") == []
    assert send(client, sheet(*ROWS))["code"] == 200


def test_once_money_was_booked_it_only_goes_on(client: Client, floor: Floor) -> None:
    data = send(client, sheet(*ROWS))["data"]
    work(floor, 3)
    floor.run(cancel, data["job_id"])
    assert work(floor) == 0
    assert accounts(client) == []
    floor.run(imports.go_on_with_imports, None)
    work(floor)
    assert accounts(client) == ["bob", "cyd", "eva"]
    assert len(floor.logs("OPENING")) == 1
    floor.verify()


def test_an_account_opened_meanwhile_takes_it_back(client: Client, floor: Floor) -> None:
    send(client, sheet(*ROWS))
    work(floor, 1)
    client.ok("POST", "/members", json={"member_account": "Cyd", "member_password": "x"})
    work(floor)
    assert accounts(client) == ["Cyd"]
    assert stages(floor)[0][0] == "undone"
    assert count(floor, members) == 1


def test_there_is_a_most(client: Client, floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MAX_MEMBER", 3)
    floor.add_member("old")
    message = send(client, sheet(*ROWS))["message"]
    assert message == "A centre can have at most 3 members."
    assert limits.MAX_MEMBER == 50_000


def test_only_the_admin_may(client: Client, floor: Floor) -> None:
    for role in ("staff", "manager"):
        answer = send(client, sheet(*ROWS), key=bearer_of(floor.hall, role))
        assert (answer["code"], "members.import" in answer["message"]) == (403, True)
    assert count(floor, member_imports) == 0


def test_native(client: Client, floor: Floor) -> None:
    files = {"file": ("list.csv", sheet(*ROWS), "text/csv")}
    answer = client.raw("POST", "/api/native/v1/members/import", files=files)
    assert answer.status_code == 200, answer.text
    assert json.loads(answer.content)["imported"] == 3
    assert count(floor, staged_passwords) == 0


def test_what_members_must_tell_a_list_must_tell_too(client: Client, floor: Floor) -> None:
    wanted = '{"member_email": 1, "member_phone": 1, "member_expire_time_local": 1}'
    floor.set(member_settings=wanted, id_number_rules='{"digital_only": 1, "limit_length": 3}')
    columns = (*COLUMNS, "member_phone", "member_id_card", "member_expire_time_local")
    right = (*ROWS[0], "+351 1", "123", "")
    told = send(
        client,
        sheet(
            right,
            ("bob", "Bob", "", "", "+351 2", "12a", "2030-01-01"),
            ("cyd", "Cyd", "", "c@example.org", " ", "1234", "0000-00-00"),
            columns=columns,
        ),
    )
    assert told["code"] == 400
    assert told["message"].split("; ") == [
        "row 3, member_email: is required",
        "row 3, member_id_card: must be digits only",
        "row 4, member_expire_time_local: is required",
        "row 4, member_phone: is required",
        "row 4, member_id_card: must have 3 characters",
    ]
    assert count(floor, members) == 0
    assert send(client, sheet(right, columns=columns))["code"] == 200
    work(floor)
    assert accounts(client) == ["eva"]


def test_the_page_takes_a_file_in(client: Client, floor: Floor) -> None:
    desk = Desk(client, floor.hall.staff["admin"])
    desk.post("/panel/members/import/other", {"license_name": "", "license_password": ""})
    headers = {"Cookie": desk.cookie, "X-CSRF-Token": desk.csrf, "HX-Request": "true"}

    def press(act: str) -> str:
        files = {"file": ("list.csv", sheet(*ROWS))}
        path = f"/panel/members/import/{act}"
        return text_of(client.raw("POST", path, files=files, headers=headers))

    assert "3 members would be taken in." in press("check")
    assert count(floor, member_imports) == 0
    assert "3 members are being taken in" in press("file")
    work(floor)
    again = press("file")
    assert "3 cells are wrong. Nothing was taken in." in again
    assert "2 member_account already exists" in again
    assert sorted(accounts(client)) == ["bob", "cyd", "eva"]
