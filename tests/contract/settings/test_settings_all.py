"""Every documented key: taken by any call, checked, read back on each wire, of one centre only."""

from __future__ import annotations

import json
from typing import Any, Literal, get_args, get_origin

import pytest
import sqlalchemy as sa

from lanhouse.auth.passwords import password_matches
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import GROUPS
from lanhouse.cafe.centers.schemas.keys import Key
from lanhouse.cafe.centers.schemas.member.accounts import MemberFields
from lanhouse.cafe.centers.tables import centers
from lanhouse.cafe.centers.wire import PICTURE_OUTPUTS
from lanhouse.cafe.settings.wire import opened_secret
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.people import bearer_of
from tests.builders.secrets import VAULT
from tests.contract.settings.defaults import DEFAULTS

SENT: dict[str, Any] = {
    "cafe_name": "The Hall",
    "timezone": "Asia/Manila",
    "currency": "EUR",
    "cors_origins": ["https://a.example"],
    "license_password": "correct horse",
    "open_time_start": "09:00",
    "open_time_end": "01:30",
    "license_lang": "pt-BR",
    "cafe_latlng": "38.7223,-9.1393",
    "join_us": "https://hall.example/join",
    "center_email": "desk@hall.example",
    "map_link": "https://maps.example/hall",
    "receipt_link": "https://hall.example/paper",
    "club_rules": "Be kind.\nPay.",
    "staff_allow_ip": "10.0.0.0/8,::1",
    "staff_access_range": "09:00-18:00",
    "pc_layout": '{"Main":[{"pc":"PC01","x":1.5}]}',
    "pc_layout_grid": '{"cols":20,"rows":10}',
    "pc_area_info_extend": '{"VIP":{"allow_pay_by_room":1}}',
    "pay_later": '{"member_groups":["0"]}',
    "desk_confirm_above": 250,
    "notification_before_console_end": '["3"]',
    "notification_before_closing": '["30","10"]',
    "price_bonus": '[{"amount":"100.00","bonus":"20"}]',
    "topup_reward_percent": "[100,100,100,100,100,70,70]",
    "default_member_group": 0,
    "new_member_offer": 0,
    "social_login_accounts": '{"google":1,"facebook":0,"telegram":1}',
    "allow_register_email_settings": '{"domains":["a.example"],"fields":["phone"]}',
    "admin_password": "opens it",
    "alert_client_before_end": '["1","2","5"]',
    "game_drive": "E:",
    "save_drive": "F:",
    "game_auto_launch_delay": '[{"game_type":"Steam","delay":5}]',
    "protection_settings": (
        '{"cmd":1,"control_panel":0,"download_file":1,"power_button":0,"usb":1,"task_manager":0}'
    ),
    "user_block_program": '["a.exe"]',
    "user_block_mobile": '["phone"]',
    "shop_settings": '{"order_by":"name","order":"asc","serial_port":"COM1"}',
    "sms_provider_url": "https://sms.example/send?to={phone}",
    "sms_provider_secret": "",
}
SENT |= {
    "holidays": '[{"date":"2026-12-25","weekday":7,"name":"Christmas"}]',
    "price_button": '[{"min":"30","money":"5.00"}]',
    "pc_group_levels": '{"pc_group_id_0":"level_2"}',
    "id_number_rules": '{"digital_only":1,"limit_length":11}',
    "member_settings": '{"member_phone":1,"member_email":0}',
    "mini_qr_payment": 2.5,
    "minors_bands": (
        '[{"name":"night","age":"","under":"16","days":"","on":"","start":"22:00",'
        '"end":"06:00","consent":"1"}]'
    ),
    "referral_settings": (
        '{"enable":1,"currency":2,"fixed":500,"friend":0,"min_spend":0,"levels":[],"counts":[]}'
    ),
    "booking_type": "hold|time",
    "booking_offers": "[3]",
    "qr_payload": "00020101021126150011com.example5204799953039785802DE5904Hall6006Berlin63044580",
    "payment_url": "https://pay.example/?n={order_no}",
    "payment_notice_secret": "",
    "stripe_secret_key": "",
    "stripe_notice_secret": "",
}
SHOWN = {
    "timezone": "+08:00",
    "timezone_name": "Asia/Manila",
    "currency": "€",
    "license_password": "",
    "license_password_set": 1,
    "admin_password": "",
    "admin_password_set": 1,
    # Whole, with what was not sent.
    "member_settings": json.dumps(
        {**dict.fromkeys(MemberFields.__struct_fields__, 0), "member_phone": 1},
        separators=(",", ":"),
    ),
}
WRONG = {
    "cafe_latlng": "north",
    "join_us": "ftp://x",
    "receipt_link": "ftp://x",
    "center_email": "nobody",
    "map_link": "ftp://x",
}


