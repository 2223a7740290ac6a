"""Members: making, changing, finding, deleting; the list with paging, search and sort."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.centers.commands import SettingsChange, change_settings
from lanhouse.cafe.centers.schemas.member.accounts import MemberFields
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.kit import clock
from tests.builders.centers import PASSWORD, Hall, open_hall, password_hash
from tests.builders.client import Client
from tests.builders.floor import CENT, EURO, Floor
from tests.builders.people import bearer_of

DETAIL_KEYS = [
    *("member_id", "member_icafe_id", "member_account", "member_balance", "member_first_name"),
    *("member_last_name", "member_birthday", "member_expire_time_local", "member_is_active"),
    *("member_photo", "member_email", "member_telegram_username"),
    *("member_telegram_username_valid", "member_phone", "member_id_card", "member_points"),
    *("member_create", "member_update", "member_group_id", "member_balance_bonus"),
    *("member_coin_balance", "member_sex", "member_comments", "member_address"),
    *("member_company_id", "member_loan", "member_recent_played", "member_id_icafe_id"),
    *("member_oauth_user_id", "member_oauth_platform"),
]
ROW_KEYS = [
    *DETAIL_KEYS,
    *("member_create_local", "member_update_local", "member_is_expired", "member_is_logined"),
    *("offers", "member_group_discount_rate", "member_group_discount_pc_time"),
    *("member_group_discount_offer", "member_group_name", "left_time", "is_owner"),
    "member_center_name",
]
PERSON = {
    "member_account": "Eva.Aa-1",
    "member_password": " secret ",
    "member_confirm": " secret ",
    "member_first_name": "Eva",
    "member_last_name": "Aal",
    "member_birthday": "1990-10-10",
    "member_email": "eva@example.org",
    "member_phone": 49123456,
    "member_id_card": "X 1",
    "member_address": "Street 1\nTown",
    "member_sex": 2,
    "member_comments": "likes window seats",
    "member_expire_time_local": "2028-01-01",
    "member_is_active": "on",
    "member_oauth_platform": "account",
}


@pytest.fixture
def floor(hall: Hall, freeze: clock.frozen) -> Floor:
    """The hall with PC01 and a price; Wednesday noon."""
    floor = Floor(hall.store, hall)
    floor.add_pc("PC01")
    floor.add_price("Day", 200)
    return floor


def add(client: Client, **body: Any) -> int:
    body = {"member_password": "x", **body}
    return client.ok("POST", "/members", json=body)["member_id"]


def member(client: Client, member_id: int) -> dict[str, Any]:
    return client.ok("GET", f"/members/{member_id}")["member"]


def accounts(client: Client, **params: Any) -> list[str]:
    rows = client.ok("GET", "/members", params=params)["members"]
    return [row["member_account"] for row in rows]


def test_a_member_from_making_to_showing(client: Client, floor: Floor) -> None:
    made = client.ok("POST", "/members", json=PERSON)
    member_id = made["member_id"]
    assert made == {"member_id": member_id, "member_account": "Eva.Aa-1"}
    assert 10**10 <= member_id < 10**11
    data = client.ok("GET", f"/members/{member_id}")
    shown = data.pop("member")
    assert data == {
        "member_groups": [{"member_group_id": 0, "member_group_name": "Default"}],
        "orders": [],
        "total_amount": 0,
        "currency": "€",
    }
    assert shown == {
        "member_id": member_id,
        "member_icafe_id": 7777,
        "member_account": "Eva.Aa-1",
        "member_balance": "0.00",
        "member_first_name": "Eva",
        "member_last_name": "Aal",
        "member_birthday": "1990-10-10",
        "member_expire_time_local": "2028-01-01",
        "member_is_active": 1,
        "member_photo": "",
        "member_email": "eva@example.org",
        "member_telegram_username": "",
        "member_telegram_username_valid": 0,
        "member_phone": "49123456",
        "member_id_card": "X 1",
        "member_points": "0.00",
        "member_create": "2026-03-04T12:00:00.000000Z",
        "member_update": "2026-03-04T12:00:00.000000Z",
        "member_group_id": 0,
        "member_balance_bonus": "0.00",
        "member_coin_balance": "0.00",
        "member_sex": 2,
        "member_comments": "likes window seats",
        "member_address": "Street 1\nTown",
        "member_company_id": 0,
        "member_loan": "0.00",
        "member_recent_played": None,
        "member_id_icafe_id": int(f"{member_id}7777"),
        "member_oauth_user_id": "0",
        "member_oauth_platform": "account",
        "member_balance_with_loan": "0.00",
        "member_group_name": "Default",
    }


def test_a_row_of_the_list_has_the_documented_keys(client: Client, floor: Floor) -> None:
    gold = floor.add_member_group("Gold", pc_time_discount=1250)
    eva = floor.add_member("eva", balance=5 * EURO, bonus=EURO, group_id=gold)
    floor.member(eva, "PC01")
    data = client.ok("GET", "/members", params={"page": "1"})
    assert list(data) == [
        *("license_using_billing", "point_enable", "members"),
        *("paging_info", "member_remind_count"),
    ]
    (row,) = data["members"]
    assert list(row) == ROW_KEYS
    assert (row["member_balance"], row["member_balance_bonus"]) == ("5.00", "1.00")
    assert row["member_id_icafe_id"] == f"{eva}7777"
    assert row["member_create"] == row["member_create_local"] == "2026-03-04 12:00:00"
    assert (row["member_group_name"], row["member_group_discount_pc_time"]) == ("Gold", 12.5)
    assert (row["member_is_logined"], row["left_time"]) == (1, "3h 25m")
    assert (row["offers"], row["member_is_expired"]) == (0, 0)


@pytest.mark.parametrize("way", ["json", "data", "params"])
def test_a_first_deposit_is_a_real_top_up(client: Client, floor: Floor, way: str) -> None:
    body = {
        "member_account": "eva",
        "member_password": "x",
        "member_balance": "100.50",
        "member_balance_bonus": "5",
        "payment_method_credit_card": "on",
    }
    member_id = client.ok("POST", "/members", **{way: body})["member_id"]
    shown = member(client, member_id)
    assert (shown["member_balance"], shown["member_balance_bonus"]) == ("100.50", "5.00")
    assert floor.till("card") == 100_500_000
    assert floor.till("cash") == 0
    assert [log.member_id for log in floor.logs("TOPUP")] == [member_id]
    floor.verify()


def test_a_refused_deposit_leaves_no_member(client: Client, floor: Floor) -> None:
    body = {"member_account": "eva", "member_password": "x", "member_balance": 10**13}
    code, message = client.refused("POST", "/members", json=body)
    assert (code, message) == (400, "member_balance: is too large")
    body["member_balance"] = 10**9
    # As large as one amount may be; what is refused afterwards takes the member with it.
    token = bearer_of(floor.hall, "staff")
    body["member_balance_bonus"] = 1
    assert client.call("POST", "/members", json=body, key=token)["code"] != 200
    assert accounts(client) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"member_account": None}, "member_account: is required"),
        ({"member_account": "a b"}, "member_account: may hold letters, digits, _ - . and @ only"),
        ({"member_account": "a\u202eb"}, "member_account: must be on one line"),
        ({"member_account": "x" * 51}, "member_account: must be at most 50 characters"),
        ({"member_password": ""}, "member_password: is required"),
        ({"member_confirm": "other"}, "member_confirm: is not the same password"),
        ({"member_first_name": "a\x07"}, "member_first_name: must not have control characters"),
        ({"member_birthday": "31.12.1990"}, "member_birthday: must be a date such as 2026-01-31"),
        ({"member_email": "eva"}, "member_email: must be an e-mail address"),
        ({"member_group_id": 999}, "member_group_id: is not a member group of this centre"),
        ({"member_group_id": -1}, "member_group_id: is not a member group of this centre"),
        ({"member_balance": "1.005"}, "member_balance: must have at most 2 decimals"),
        ({"member_balance": -5}, "member_balance: must not have a sign"),
        ({"member_balance": "1e3"}, "member_balance: must be a plain decimal number"),
        ({"member_sex": 7}, "member_sex: must be one of 0, 1, 2"),
        ({"member_is_active": "maybe"}, "member_is_active: must be 1 or 0"),
        (
            {"member_expire_time_local": "soon"},
            "member_expire_time_local: must be a date and time such as 2026-01-31 18:30:00",
        ),
        (
            {"member_account": "", "member_phone": [], "member_sex": "x"},
            (
                "member_account: is required; member_phone: must be a single value;"
                " member_sex: must be one of 0, 1, 2"
            ),
        ),
    ],
)
def test_wrong_input_makes_nobody(client: Client, changes: dict[str, Any], reason: str) -> None:
    assert client.refused("POST", "/members", json=PERSON | changes) == (400, reason)
    assert accounts(client) == []


@pytest.mark.parametrize("again", ["eva", "EVA", "ｅｖａ"])
def test_an_account_exists_once_whatever_its_case(client: Client, again: str) -> None:
    add(client, member_account="Eva")
    body = {"member_account": again, "member_password": "x"}
    assert client.refused("POST", "/members", json=body) == (
        400,
        f"Member account {again} already exists",
    )
    assert accounts(client) == ["Eva"]


def test_the_same_account_may_exist_in_another_centre(client: Client, hall: Hall) -> None:
    other = Floor(hall.store, open_hall(hall.store, 8888))
    theirs = other.add_member("eva")
    ours = add(client, member_account="eva")
    assert client.refused("GET", f"/members/{theirs}") == (400, "Member not found")
    assert client.refused("PUT", f"/members/{theirs}", json={"member_first_name": "X"}) == (
        400,
        "Member not found",
    )
    deleted = client.refused(
        "POST", "/members/action/multiDelete", json={"member_ids": [ours, theirs]}
    )
    assert deleted == (400, f"Member not found: {theirs}")
    assert member(client, ours)["member_account"] == "eva"
    found = client.refused("POST", "/members/action/memberInfo", json={"member_account": "nobody"})
    assert found == (400, "Member not found")


def test_the_cap_excludes_guests(
    client: Client, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lanhouse.cafe.members.commands.accounts.MAX_MEMBER", 2)
    floor.add_member("one")
    guest = {"member_expire_time_local": "2026-03-05"}
    client.ok("POST", "/members/action/addGuest", json=guest)
    add(client, member_account="two")
    body = {"member_account": "three", "member_password": "x"}
    assert client.refused("POST", "/members", json=body) == (
        400,
        "A centre can have at most 2 members.",
    )
    client.ok("POST", "/members/action/addGuest", json=guest)


def test_an_expiry_is_never_or_in_three_years_or_as_told(client: Client, floor: Floor) -> None:
    def expiry(**body: Any) -> str:
        account = f"m{len(accounts(client))}"
        member_id = add(client, member_account=account, **body)
        return member(client, member_id)["member_expire_time_local"]

    assert expiry() == "2029-03-04"
    assert expiry(member_expire_time_local="0000-00-00") == "0000-00-00"
    assert expiry(member_expire_time_local="2027-05-06") == "2027-05-06"
    assert expiry(member_expire_time_local="2027-05-06 18:30:00") == "2027-05-06 18:30:00"


def test_changing_a_member(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    gold = floor.add_member_group("Gold")
    member_id = client.ok("POST", "/members", json=PERSON)["member_id"]
    freeze.advance(60)
    body = {
        "member_account": "Eva2",
        "member_last_name": "",
        "member_birthday": "0000-00-00",
        "member_phone": None,
        "member_group_id": gold,
        "member_is_active": 0,
        "member_expire_time_local": "0000-00-00",
        "member_comments": "moved",
        "member_balance": 1000,
    }
    shown = client.ok("PUT", f"/members/{member_id}", json=body)["member"]
    assert shown == member(client, member_id)
    assert (shown["member_account"], shown["member_first_name"]) == ("Eva2", "Eva")
    assert (shown["member_last_name"], shown["member_phone"]) == ("", "")
    assert shown["member_birthday"] is None
    assert (shown["member_group_id"], shown["member_group_name"]) == (gold, "Gold")
    assert (shown["member_is_active"], shown["member_expire_time_local"]) == (0, "0000-00-00")
    assert shown["member_comments"] == "moved"
    assert shown["member_balance"] == "0.00"
    assert shown["member_update"] == "2026-03-04T12:01:00.000000Z"
    assert accounts(client, search_text="aal") == []
    assert accounts(client, search_text="eva2") == ["Eva2"]
    told = [log.details for log in floor.logs("MEMBER")]
    assert told == [
        "Account opened",
        "Changed: account, birthday, comments, expires_at, group_id, is_active, last_name, phone",
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"member_account": "TAKEN"}, "Member account TAKEN already exists"),
        ({"member_account": "a b"}, "member_account: may hold letters, digits, _ - . and @ only"),
        ({"member_group_id": 5}, "member_group_id: is not a member group of this centre"),
        ({"member_group_id": -1}, "member_group_id: is not a member group of this centre"),
        (
            {"member_password": "a", "member_confirm": "b"},
            "member_confirm: is not the same password",
        ),
        ({"member_birthday": "x"}, "member_birthday: must be a date such as 2026-01-31"),
    ],
)
def test_wrong_changes_change_nothing(client: Client, body: dict[str, Any], reason: str) -> None:
    add(client, member_account="taken")
    member_id = add(client, member_account="eva")
    before = member(client, member_id)
    changed = {"member_first_name": "New", **body}
    assert client.refused("PUT", f"/members/{member_id}", json=changed) == (400, reason)
    assert member(client, member_id) == before


@pytest.mark.parametrize("member_id", ["1", "x", "99999999999", "9" * 30, "-1", "1.5"])
def test_an_unknown_member(client: Client, member_id: str) -> None:
    for method in ("GET", "PUT"):
        assert client.refused(method, f"/members/{member_id}") == (400, "Member not found")


def test_with_points_the_group_follows_them(client: Client, floor: Floor) -> None:
    gold = floor.add_member_group("Gold")
    eva = floor.add_member("eva")
    floor.set(point_enable=True)
    assert client.refused("PUT", f"/members/{eva}", json={"member_group_id": gold}) == (
        400,
        "member_group_id: follows the points; change those instead",
    )
    client.ok("PUT", f"/members/{eva}", json={"member_group_id": 0, "member_first_name": "Eva"})


def test_a_password_is_verified_and_its_failures_lock(client: Client) -> None:
    member_id = client.ok("POST", "/members", json=PERSON)["member_id"]
    path = "/members/action/memberInfo"
    right = {"member_account": "eva.aa-1", "member_password": " secret "}
    data = client.ok("POST", path, params=right)
    assert data["member_id"] == data["member"]["member_id"] == member_id
    assert data["member"] == member(client, member_id)
    # Without a password it is a look-up; an empty one is a wrong one.
    assert client.ok("POST", path, json={"member_account": "EVA.AA-1"})["member_id"] == member_id
    wrong = (400, "The account or the password is wrong.")
    assert client.refused("POST", path, params={**right, "member_password": ""}) == wrong
    for _ in range(4):
        assert client.refused("POST", path, json={**right, "member_password": "secret"}) == wrong
    locked = (400, "Too many wrong passwords. Try again in 5 minutes.")
    assert client.refused("POST", path, json=right) == locked
    # Not for others, and not for the look-up.
    add(client, member_account="bob", member_password="x")
    client.ok("POST", path, json={"member_account": "bob", "member_password": "x"})
    client.ok("POST", path, json={"member_account": "eva.aa-1"})


def test_an_unknown_account_answers_like_a_wrong_password(client: Client) -> None:
    path = "/members/action/memberInfo"
    body = {"member_account": "nobody", "member_password": "x"}
    assert client.refused("POST", path, json=body) == (400, "The account or the password is wrong.")


def test_a_member_who_is_not_active_cannot_be_verified(client: Client) -> None:
    add(client, member_account="eva", member_is_active=0)
    body = {"member_account": "eva", "member_password": "x"}
    assert client.refused("POST", "/members/action/memberInfo", json=body) == (
        400,
        "The member is not active.",
    )


def test_passwords_are_changed_and_reset(client: Client) -> None:
    member_id = add(client, member_account="eva")

    def is_right(password: str) -> bool:
        body = {"member_account": "eva", "member_password": password}
        return client.call("POST", "/members/action/memberInfo", json=body)["code"] == 200

    client.ok("PUT", f"/members/{member_id}", json={"member_password": "new"})
    assert (is_right("x"), is_right("new")) == (False, True)
    done = client.ok("POST", "/members/action/resetPassword", json={"member_ids": str(member_id)})
    assert done == {"member_ids": [member_id]}
    assert (is_right("new"), is_right("123456")) == (False, True)


def test_searching(client: Client, floor: Floor) -> None:
    gold = floor.add_member_group("Gold")
    eva = floor.add_member("Eva_1", first_name="Ángel", phone="555-100%", group_id=gold)
    floor.add_member("bob", last_name="Evans", email="bob@example.org")
    floor.guest("free", "PC01")
    assert sorted(accounts(client)) == ["Eva_1", "bob"]
    assert sorted(accounts(client, search_text="EVA")) == ["Eva_1", "bob"]
    assert accounts(client, search_text="eva", search_field="member_account") == ["Eva_1"]
    assert accounts(client, search_text="ángel") == ["Eva_1"]
    assert accounts(client, search_text="%") == ["Eva_1"]
    assert accounts(client, search_text="_") == ["Eva_1"]
    assert accounts(client, search_text="evans", search_field="member_last_name") == ["bob"]
    assert accounts(client, search_text=eva, search_field="member_id") == ["Eva_1"]
    assert accounts(client, search_text=eva) == ["Eva_1"]
    assert accounts(client, search_text="x", search_field="member_id") == []
    assert accounts(client, search_text="gol", search_field="member_group_name") == ["Eva_1"]
    assert accounts(client, search_text="default", search_field="member_group_name") == ["bob"]
    assert accounts(client, search_text=gold, search_field="member_group_id") == ["Eva_1"]
    assert accounts(client, search_text="' OR 1=1 --") == []
    combined = f"{eva}7777"
    assert accounts(client, search_text=combined, search_field="member_id_icafe_id") == ["Eva_1"]
    assert accounts(client, search_text=eva, search_field="member_id_icafe_id") == []
    local = accounts(client, search_text="local", search_field="member_center_name")
    assert sorted(local) == ["Eva_1", "bob"]
    assert accounts(client, search_text="x", search_field="member_photo") == []
    (guest,) = accounts(client, guest=1)
    assert guest.startswith("G_")


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ("member_balance", "5.00"),
        ("member_balance_bonus", "1.50"),
        ("member_coin_balance", "0.00"),
        ("member_points", "0.00"),
        ("member_loan", "0.00"),
    ],
)
def test_amounts_are_searched_as_they_are_shown(
    client: Client, floor: Floor, field: str, shown: str
) -> None:
    floor.add_member("rich", balance=5 * EURO, bonus=3 * EURO // 2)
    floor.add_member("fine", balance=5 * EURO, bonus=3 * EURO // 2)
    floor.add_member("poor", balance=5 * EURO + CENT, bonus=3 * EURO // 2 + CENT)
    rows = client.ok("GET", "/members")["members"]
    wanted = sorted(row["member_account"] for row in rows if row[field] == shown)
    assert sorted(accounts(client, search_text=shown, search_field=field)) == wanted
    assert {"rich", "fine"} <= set(wanted)
    for other in (shown.removesuffix("0"), shown[:-3], f"-{shown}", f"0{shown}", "x", "9.99"):
        assert accounts(client, search_text=other, search_field=field) == [], other


def test_a_loan_is_searched_as_it_is_shown(client: Client, floor: Floor) -> None:
    ada = floor.add_member("ada")
    floor.add_member("bob")
    client.ok("POST", "/members/action/loan", json={"loan_id": ada, "loan_value": "12.00"})
    (row,) = [row for row in client.ok("GET", "/members")["members"] if row["member_id"] == ada]
    found = accounts(client, search_text=row["member_loan"], search_field="member_loan")
    assert (row["member_loan"], found) == ("12.00", ["ada"])


@pytest.mark.parametrize("field", ["member_is_logined", "offers", "left_time", "nothing"])
def test_what_is_computed_or_unknown_is_not_searched(client: Client, field: str) -> None:
    code, message = client.refused("GET", "/members", params={"search_field": field})
    assert (code, message.startswith("search_field: must be one of ")) == (400, True)
    assert "member_balance" in message
    assert "member_account" in message


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"search_field": "password_hash"}, "search_field"),
        ({"sort_name": "member_password"}, "sort_name"),
        ({"sort": "sideways"}, "sort"),
        ({"page": "0"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "x"}, "page"),
        ({"page": "9" * 30}, "page"),
        ({"guest": "maybe"}, "guest"),
        ({"search_text": "x" * 101}, "search_text"),
    ],
)
def test_a_wrong_choice_is_named(client: Client, params: dict[str, str], field: str) -> None:
    code, message = client.refused("GET", "/members", params=params)
    assert code == 400
    assert message.startswith(f"{field}: must be ")


def test_every_documented_order(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    gold = floor.add_member_group("Gold")
    floor.add_member(
        "b", balance=2 * EURO, bonus=3 * EURO, first_name="X", last_name="Y", phone="1"
    )
    freeze.advance(1)
    floor.add_member("a", balance=10 * EURO, group_id=gold, expires_at=clock.now(), comments="c")
    freeze.advance(1)
    floor.add_member("c", is_active=False, first_name="a", last_name="Z", phone="2")
    orders = {
        "member_account": "abc",
        "member_balance": "cba",
        "member_group_name": None,
        "member_group_id": None,
        "member_first_name": "acb",
        "member_last_name": "abc",
        "member_expire_time_local": None,
        "member_phone": "abc",
        "member_create": "bac",
        "member_update": "bac",
        "member_create_local": "bac",
    }
    for name, wanted in orders.items():
        rising = "".join(accounts(client, sort_name=name, sort="asc"))
        falling = "".join(accounts(client, sort_name=name, sort="desc"))
        assert rising == falling[::-1], name
        assert wanted in (None, rising), name
    assert accounts(client, sort_name="member_balance_bonus", sort="desc")[0] == "b"
    assert accounts(client, sort_name="member_group_name", sort="desc")[0] == "a"
    assert accounts(client, sort_name="member_group_id", sort="desc")[0] == "a"
    assert accounts(client, sort_name="member_expire_time_local")[0] == "a"
    assert accounts(client, sort_name="member_is_active")[0] == "c"
    assert accounts(client, sort_name="member_comments", sort="desc")[0] == "a"
    for name in (
        *("member_coin_balance", "member_points", "member_loan", "member_center_name"),
        *("member_icafe_id", "member_oauth_platform"),
    ):
        assert sorted(accounts(client, sort_name=name)) == ["a", "b", "c"]
    # Without a choice the newest come first; unknown parameters are ignored.
    assert accounts(client, limit=1, per_page=1, _t=5) == ["c", "a", "b"]


def test_pages(client: Client, floor: Floor) -> None:
    for number in range(60):
        floor.add_member(f"m{number:02d}")
    order = {"sort_name": "member_account"}
    first = client.ok("GET", "/members", params=order)
    assert [row["member_account"] for row in first["members"]] == [f"m{n:02d}" for n in range(50)]
    assert first["paging_info"] == {
        "total_records": 60,
        "pages": 2,
        "page": 1,
        "page_prev": 1,
        "page_next": 2,
        "page_start": 1,
        "page_end": 2,
        "start_from": "0",
        "end_from": "50",
    }
    second = client.ok("GET", "/members", params={**order, "page": 2})
    assert [row["member_account"] for row in second["members"]] == [
        f"m{n:02d}" for n in range(50, 60)
    ]
    assert second["paging_info"]["page"] == "2"
    past = client.ok("GET", "/members", params={**order, "page": 3})
    assert past["members"] == []
    assert (past["paging_info"]["total_records"], past["paging_info"]["pages"]) == (60, 2)


def test_suggestions(client: Client, floor: Floor) -> None:
    eva = floor.add_member("eva", first_name="Eva", phone="555")
    floor.add_member("bob")
    path = "/members/action/suggestMembers"
    assert client.ok("GET", path, params={"search_text": "55"}) == [
        {
            "member_id": eva,
            "member_account": "eva",
            "member_first_name": "Eva",
            "member_last_name": "",
            "member_group_id": 0,
            "member_is_active": 1,
        }
    ]
    (row,) = client.ok("GET", path, params={"search_text": "EVA", "has_detail": 1})
    assert list(row) == ROW_KEYS
    assert client.ok("GET", path) == []
    assert client.ok("GET", path, params={"search_text": "zzz"}) == []


def test_a_guest_account(client: Client, floor: Floor) -> None:
    path = "/members/action/addGuest"
    body = {"member_expire_time_local": "2026-03-04", "member_balance": 100.5}
    made = client.ok("POST", path, json=body)
    assert made["member_account"].startswith("G_")
    assert len(made["member_account"]) == 8
    assert made["member_expire_time_local"] == "2026-03-04"
    shown = member(client, made["member_id"])
    assert (shown["member_group_id"], shown["member_group_name"]) == (-1, None)
    assert shown["member_balance"] == "100.50"
    check = {
        "member_account": made["member_account"],
        "member_password": made["member_password"],
    }
    client.ok("POST", "/members/action/memberInfo", json=check)
    assert accounts(client) == []
    assert accounts(client, guest=1) == [made["member_account"]]
    needed = "member_expire_time_local: is required"
    assert client.refused("POST", path, json={}) == (400, needed)
    never = {"member_expire_time_local": "0000-00-00"}
    assert client.refused("POST", path, json=never) == (400, f"{needed}: a guest must expire")
    past = {"member_expire_time_local": "2026-03-03"}
    assert client.refused("POST", path, json=past) == (
        400,
        "member_expire_time_local: must be in the future",
    )
    floor.verify()


def test_changing_several(client: Client, floor: Floor) -> None:
    gold = floor.add_member_group("Gold")
    ids = [floor.add_member(account) for account in ("a", "b", "c")]
    body = {
        "member_ids": f"{ids[0]},{ids[1]}",
        "member_is_active": 0,
        "member_group_id": gold,
        "member_expire_time_local": "2030-01-01",
    }
    done = client.ok("POST", "/members/action/multiUpdate", data=body)
    assert done == {"member_ids": ids[:2]}
    shown = [member(client, member_id) for member_id in ids]
    assert [row["member_is_active"] for row in shown] == [0, 0, 1]
    assert [row["member_group_id"] for row in shown] == [gold, gold, 0]
    unknown = {"member_ids": [ids[2], 12345678901], "member_is_active": 0}
    assert client.refused("POST", "/members/action/multiUpdate", json=unknown) == (
        400,
        "Member not found: 12345678901",
    )
    assert member(client, ids[2])["member_is_active"] == 1
    for action in ("multiUpdate", "multiDelete", "resetPassword"):
        path = f"/members/action/{action}"
        assert client.refused("POST", path, json={}) == (400, "member_ids: is required")
        assert client.refused("POST", path, json={"member_ids": "x"})[0] == 400
        assert client.refused("POST", path, json={"member_ids": [1] * 501})[0] == 400


def test_a_deleted_member_leaves_ledger_and_logs_but_nothing_personal(
    client: Client, floor: Floor
) -> None:
    member_id = client.ok("POST", "/members", json=PERSON | {"member_balance": 5})["member_id"]
    done = client.ok("POST", "/members/action/multiDelete", json={"member_ids": [member_id]})
    assert done == {"member_ids": [member_id]}
    assert accounts(client) == []
    assert client.refused("GET", f"/members/{member_id}") == (400, "Member not found")
    assert client.refused(
        "POST", "/members/action/multiDelete", json={"member_ids": member_id}
    ) == (
        400,
        "Member not found",
    )
    row = floor.store.read_sync(lambda read: read.one(sa.select(members)))
    assert row.account == f"deleted-{member_id}"
    personal = (row.first_name, row.last_name, row.email, row.phone, row.id_card, row.address)
    assert set(personal) == {""}
    assert (row.birthday, row.comments, row.search_key, row.password_hash) == (None, "", "", "")
    assert floor.money(member_id) == (5 * EURO, 0)
    # The name can be given again, to somebody else with an empty purse.
    again = client.ok("POST", "/members", json=PERSON)["member_id"]
    assert again != member_id
    assert member(client, again)["member_balance"] == "0.00"
    floor.verify()


def test_nobody_who_is_playing_is_deleted(client: Client, floor: Floor) -> None:
    eva, bob = floor.add_member("eva", balance=5 * EURO), floor.add_member("bob")
    floor.member(eva, "PC01")
    body = {"member_ids": [bob, eva]}
    assert client.refused("POST", "/members/action/multiDelete", json=body) == (
        400,
        "A member with a running session cannot be deleted: eva",
    )
    assert sorted(accounts(client)) == ["bob", "eva"]


def test_what_a_form_for_a_new_member_needs(client: Client, floor: Floor) -> None:
    gold = floor.add_member_group("Gold")
    change = SettingsChange(7777, {"member": {"default_member_group": gold}})
    floor.store.run_sync(change_settings, change)
    assert client.ok("GET", "/members/action/memberInitData") == {
        "member_groups": [
            {"member_group_id": 0, "member_group_name": "Default"},
            {"member_group_id": gold, "member_group_name": "Gold"},
        ],
        "default_member_group": gold,
        "member_expire_time_local": "2029-03-04",
        "point_enable": 0,
        "license_using_billing": 1,
        "currency": "€",
        "member_settings": dict.fromkeys(MemberFields.__struct_fields__, 0),
        "id_number_rules": {"digital_only": 0, "limit_length": 0},
    }
    assert member(client, add(client, member_account="new"))["member_group_id"] == gold


def test_who_may_do_what(client: Client, hall: Hall, floor: Floor) -> None:
    eva = floor.add_member("eva")
    for role, may_delete in (("staff", False), ("manager", True)):
        token = bearer_of(hall, role)
        assert client.call("GET", f"/members/{eva}", key=token)["code"] == 200
        body = {"member_first_name": role}
        assert client.call("PUT", f"/members/{eva}", key=token, json=body)["code"] == 200
        gone = client.call(
            "POST", "/members/action/multiDelete", key=token, json={"member_ids": eva}
        )
        assert gone["code"] == (200 if may_delete else 403)
    for method, path in (("GET", "/members"), ("POST", "/members"), ("PUT", f"/members/{eva}")):
        assert client.call(method, path, key="wrong")["code"] == 401


def test_the_same_key_makes_one_member(client: Client, floor: Floor) -> None:
    headers = {"Idempotency-Key": "k1"}
    body = {"member_account": "eva", "member_password": "x", "member_balance": 5}
    first = client.raw("POST", "/api/v2/cafe/7777/members", json=body, headers=headers)
    second = client.raw("POST", "/api/v2/cafe/7777/members", json=body, headers=headers)
    assert first.content == second.content
    other = body | {"member_balance": 6}
    code, message = client.refused("POST", "/members", json=other, headers=headers)
    assert (code, "key" in message) == (400, True)
    assert accounts(client) == ["eva"]
    assert floor.till() == 5 * EURO


def test_no_answer_and_no_log_holds_a_password(client: Client, floor: Floor) -> None:
    member_id = client.ok("POST", "/members", json=PERSON)["member_id"]
    client.ok("PUT", f"/members/{member_id}", json={"member_password": "geheim-77"})
    answers = [
        client.raw("GET", "/api/v2/cafe/7777/members").text,
        client.raw("GET", f"/api/v2/cafe/7777/members/{member_id}").text,
    ]
    rows = floor.store.read_sync(lambda read: read.all(sa.select(billing_logs.c.details)))
    for text in [*answers, *(row.details for row in rows)]:
        assert "secret" not in text
        assert "geheim" not in text
        assert "argon2" not in text


BROKEN = [b"{", b"[1]", b"\xff", b'"x"', b'{"member_account": "\x00"}', b"{" + b'"a":{' * 3000]


@pytest.mark.parametrize("body", BROKEN)
def test_broken_bodies_get_an_envelope(client: Client, body: bytes) -> None:
    paths = [
        ("POST", "/members"),
        ("PUT", "/members/12345678901"),
        ("GET", "/members"),
        *(
            ("POST", f"/members/action/{name}")
            for name in ("memberInfo", "addGuest", "multiUpdate", "multiDelete", "resetPassword")
        ),
    ]
    for content_type in ("application/json", "text/plain", "multipart/form-data"):
        for method, path in paths:
            headers = {"content-type": content_type}
            code, message = client.refused(method, path, content=body, headers=headers)
            assert code == 400
            assert message
    assert accounts(client) == []


def test_signing_in_still_works_for_a_hashed_password(client: Client, floor: Floor) -> None:
    floor.add_member("eva", password_hash=password_hash())
    body = {"member_account": "eva", "member_password": PASSWORD}
    assert client.ok("POST", "/members/action/memberInfo", json=body)["member_account"] == "eva"


def test_a_guest_keeps_his_group_or_becomes_a_member(client: Client, floor: Floor) -> None:
    made = client.ok(
        "POST", "/members/action/addGuest", json={"member_expire_time_local": "2026-03-05"}
    )
    path = f"/members/{made['member_id']}"
    kept = client.ok("PUT", path, json={"member_group_id": -1, "member_first_name": "Eva"})
    assert (kept["member"]["member_group_id"], kept["member"]["member_first_name"]) == (-1, "Eva")
    assert client.refused("PUT", path, json={"member_group_id": -2})[0] == 400
    client.ok("PUT", path, json={"member_group_id": 0, "member_account": "eva"})
    assert accounts(client) == ["eva"]
    assert accounts(client, guest=1) == []
