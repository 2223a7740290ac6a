"""The answers of the groups' calls are documented, and real ones are as documented."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from lanhouse.app import all_routes
from lanhouse.web.openapi import document
from tests.builders.client import Client

PERCENT = {"name": "Gold", "product_discount": "12.5", "pc_time_discount": "10", "min_points": "5"}


def check(surface: str, method: str, path: str, answer: Any) -> None:
    """Fail unless the document says of this route what it answers, and this is it."""
    whole = document(surface, all_routes(), "http://testserver")
    operation = whole["paths"][path][method.lower()]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    data = schema["properties"]["data"] if surface == "cafe" else schema
    assert data, f"{method} {path} has no answer type"
    jsonschema_rs.validate({**schema, "components": whole["components"]}, answer)


@pytest.mark.parametrize("path", ["pcGroups", "memberGroups"])
def test_rows_of_the_cafe_api_are_as_documented(client: Client, path: str) -> None:
    made = client.raw("POST", "/api/native/v1/member-groups", json=PERCENT)
    assert made.status_code == 200
    answer = client.raw("GET", f"/api/v2/cafe/7777/{path}").json()
    check("cafe", "GET", f"/api/v2/cafe/{{cafe_id}}/{path}", answer)


def test_percentages_keep_their_form(client: Client) -> None:
    client.raw("POST", "/api/native/v1/member-groups", json=PERCENT)
    text = client.raw("GET", "/api/v2/cafe/7777/memberGroups").text
    assert '"member_group_discount_rate":12.5,"member_group_discount_offer":0,' in text
    assert '"member_group_discount_pc_time":10,"member_group_point_min":"5.00",' in text


@pytest.mark.parametrize("kind", ["pc-groups", "member-groups"])
def test_written_groups_are_as_documented(client: Client, kind: str) -> None:
    path, one = f"/api/native/v1/{kind}", f"/api/native/v1/{kind}/{{group_id}}"
    made = client.raw("POST", path, json={"name": "Gold"}).json()
    check("native", "POST", path, made)
    mine = f"{path}/{made['id']}"
    check("native", "GET", path, client.raw("GET", path).json())
    check("native", "GET", one, client.raw("GET", mine).json())
    check("native", "PUT", one, client.raw("PUT", mine, json={"name": "Silver"}).json())
    check("native", "DELETE", one, client.raw("DELETE", mine).json())
