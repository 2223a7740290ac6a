"""GET pcGroups, GET memberGroups and the native calls that write groups."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.groups import commands
from lanhouse.cafe.groups.commands import GroupChange, PcGroupValues
from lanhouse.kit.limits import MAX_PCGROUP
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.people import bearer_of

PC_GROUPS = "/api/native/v1/pc-groups"
MEMBER_GROUPS = "/api/native/v1/member-groups"


def make(client: Client, path: str, **body: Any) -> dict[str, Any]:
    response = client.raw("POST", path, json=body)
    assert response.status_code == 200, response.text
    return response.json()


def error(client: Client, method: str, path: str, **options: Any) -> tuple[int, str]:
    response = client.raw(method, path, **options)
    return response.status_code, response.json()["error"]["message"]


def test_a_new_centre_has_the_default_groups_only(client: Client) -> None:
    assert client.ok("GET", "/pcGroups") == [
        {
            "pc_group_id": 0,
            "pc_group_name": "Default",
            "pc_group_desc": "",
            "pc_group_icafe_id": 7777,
        }
    ]
    (group,) = client.ok("GET", "/memberGroups")
    assert (group["member_group_id"], group["member_group_name"]) == (0, "Default")


def test_a_pc_group_from_making_to_deleting(client: Client) -> None:
    made = make(client, PC_GROUPS, name=" VIP ", description="Window side")
    assert made == {"id": made["id"], "name": "VIP", "description": "Window side"}
    assert client.ok("GET", "/pcGroups")[1] == {
        "pc_group_id": made["id"],
        "pc_group_name": "VIP",
        "pc_group_desc": "Window side",
        "pc_group_icafe_id": 7777,
    }
    one = f"{PC_GROUPS}/{made['id']}"
    assert client.raw("PUT", one, json={"name": "VIP 2"}).json() == {
        "id": made["id"],
        "name": "VIP 2",
        "description": "",
    }
    assert client.raw("GET", one).json()["name"] == "VIP 2"
    assert client.raw("DELETE", one).json() == {"deleted": True}
    assert error(client, "GET", one) == (404, "PC group not found")
    assert error(client, "DELETE", one) == (404, "PC group not found")


def test_a_member_group_with_discounts_of_two_decimals(client: Client) -> None:
    gold = make(
        client,
        MEMBER_GROUPS,
        name="Gold",
        product_discount="12.5",
        offer_discount=7,
        pc_time_discount="100",
        cashback="2.5",
        min_points="500",
    )
    assert gold == {
        "id": gold["id"],
        "name": "Gold",
        "description": "",
        "product_discount": "12.5",
        "offer_discount": "7",
        "pc_time_discount": "100",
        "cashback": "2.5",
        "min_points": "500.00",
    }
    default, shown = client.ok("GET", "/memberGroups")
    assert default["member_group_point_max"] == "500.00"
    assert {key: value for key, value in shown.items() if key != "member_group_update"} == {
        "member_group_id": gold["id"],
        "member_group_icafe_id": 7777,
        "member_group_name": "Gold",
        "member_group_desc": "",
        "member_group_discount_rate": 12.5,
        "member_group_discount_offer": 7,
        "member_group_discount_pc_time": 100,
        "member_group_point_min": "500.00",
        "member_group_point_max": "0.00",
        "member_group_bonus_cashback": "2.50",
        "member_group_company_id": 0,
        "has_icon": 0,
    }
    assert shown["member_group_update"] > 1_700_000_000


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "name: is required"),
        ({"name": " "}, "name: is required"),
        ({"name": "x" * 51}, "name: must be at most 50 characters"),
        ({"name": "a\nb"}, "name: must be on one line"),
        ({"name": "a\x00"}, "name: must not have control characters"),
        ({"name": ["a", "b"]}, "name: must be a single value"),
        ({"name": "a", "product_discount": "100.01"}, "product_discount: must be at most 100"),
        ({"name": "a", "offer_discount": -1}, "offer_discount: must not have a sign"),
        (
            {"name": "a", "pc_time_discount": "0.001"},
            "pc_time_discount: must have at most 2 decimals",
        ),
        (
            {"product_discount": "x", "min_points": "y"},
            (
                "name: is required; product_discount: must be a plain decimal number;"
                " min_points: must be a plain decimal number"
            ),
        ),
    ],
)
def test_wrong_values_are_named_and_nothing_is_made(
    client: Client, body: dict[str, Any], reason: str
) -> None:
    assert error(client, "POST", MEMBER_GROUPS, json=body) == (400, reason)
    assert len(client.ok("GET", "/memberGroups")) == 1


def test_names_are_unique_whatever_their_case(client: Client) -> None:
    gold = make(client, MEMBER_GROUPS, name="Gold")
    make(client, MEMBER_GROUPS, name="Silver")
    assert error(client, "POST", MEMBER_GROUPS, json={"name": "GOLD"}) == (
        400,
        "name: GOLD already exists",
    )
    one = f"{MEMBER_GROUPS}/{gold['id']}"
    assert error(client, "PUT", one, json={"name": "silver"}) == (
        400,
        "name: silver already exists",
    )
    assert client.raw("PUT", one, json={"name": "gold"}).json()["name"] == "gold"


def test_groups_of_the_system_cannot_be_changed(client: Client) -> None:
    for group_id in (0, -1, -5):
        one = f"{MEMBER_GROUPS}/{group_id}"
        reason = f"Member group {group_id} is part of the system and cannot be changed."
        assert error(client, "PUT", one, json={"name": "x"}) == (422, reason)
        assert error(client, "DELETE", one) == (422, reason)
    assert error(client, "DELETE", f"{PC_GROUPS}/0")[0] == 422


@pytest.mark.parametrize("group_id", ["1", "99999999999999999999", "x", "1.5", "٣"])
def test_unknown_ids_are_not_found(client: Client, group_id: str) -> None:
    assert error(client, "GET", f"{PC_GROUPS}/{group_id}") == (404, "PC group not found")
    assert error(client, "DELETE", f"{MEMBER_GROUPS}/{group_id}") == (404, "Member group not found")


def test_groups_are_listed_and_read_one_by_one(client: Client) -> None:
    vip = make(client, PC_GROUPS, name="VIP", description="Window side")
    default = {"id": 0, "name": "Default", "description": ""}
    assert client.raw("GET", PC_GROUPS).json() == [default, vip]
    gold = make(client, MEMBER_GROUPS, name="Gold", pc_time_discount="12.5")
    assert client.raw("GET", MEMBER_GROUPS).json()[1:] == [gold]
    assert client.raw("GET", f"{MEMBER_GROUPS}/{gold['id']}").json() == gold


def test_a_deleted_member_group_is_gone(client: Client) -> None:
    gold = make(client, MEMBER_GROUPS, name="Gold")
    one = f"{MEMBER_GROUPS}/{gold['id']}"
    assert client.raw("DELETE", one).json() == {"deleted": True}
    assert error(client, "GET", one) == (404, "Member group not found")
    assert error(client, "DELETE", one) == (404, "Member group not found")
    assert [group["id"] for group in client.raw("GET", MEMBER_GROUPS).json()] == [0]


def test_another_centres_group_is_not_found(client: Client, hall: Hall) -> None:
    other = open_hall(hall.store, 8888)
    center = hall.store.read_sync(center_by_id, other.center_id)
    assert center is not None
    theirs = hall.store.run_sync(
        commands.create_pc_group, GroupChange(center, None, PcGroupValues("Theirs"))
    )
    one = f"{PC_GROUPS}/{theirs.id}"
    assert error(client, "GET", one) == (404, "PC group not found")
    assert error(client, "PUT", one, json={"name": "Mine"}) == (404, "PC group not found")
    assert error(client, "DELETE", one) == (404, "PC group not found")


def test_the_cap_is_told(client: Client, hall: Hall) -> None:
    center = hall.store.read_sync(center_by_id, hall.center_id)
    assert center is not None
    for number in range(MAX_PCGROUP):
        change = GroupChange(center, None, PcGroupValues(f"Group {number}"))
        hall.store.run_sync(commands.create_pc_group, change)
    assert error(client, "POST", PC_GROUPS, json={"name": "One more"}) == (
        422,
        "A centre can have at most 100 PC groups.",
    )


def test_staff_may_look_but_only_the_admin_may_change(client: Client, hall: Hall) -> None:
    for role, status in (("staff", 403), ("manager", 403), ("admin", 200)):
        token = bearer_of(hall, role)
        assert client.raw("GET", MEMBER_GROUPS, key=token).status_code == 200
        made = client.raw("POST", MEMBER_GROUPS, key=token, json={"name": f"By {role}"})
        assert made.status_code == status
    assert client.raw("POST", MEMBER_GROUPS, key="nobody", json={"name": "x"}).status_code == 401
    names = [group["member_group_name"] for group in client.ok("GET", "/memberGroups")]
    assert names == ["Default", "By admin"]
