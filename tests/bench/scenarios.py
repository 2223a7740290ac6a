"""The requests of the figures, through all layers: key, addresses, rights, idempotency, ledger."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from tests.bench.scenario import Scenario
from tests.bench.town import CENTER_ID, Town

LINES = 5
"""Of an order."""
_BASKETS = 2_000
CAFE = f"/api/v2/cafe/{CENTER_ID}"


def scenarios(town: Town) -> dict[str, Scenario]:
    """By name: topup, get, order, one_product, deposit, pc_list, map."""
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
        "order": _order("order", town, cafe | keyed),
        "one_product": _order("one_product", town, cafe | keyed, town.product_ids[:1]),
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


def _order(name: str, town: Town, headers: dict[str, str], always: Sequence[int] = ()) -> Scenario:
    """Goods of five lines for cash at the desk; some products stand on every order."""
    chance = random.Random(1)
    others = [each for each in town.product_ids if each not in always]
    baskets = ([*always, *chance.sample(others, LINES - len(always))] for _ in range(_BASKETS))
    return Scenario(
        name=name,
        method="POST",
        path=f"{CAFE}/orders",
        headers=headers,
        body='{"product_id":{id},"order_item_qty":[1,2,1,1,3],"order_payment_method":0}',
        ids=tuple(json.dumps([f"p-{each}" for each in basket]) for basket in baskets),
        expect='"code":200',
    )
