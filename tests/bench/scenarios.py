"""The requests of the figures, through all layers: key, addresses, rights, idempotency, ledger."""

from __future__ import annotations

from tests.bench.scenario import Scenario
from tests.bench.town import CENTER_ID, Town

CAFE = f"/api/v2/cafe/{CENTER_ID}"


def scenarios(town: Town) -> dict[str, Scenario]:
    """By name: topup, get, deposit, pc_list, map."""
    cafe = {"Authorization": f"Bearer {town.api_key}"}
    agent = {"Authorization": f"Bearer {town.agent_key}"}
    keyed = {"Content-Type": "application/json", "Idempotency-Key": "{key}"}
    members = tuple(str(member_id) for member_id in town.member_ids)
    return {
        "topup": Scenario(
            name="topup",
            method="POST",
            path=f"{CAFE}/members/action/topup",
            headers={**cafe, **keyed},
            body='{"topup_ids":{id},"topup_value":"5.00","comment":"counter top-up"}',
            ids=members,
            expect='"code":200',
        ),
        "get": Scenario(
            name="get",
            method="GET",
            path=f"{CAFE}/members/{{id}}",
            headers=cafe,
            ids=members,
            expect='"code":200',
        ),
        "deposit": Scenario(
            name="deposit",
            method="POST",
            path="/external/deposit",
            headers={**agent, **keyed},
            body='{"username":"{id}","amount":"1.25","currency":"EUR"}',
            ids=tuple(town.usernames),
            expect='"ok":true',
        ),
        "pc_list": Scenario(
            name="pc_list",
            method="GET",
            path=f"{CAFE}/pcList",
            headers=cafe,
            expect='"code":200',
        ),
        "map": Scenario(
            name="map",
            method="GET",
            path="/panel/computers/map",
            headers={"Cookie": town.cookie},
            expect="PC001",
        ),
    }