def another(key: Key) -> Any:
    """A value that the key does not have by default, as a client of the café API sends it."""
    if key.wire in SENT:
        return SENT[key.wire]
    shown = DEFAULTS[key.wire]
    if key.mark.json:
        return '[{"a":1.50,"b":["x"]}]' if shown == "[]" else '{"a":{"b":[1,2.5]}}'
    if get_origin(key.plain) is Literal:
        return next(value for value in get_args(key.plain) if value != shown)
    if key.plain is bool:
        return 1 - shown
    return (
        shown + 7
        if isinstance(shown, int) and shown + 7 < 10
        else 9
        if shown == 7
        else (shown - 1 if isinstance(shown, int) else "other")
    )


def wrong(key: Key) -> Any:
    """A value that the key does not take."""
    if key.wire in WRONG:
        return WRONG[key.wire]
    if key.mark.json:
        return "[" if DEFAULTS[key.wire].startswith("[") else "{"
    if key.plain is str:
        return ["one", "two"]
    return "maybe"


KEYS = [key for group in GROUPS.values() for key in group.keys]


def test_any_call_takes_every_key_and_each_wire_shows_it(client: Client, hall: Hall) -> None:
    other = open_hall(hall.store, 8888)
    sent = {key.wire: another(key) for key in KEYS}
    expected = {**DEFAULTS, **sent, **SHOWN}
    assert client.ok("PUT", "/configs/shopSettings", json=sent) == expected
    assert client.ok("GET", "/configs") == expected
    unchanged = {name for name, value in expected.items() if value == DEFAULTS[name]}
    ours = {"cafe_id", "license_name", "currency", "currency_code"}
    assert unchanged == ours | {
        *("license_password", "admin_password", "default_member_group", "new_member_offer"),
        *("sms_provider_secret", "sms_provider_secret_set"),
        *("payment_notice_secret", "payment_notice_secret_set"),
        *("stripe_secret_key", "stripe_secret_key_set"),
        *("stripe_notice_secret", "stripe_notice_secret_set"),
        *(key for key, _ in PICTURE_OUTPUTS),
    }
    for group in GROUPS.values():
        shown = client.raw("GET", f"/api/native/v1/settings/{group.name}").json()
        for key in group.keys:
            if key.plain is bool:
                assert shown[key.wire] is bool(expected[key.wire])
    theirs = client.raw("GET", "/api/v2/cafe/8888/configs", key=other.api_key).json()["data"]
    assert {name for name, value in theirs.items() if value != DEFAULTS[name]} == {
        *("cafe_id", "cafe_name", "license_name"),
    }
    # Whoever sends back what was read changes nothing.
    assert client.ok("PUT", "/configs/centerSettings", json=expected) == expected


