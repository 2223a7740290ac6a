"""The log tells which quote a check-out used (decision 0079)."""

from __future__ import annotations

from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.floor import Floor


def test_the_log_names_the_quote_and_the_difference(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    client.ok("POST", "/pcSessions/postpaidSession", json={"pc_name": ["PC01", "PC02"]})
    freeze.advance(3600)
    info = client.ok("POST", "/pcSessions/paymentInfo", json={"pc_name": "PC01"})
    quoted_at = clock.now().astimezone(floor.center.zone)
    freeze.advance(180)
    quote = {name: info[name] for name in ("pc_data_time", "pc_data_sign", "pc_cost")}
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01", **quote})
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC02"})
    told = f"quote of {quoted_at:%Y-%m-%d %H:%M:%S}: 2.00, now 2.10, difference -0.10"
    assert [log.details for log in floor.logs("CHECKOUT")] == [
        f"postpaid, cost 2.00, {told}",
        "postpaid, cost 2.10",
    ]
