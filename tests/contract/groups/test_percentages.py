"""Percentages are JSON numbers that keep their decimals."""

from __future__ import annotations

from tests.builders.client import Client

PERCENT = {"name": "Gold", "product_discount": "12.5", "pc_time_discount": "10", "min_points": "5"}


def test_percentages_keep_their_form(client: Client) -> None:
    made = client.raw("POST", "/api/native/v1/member-groups", json=PERCENT)
    assert made.status_code == 200
    text = client.raw("GET", "/api/v2/cafe/7777/memberGroups").text
    assert '"member_group_discount_rate":12.5,"member_group_discount_offer":0,' in text
    assert '"member_group_discount_pc_time":10,"member_group_point_min":"5.00",' in text