def test_a_wrong_value_of_any_key_is_named_by_its_field(client: Client, hall: Hall) -> None:
    code, message = client.refused(
        "PUT", "/configs/gameSettings", json={key.wire: wrong(key) for key in KEYS}
    )
    assert code == 400
    named = {reason.partition(":")[0] for reason in message.split("; ")}
    # That a zone or currency exists is looked at once the rest is right.
    assert named == {key.wire for key in KEYS}
    assert client.ok("GET", "/configs") == DEFAULTS


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("open_time_start", "24:00", "must be a time such as 09:30"),
        ("open_time_end", "9", "must be a time such as 09:30"),
        ("license_lang", "English", "must be a language code such as en or pt-BR"),
        ("cafe_latlng", "38.7", "must be latitude and longitude such as 38.7223,-9.1393"),
        ("cafe_latlng", "91,0", "must be latitude and longitude such as 38.7223,-9.1393"),
        ("cafe_latlng", "0,181", "must be latitude and longitude such as 38.7223,-9.1393"),
        ("staff_allow_ip", "10.0.0.0/99", "'10.0.0.0/99' is not an IP address or network"),
        ("staff_access_range", "09:00", "must be two times such as 09:00-18:00"),
        ("staff_access_range", "09:00-09:00", "must be two different times"),
        ("tax1_percentage", "100.01", "must be at most 100"),
        ("tax2_percentage", "1.005", "must have at most 2 decimals"),
        ("credit_card_price_rate", 1001, "must be at most 1000"),
        ("max_extra_session", -1, "must be at least 0"),
        ("rank_last_days", 0, "must be at least 1"),
        ("proxydhcpport", 65_536, "must be at most 65535"),
        ("game_drive", "games", "must be a drive such as D:"),
        ("admin_password", "abc", "must have at least 4 characters"),
        ("notification_before_closing", '["soon"]', "entry 1 must be minutes"),
        ("user_surveys", [["x" * 9_999]], "must be at most 10000 characters of JSON"),
        ("sms_provider_url", "http://sms.example", "must be an address that begins with https://"),
        ("member_settings", "5", "must be an object"),
    ],
)
def test_limits_of_a_value(client: Client, hall: Hall, name: str, value: Any, reason: str) -> None:
    told = client.refused("PUT", "/configs/memberSettings", json={name: value})
    assert told == (400, f"{name}: {reason}")
    assert client.ok("GET", "/configs") == DEFAULTS


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"pc_layout_grid": {"cols": 0}}, "pc_layout_grid.cols: must be at least 1"),
        ({"price_button": '[{"min": "soon"}]'}, "price_button.0.min: must be whole minutes"),
        (
            {"pay_later": {"member_groups": ["x"]}},
            "pay_later.member_groups: entry 1 must be the number of a member group",
        ),
        (
            {"holidays": [{"date": "2026-02-30", "weekday": 1}]},
            "holidays.0.date: must be a date that exists, such as 2026-01-31",
        ),
        (
            {"holidays": [{"date": "2026-12-25", "weekday": 8}]},
            "holidays.0.weekday: must be at most 7",
        ),
        ({"protection_settings": {"usb": 2}}, "protection_settings.usb: must be at most 1"),
        (
            {"pc_area_info_extend": {"VIP": {"allow_pay_by_room": "x"}}},
            "pc_area_info_extend.VIP.allow_pay_by_room: must be a whole number",
        ),
        (
            {"game_auto_launch_delay": [{"game_type": "Steam"}]},
            "game_auto_launch_delay.0.delay: is required",
        ),
    ],
)
def test_what_is_inside_an_object_is_named_too(
    client: Client, hall: Hall, body: dict[str, Any], reason: str
) -> None:
    assert client.refused("PUT", "/configs/clientSettings", json=body) == (400, reason)


@pytest.mark.parametrize("group", list(GROUPS.values()), ids=lambda group: group.wire)
def test_only_the_admin_writes(client: Client, hall: Hall, group: Any) -> None:
    for role in ("staff", "manager"):
        answer = client.call("PUT", f"/configs/{group.wire}", key=bearer_of(hall, role), json={})
        assert answer["code"] == 403
    assert client.ok("PUT", f"/configs/{group.wire}", json={}) == DEFAULTS


def test_the_key_of_the_provider_is_sealed_and_never_shown(client: Client, hall: Hall) -> None:
    def stored() -> Any:
        return hall.store.read_sync(lambda read: read.scalar(sa.select(centers.c.settings)))

    body = {"sms_provider": "http", "sms_provider_secret": "s3cret word"}
    shown = client.ok("PUT", "/configs/smsProviderSettings", json=body)
    assert (shown["sms_provider_secret"], shown["sms_provider_secret_set"]) == ("", 1)
    center = hall.store.read_sync(center_by_id, hall.center_id)
    assert center is not None
    assert "s3cret" not in str(stored())
    opened = opened_secret(center, "sms_provider", "sms_provider_secret", VAULT)
    assert opened == "s3cret word"
    client.ok("PUT", "/configs/smsProviderSettings", json={"sms_provider_secret": ""})
    assert client.ok("GET", "/configs")["sms_provider_secret_set"] == 1
    path = "/api/native/v1/settings/sms_provider"
    assert client.raw("PUT", path, json={"sms_provider_secret": None}).status_code == 200
    assert client.ok("GET", "/configs")["sms_provider_secret_set"] == 0
    assert "s3cret" not in client.raw("GET", "/api/native/v1/audit").text


def test_the_password_of_the_seats_is_hashed(client: Client, hall: Hall) -> None:
    shown = client.ok("PUT", "/configs/clientSettings", json={"admin_password": "opens it"})
    assert (shown["admin_password"], shown["admin_password_set"]) == ("", 1)
    center = hall.store.read_sync(center_by_id, hall.center_id)
    assert center is not None
    assert password_matches(center.settings.client.admin_password, "opens it")


def test_json_is_shown_as_json_on_the_native_api(client: Client, hall: Hall) -> None:
    path = "/api/native/v1/settings/protection"
    given = {"protection_settings": {"usb": 1}, "user_block_program": ["a.exe"]}
    shown = client.raw("PUT", path, json=given).json()
    assert shown["protection_settings"]["usb"] == 1
    assert shown["protection_settings"]["cmd"] == 0
    assert shown["user_block_program"] == ["a.exe"]
    cleared = client.raw("PUT", path, json={"protection_settings": None}).json()
    assert cleared["protection_settings"]["usb"] == 0
