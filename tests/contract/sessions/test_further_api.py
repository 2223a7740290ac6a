"""A member on several PCs, as the café API shows and refuses it."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor


@pytest.fixture(autouse=True)
def ann(client: Client, floor: Floor, freeze: clock.frozen) -> int:
    member_id = floor.add_member("ann", balance=4 * EURO)
    body = {"allow_additional_session": 1, "max_extra_session": 1}
    kept = client.ok("PUT", "/configs/paymentSettings", json=body)
    assert (kept["allow_additional_session"], kept["max_extra_session"]) == (1, 1)
    for name in ("PC01", "PC02"):
        start(client, name)
    return member_id


def start(client: Client, name: str, **how: Any) -> Any:
    body = {"pc_name": name, "member_account": "ann"}
    return client.call("POST", "/pcSessions/memberSession", json=body, **how)


def rows(client: Client) -> dict[str, tuple[str, str]]:
    """PC -> account and time left, of the PCs in use."""
    return {
        row["pc_name"]: (row["member_account"], row["status_connect_time_left"])
        for row in client.ok("GET", "/pcList")
        if row["member_account"]
    }


def test_both_pcs_show_the_member_and_one_end(
    client: Client, ann: int, freeze: clock.frozen
) -> None:
    assert rows(client) == {"PC01": ("ann", "01:00:00"), "PC02": ("ann", "01:00:00")}
    where = client.ok("GET", "/memberPcStatus", params={"member_id": ann})
    assert (where["pc_name"], where["minutes"]) == ("PC01", 60)
    found = client.ok("GET", "/members", params={"search_text": "ann"})["members"]
    assert [row["member_account"] for row in found] == ["ann"]
    freeze.advance(1800)
    seen = client.ok("POST", "/getRealTimeBalance", json={"member_account": "ann"})
    assert (seen["pc_cost"], seen["member_balance"]) == ("2.00", "2.00")


def test_refusals_and_check_out(client: Client, floor: Floor, ann: int) -> None:
    refused = start(client, "PC03")
    told = "PC03: the member may play on at most 1 further PCs"
    assert (refused["code"], refused["message"]) == (400, told)
    by_account = client.refused("POST", "/pcSessions/checkout", json={"member_account": "ann"})
    assert by_account == (400, "the member plays on PC01, PC02: name the PC")
    quoted = client.ok("POST", "/pcSessions/paymentInfo", json={"pcs": ["PC01", "PC02"]})
    assert [row["member_account"] for row in quoted["pcs"]] == ["ann", "ann"]
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    # The one that goes on is his session now, with all of the money.
    assert rows(client) == {"PC02": ("ann", "02:00:00")}
    where = client.ok("GET", "/memberPcStatus", params={"member_id": ann})
    assert where["pc_name"] == "PC02"
    client.ok("POST", "/pcSessions/checkout", json={"member_account": "ann"})
    assert rows(client) == {}
    floor.verify()
