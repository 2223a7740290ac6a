"""Nobody learns from the log what should be in a drawer that is still to be counted blind."""

from __future__ import annotations

import pytest

from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.builders.people import bearer_of
from tests.contract.pages.test_pages import Desk, text_of


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


def test_sums_are_hidden_until_the_count(client: Client, floor: Floor) -> None:
    staff = bearer_of(floor.hall, "staff")
    desk, manager = Desk(client, "staff7777"), Desk(client, "manager7777")
    ada = floor.add_member("ada")
    till = floor.add_till()
    opened = client.raw(
        "POST", "/api/native/v1/shifts", json={"till_id": till, "float": "100"}, key=staff
    )
    path = f"/api/native/v1/shifts/{opened.json()['shift_id']}"
    body = {"topup_ids": ada, "topup_value": 50}
    client.ok("POST", "/members/action/topup", json=body, key=staff)
    day = {"date_start": "2000-01-01", "date_end": "2000-01-02"}

    def totals(key: str, **filters: str) -> dict[str, str | None]:
        return client.ok("GET", "/billingLogs", params=filters, key=key)["total"]

    seen = totals(staff)["log_money"]
    assert seen == totals(floor.hall.api_key)["log_money"] is not None
    client.ok("PUT", "/configs/paymentSettings", json={"shift_blind_count": 1})
    hidden = totals(staff)
    money = ("log_money", "log_card", "log_spend", "log_bonus", "log_coin")
    assert [hidden[name] for name in money] == [None] * 5
    assert totals(staff, event="TOPUP")["log_money"] is None
    page = desk.get("/panel/log")
    assert "The sums of money are shown once the drawer is counted." in text_of(page)
    assert "Cash" not in text_of(page).partition("The sums of money")[2].partition("When")[0]
    for url in ("/panel/log.csv", "/panel/log.xlsx"):
        assert desk.get(url).status_code == 403
    for kind in ("csv", "xlsx"):
        url = f"/api/native/v1/billing-logs.{kind}"
        assert client.raw("GET", url, key=staff).status_code == 403
    # Who may see it, and programs, see it; and what was before the shift everybody sees.
    assert totals(floor.hall.api_key)["log_money"] == seen
    assert "€50.00" in text_of(manager.get("/panel/log"))
    assert manager.get("/panel/log.csv").status_code == 200
    assert desk.get("/panel/log.csv?date_start=2000-01-01&date_end=2000-01-02").status_code == 200
    assert totals(staff, **day)["log_used_secs"] == "00:00:00"
    counted = client.raw("POST", f"{path}/counts", json={"counted": "150"}, key=staff)
    assert counted.status_code == 200
    assert totals(staff)["log_money"] == seen
    assert desk.get("/panel/log.csv").status_code == 200
