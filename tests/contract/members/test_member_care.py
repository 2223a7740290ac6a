"""What members must tell, who changed them meanwhile, guests who become members, feedback."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.feedback.tables import feedback
from lanhouse.cafe.members.tables import members
from lanhouse.kit import clock
from lanhouse.ledger.verify import verify_ledger
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor

BIG = "x" * 1_000_000
FEEDBACK = "/customerFeedback"
LOGS = "/billingLogs/action/feedbackLogs"
FIELDS = (
    *("member_account", "member_password", "member_first_name", "member_last_name"),
    *("member_birthday", "member_id_card", "member_phone", "member_email"),
    *("member_expire_time_local", "member_balance", "member_comments"),
)
NEW: dict[str, Any] = {"member_account": "eva", "member_password": "x"}


@pytest.fixture
def floor(hall: Hall, freeze: clock.frozen) -> Floor:
    """The hall with PC01 and a price; Wednesday noon."""
    floor = Floor(hall.store, hall)
    floor.add_pc("PC01")
    floor.add_price("Day", 200)
    return floor


def require(client: Client, *names: str, **more: Any) -> None:
    fields = msgspec.json.encode(dict.fromkeys(names, 1)).decode()
    client.ok("PUT", "/configs/memberSettings", json={"member_settings": fields} | more)


def test_settings_of_members_are_told(client: Client, floor: Floor) -> None:
    told = client.ok("GET", "/members/action/memberSettings")
    assert told["member_settings"] == dict.fromkeys(FIELDS, 0)
    assert told["id_number_rules"] == {"digital_only": 0, "limit_length": 0}
    require(client, "member_phone", id_number_rules='{"digital_only":1,"limit_length":3}')
    for path in ("/members/action/memberSettings", "/members/action/memberInitData"):
        told = client.ok("GET", path)
        assert told["member_settings"] == dict.fromkeys(FIELDS, 0) | {"member_phone": 1}
        assert told["id_number_rules"] == {"digital_only": 1, "limit_length": 3}


def test_what_is_required_is_asked_at_every_door(client: Client, floor: Floor) -> None:
    old = client.ok("POST", "/members", json=NEW | {"member_account": "old"})["member_id"]
    require(client, *FIELDS)
    code, message = client.refused("POST", "/members", json=NEW)
    assert code == 400
    missing = {part.split(":")[0] for part in message.split("; ")}
    # The account and its password were sent, and the end is there by itself.
    assert missing == set(FIELDS) - {
        *("member_account", "member_password", "member_expire_time_local")
    }
    whole = NEW | {
        **{"member_first_name": "Eva", "member_last_name": "Aal", "member_birthday": "1990-10-10"},
        **{"member_id_card": "7", "member_phone": "1", "member_email": "e@example.org"},
        **{"member_balance": "5.00", "member_comments": "x"},
    }
    never = whole | {"member_expire_time_local": "0000-00-00"}
    assert client.refused("POST", "/members", json=never) == (
        400,
        "member_expire_time_local: is required",
    )
    made = client.ok("POST", "/members", json=whole)["member_id"]
    path = f"/members/{made}"
    assert client.refused("PUT", path, json={"member_phone": ""}) == (
        400,
        "member_phone: is required",
    )
    assert client.ok("GET", path)["member"]["member_phone"] == "1"
    # Who lacks a field that is required since later can be changed all the same.
    assert client.ok("PUT", f"/members/{old}", json={"member_sex": 1})["member"]["member_sex"] == 1


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("12a", "member_id_card: must be digits only"),
        ("12", "member_id_card: must have 3 characters"),
        ("١٢٣", "member_id_card: must be digits only"),
        ("123", ""),
        ("", ""),
    ],
)
def test_identity_numbers(client: Client, floor: Floor, card: str, reason: str) -> None:
    made = client.ok("POST", "/members", json=NEW)["member_id"]
    require(client, id_number_rules='{"digital_only":1,"limit_length":3}')
    new = NEW | {"member_account": "two", "member_id_card": card}
    change = {"member_id_card": card}
    if reason:
        assert client.refused("POST", "/members", json=new) == (400, reason)
        assert client.refused("PUT", f"/members/{made}", json=change) == (400, reason)
    else:
        client.ok("POST", "/members", json=new)
        assert client.ok("PUT", f"/members/{made}", json=change)["member"]["member_id_card"] == card


def test_a_change_from_an_old_version_is_told(client: Client, floor: Floor) -> None:
    made = client.ok("POST", "/members", json=NEW)["member_id"]
    path = f"/members/{made}"
    client.ok("PUT", path, json={"member_first_name": "One", "member_version": 0})
    late = {"member_first_name": "Two", "member_version": 0}
    code, message = client.refused("PUT", path, json=late)
    assert (code, "Somebody else has changed this member" in message) == (400, True)
    assert client.ok("GET", path)["member"]["member_first_name"] == "One"
    client.ok("PUT", path, json=late | {"member_version": 1})
    assert client.ok("GET", path)["member"]["member_first_name"] == "Two"


def guest_with_money(client: Client) -> dict[str, Any]:
    sent = {"member_expire_time_local": "2030-01-01", "member_balance": "7.50"}
    return client.ok("POST", "/members/action/addGuest", json=sent)


def test_a_guest_becomes_a_member_with_his_money(client: Client, floor: Floor) -> None:
    guest = guest_with_money(client)
    sent = NEW | {"guest_account": guest["member_account"].lower(), "member_first_name": "Eva"}
    made = client.ok("POST", "/convertToMember", json=sent)
    assert made == {"member_id": guest["member_id"], "member_account": "eva"}
    row = client.ok("GET", f"/members/{made['member_id']}")["member"]
    told = (row["member_balance"], row["member_group_id"], row["member_first_name"])
    assert told == ("7.50", 0, "Eva")
    log_in = {"member_account": "eva", "member_password": "x"}
    assert (
        client.ok("POST", "/members/action/memberInfo", json=log_in)["member_id"]
        == row["member_id"]
    )
    assert floor.store.read_sync(verify_ledger).problem is None
    # Nobody becomes a member twice.
    code, message = client.refused("POST", "/convertToMember", json=sent | {"member_account": "b"})
    assert (code, message) == (404, "Member not found") or code == 400
    again = NEW | {"member_id": made["member_id"], "member_account": "b"}
    assert client.refused("POST", "/convertToMember", json=again) == (
        400,
        "eva is not a guest account.",
    )


def test_what_keeps_a_guest_a_guest(client: Client, floor: Floor) -> None:
    guest = guest_with_money(client)
    sent = NEW | {"member_id": guest["member_id"]}
    client.ok("POST", "/members", json=NEW)
    assert client.refused("POST", "/convertToMember", json=sent)[1].endswith("already exists")
    assert client.refused("POST", "/convertToMember", json=NEW) == (
        400,
        "guest_account: is required",
    )
    assert client.refused("POST", "/convertToMember", json=NEW | {"member_id": 1})[1] == (
        "Member not found"
    )
    sent["member_account"] = "second"
    require(client, "member_phone")
    for method, path, body in (
        ("POST", "/convertToMember", sent),
        ("PUT", f"/members/{guest['member_id']}", {"member_group_id": 0}),
    ):
        assert client.refused(method, path, json=body) == (400, "member_phone: is required")
    require(client, license_convert_to_member_enable=0)
    for method, path, body in (
        ("POST", "/convertToMember", sent),
        ("PUT", f"/members/{guest['member_id']}", {"member_group_id": 0}),
    ):
        refused = client.refused(method, path, json=body)
        assert refused == (400, "This centre does not make members of guests.")
    assert client.ok("GET", f"/members/{guest['member_id']}")["member"]["member_group_id"] == -1


def test_a_customer_writes_and_the_log_says_that_he_did(client: Client, floor: Floor) -> None:
    floor.add_member("rui")
    body = {
        **{"pc_name": "pc01", "member_account": "RUI", "subject": "<b>Chair</b>"},
        "message": "It squeaks.",
    }
    assert client.ok("POST", FEEDBACK, json=body) == {}
    (row,) = client.ok("GET", LOGS, params={"read": 0})["log_list"]
    told = [row[name] for name in ("subject", "message", "log_event", "log_pc_name")]
    assert told == ["<b>Chair</b>", "It squeaks.", "FEEDBACK", "PC01"]
    assert row["log_member_account"] == "rui"
    assert "squeaks" not in row["log_details"]
    assert client.ok("GET", LOGS, params={"read": 1})["log_list"] == []
    assert client.ok("GET", LOGS)["paging_info"]["total_records"] == 1
    events = client.ok("GET", "/billingLogs", params={"event": "FEEDBACK"})["log_list"]
    assert [each["log_id"] for each in events] == [row["log_id"]]


def test_a_seat_and_a_member_write_as_themselves(client: Client, floor: Floor) -> None:
    member_id = floor.add_member("rui")
    floor.add_member("ana")
    floor.add_pc("PC02")
    center_id = floor.hall.center_id
    seat = floor.run(issue_token, NewToken(center_id, "pc", "device", floor.pc_ids["PC02"]))
    own = floor.run(issue_token, NewToken(center_id, "member", "bearer", member_id))
    body = {"pc_name": "PC01", "member_account": "ana", "message": "Hello"}
    client.ok("POST", FEEDBACK, json=body, key=seat)
    client.ok("POST", FEEDBACK, json=body, key=own)
    second, first = client.ok("GET", LOGS)["log_list"]
    assert (first["log_pc_name"], first["log_member_account"]) == ("PC02", "ana")
    assert (second["log_pc_name"], second["log_member_account"]) == ("PC01", "rui")
    assert client.refused("GET", LOGS, key=own)[0] == 403
    assert client.refused("GET", LOGS, key=seat)[0] == 403


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"message": ""}, "message: is required"),
        ({"message": "  "}, "message: is required"),
        ({"message": BIG}, "message: "),
        ({"subject": BIG}, "subject: "),
        ({"subject": "x" * 201}, "subject: "),
        ({"message": ["a", {}]}, "message: "),
        ({"pc_name": "PC99"}, "PC99: "),
        ({"member_account": "nobody"}, "Member not found"),
        ({"member_account": "' OR 1=1 --"}, "Member not found"),
    ],
)
def test_bad_feedback_is_kept_nowhere(
    client: Client, floor: Floor, change: dict[str, Any], reason: str
) -> None:
    code, message = client.refused("POST", FEEDBACK, json={"message": "x"} | change)
    assert code in (400, 404)
    assert message.startswith(reason), message
    rows = floor.store.read_sync(lambda read: read.all(sa.select(feedback)))
    assert rows == []


def test_feedback_of_another_centre_is_not_seen(client: Client, floor: Floor) -> None:
    other = open_hall(floor.store, 8888)
    elsewhere = Floor(floor.store, other)
    elsewhere.add_member("eva")
    assert client.refused("POST", FEEDBACK, json={"message": "x", "member_account": "eva"})[1] == (
        "Member not found"
    )
    client.ok("POST", FEEDBACK, json={"message": "x"})
    answer = client.raw("GET", f"/api/v2/cafe/8888{LOGS}", key=other.api_key).json()
    assert answer["data"]["log_list"] == []


def test_a_deleted_member_takes_his_words_along(client: Client, floor: Floor) -> None:
    member_id = floor.add_member("rui", balance=EURO)
    client.ok("POST", FEEDBACK, json={"message": "My name is Rui", "member_account": "rui"})
    client.ok("POST", "/members/action/multiDelete", json={"member_ids": [member_id]})
    (row,) = client.ok("GET", LOGS)["log_list"]
    assert (row["subject"], row["message"]) == ("", "")
    kept = floor.store.read_sync(
        lambda read: read.one(sa.select(members).where(members.c.id == member_id))
    )
    assert (kept.account, kept.first_name) == (f"deleted-{member_id}", "")
    assert floor.store.read_sync(verify_ledger).problem is None
