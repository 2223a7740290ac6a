"""The rules of the café wire that every client relies on (cafe-wire 0)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.auth.tables import api_keys
from lanhouse.cafe.centers.commands import SettingsChange, change_settings
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.builders.centers import PASSWORD, Hall, open_hall
from tests.builders.client import Client

KEY_PATH = "/configs/action/generateApiKey"
STAFFS = "/api/v2/cafe/7777/staffs"


def _staff_token(client: Client, role: str, center_id: int = 7777) -> str:
    response = client.raw(
        "POST",
        "/api/native/v1/auth/staff-login",
        key="",
        json={"cafe_id": center_id, "account": f"{role}{center_id}", "password": PASSWORD},
    )
    assert response.status_code == 200, response.text
    return response.json()["token"]


def test_an_unknown_route_is_decided_before_the_key(client: Client) -> None:
    unknown = {"code": 404, "message": "Url not match"}
    assert client.call("GET", "/nothing", key="") == unknown
    assert client.call("PUT", "/staffs", key="") == unknown
    assert client.raw("GET", "/api/v2/other", key="").json() == unknown


@pytest.mark.parametrize("key", ["", "x", "lhk_" + "a" * 43, "lhk_ü"])
def test_a_wrong_key_is_told_literally(client: Client, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}".encode()} if key else {}
    response = client.raw("GET", STAFFS, key="", headers=headers)
    assert response.status_code == 200
    assert response.json() == {"code": 401, "message": "Unauthenticated."}
    assert response.headers["cache-control"] == "no-cache, private"
    assert response.headers["content-type"] == "application/json"


def test_an_address_outside_the_list_is_told(client: Client) -> None:
    assert client.call("GET", "/staffs", address="10.0.0.9") == {
        "code": 401,
        "message": "Unauthorization from 10.0.0.9",
    }
    assert client.call("GET", "/staffs", address="::1")["code"] == 200
    assert client.call("GET", "/staffs", address="::ffff:127.0.0.1")["code"] == 200


@pytest.mark.parametrize("cafe_id", ["7778", "1", "abc", "07777", "99999999999999999999"])
def test_another_centres_path_is_unauthenticated(client: Client, cafe_id: str) -> None:
    answer = client.raw("GET", f"/api/v2/cafe/{cafe_id}/staffs")
    assert answer.json() == {"code": 401, "message": "Unauthenticated."}


def test_another_centres_key_is_unauthenticated(client: Client, hall: Hall) -> None:
    other = open_hall(hall.store, 7778)
    assert client.call("GET", "/staffs", key=other.api_key)["code"] == 401
    theirs = client.raw("GET", "/api/v2/cafe/7778/staffs", key=other.api_key).json()
    assert [row["staff_icafe_id"] for row in theirs["data"]] == [7778] * 3


def test_a_new_key_ends_the_old_one_at_once_and_is_stored_hashed(
    client: Client, hall: Hall
) -> None:
    made = client.ok("POST", KEY_PATH, json={"api_key_ips": "127.0.0.1, ::1"})
    assert made["api_key_ips"] == "127.0.0.1,::1"
    assert client.refused("GET", "/staffs") == (401, "Unauthenticated.")
    assert client.call("GET", "/staffs", key=made["api_key"])["code"] == 200
    rows = hall.store.read_sync(lambda read: read.all(sa.select(api_keys)))
    assert len(rows) == 1
    assert made["api_key"] not in str(rows)
    assert rows[0].expires_at - rows[0].created_at == timedelta(days=365)


def test_a_wrong_address_is_refused_and_the_old_key_lives(client: Client) -> None:
    code, message = client.refused("POST", KEY_PATH, json={"api_key_ips": "127.0.0.1, nonsense"})
    assert (code, message.split(":")[0]) == (400, "api_key_ips")
    assert client.call("GET", "/staffs")["code"] == 200


@pytest.mark.parametrize("wider", ["0.0.0.0/0", "127.0.0.0/8", "127.0.0.1,10.1.2.3", "::/0"])
def test_a_key_may_only_narrow_its_addresses(client: Client, hall: Hall, wider: str) -> None:
    """Whoever gets hold of a key for a moment must not be able to carry it away."""
    code, message = client.refused("POST", KEY_PATH, json={"api_key_ips": wider})
    assert (code, message.partition(": ")[0]) == (400, "api_key_ips")
    outside = wider.removeprefix("127.0.0.1,")
    assert message.endswith(
        f"{outside} is not among the addresses of this key; only an Admin may add one"
    )
    assert client.call("GET", "/staffs")["code"] == 200
    token = _staff_token(client, "admin")
    made = client.ok("POST", KEY_PATH, key=token, json={"api_key_ips": wider})
    assert made["api_key_ips"] == wider
    assert client.call("GET", "/staffs")["code"] == 401


def test_a_narrower_key_cannot_go_back(client: Client) -> None:
    key = client.ok("POST", KEY_PATH, json={"api_key_ips": "127.0.0.1"})["api_key"]
    both = {"api_key_ips": "127.0.0.1,::1"}
    assert client.call("POST", KEY_PATH, key=key, json=both)["code"] == 400
    assert client.call("GET", "/staffs", key=key)["code"] == 200


def test_a_key_ends_after_a_year(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.call("GET", "/staffs")["code"] == 200
    later = clock.to_micros(clock.real_now() + timedelta(days=365, seconds=1))
    monkeypatch.setattr(clock, "real_micros", lambda: later)
    assert client.refused("GET", "/staffs") == (401, "Unauthenticated.")


@pytest.mark.parametrize(("role", "code"), [("staff", 403), ("manager", 403), ("admin", 200)])
def test_only_the_admin_makes_keys(client: Client, role: str, code: int) -> None:
    token = _staff_token(client, role)
    answer = client.call("POST", KEY_PATH, key=token, json={"api_key_ips": "127.0.0.1"})
    assert answer["code"] == code
    assert client.call("GET", "/staffs")["code"] == (401 if code == 200 else 200)


def test_a_key_request_never_leaves_its_secret_behind(client: Client, hall: Hall) -> None:
    headers = {"Idempotency-Key": "once"}
    made = client.ok("POST", KEY_PATH, json={"api_key_ips": "127.0.0.1"}, headers=headers)
    raw = hall.store.path.read_bytes()  # type: ignore[attr-defined]
    wal = hall.store.path.with_name("lanhouse.db-wal")  # type: ignore[attr-defined]
    assert made["api_key"].encode() not in raw + (wal.read_bytes() if wal.exists() else b"")


def test_a_signed_out_token_ends_at_once(client: Client) -> None:
    token = _staff_token(client, "admin")
    assert client.call("GET", "/staffs", key=token)["code"] == 200
    assert client.raw("POST", "/api/native/v1/auth/logout", key=token).json() == {"ended": True}
    assert client.call("GET", "/staffs", key=token)["code"] == 401


def test_wrong_passwords_lock_out_the_right_one_too(client: Client) -> None:
    url, body = "/api/native/v1/auth/staff-login", {"cafe_id": 7777, "account": "admin7777"}
    for _ in range(5):
        wrong = client.raw("POST", url, key="", json={**body, "password": "guess"})
        assert wrong.status_code == 401
        assert wrong.json()["error"]["message"] == "The account or the password is wrong."
    locked = client.raw("POST", url, key="", json={**body, "password": PASSWORD})
    assert locked.status_code == 429
    elsewhere = client.raw(
        "POST", url, key="", json={**body, "password": PASSWORD}, address="10.1.1.1"
    )
    assert elsewhere.status_code == 200


def test_an_unknown_account_is_told_like_a_wrong_password(client: Client) -> None:
    url = "/api/native/v1/auth/staff-login"
    body = {"cafe_id": 7777, "account": "nobody", "password": "guess"}
    answer = client.raw("POST", url, key="", json=body)
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        401,
        "The account or the password is wrong.",
    )


def test_two_hundred_a_minute_then_507(hall: Hall, tmp_path: Path) -> None:
    app = create_app(AppSettings(data_dir=tmp_path), hall.store, with_ticker=False)
    with Client(app, key=hall.api_key, base="/api/v2/cafe/7777") as client:
        codes = [client.call("GET", "/staffs")["code"] for _ in range(200)]
        assert codes == [200] * 200
        response = client.raw("GET", STAFFS)
        assert response.status_code == 200
        assert response.json() == {"code": 507, "message": "Too Many Attempts: 127.0.0.1"}
        assert response.headers["cache-control"] == "no-cache, private"
        assert client.call("GET", "/staffs", address="::1")["code"] == 200
        assert client.call("GET", "/nothing")["code"] == 404


def test_browsers_may_call_from_allowed_origins_only(client: Client, hall: Hall) -> None:
    change = SettingsChange(7777, {"center": {"cors_origins": ["https://till.example"]}})
    hall.store.run_sync(change_settings, change)
    ask = {"Origin": "https://till.example", "Access-Control-Request-Method": "PATCH"}
    allowed = client.raw("OPTIONS", STAFFS, key="", headers=ask)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == "https://till.example"
    assert "Authorization" in allowed.headers["access-control-allow-headers"]
    methods = allowed.headers["access-control-allow-methods"]
    assert methods == "GET, POST, PUT, PATCH, DELETE, OPTIONS"
    call = client.raw("GET", STAFFS, headers={"Origin": "https://till.example"})
    assert call.headers["access-control-allow-origin"] == "https://till.example"
    for method in ("GET", "OPTIONS"):
        unknown = "/api/v2/cafe/7777/no/such/call"
        lost = client.raw(method, unknown, key="", headers={"Origin": "https://till.example"})
        assert lost.json() == {"code": 404, "message": "Url not match"}
        assert lost.headers["access-control-allow-origin"] == "https://till.example"
        for origin, path in (
            ("https://evil.example", unknown),
            ("https://till.example", "/api/v2/cafe/8888/no/such/call"),
            ("https://till.example", "/api/v2/no/such/call"),
        ):
            refused = client.raw(method, path, key="", headers={"Origin": origin})
            assert refused.json()["code"] == 404
            assert "access-control-allow-origin" not in refused.headers
    other = client.raw("GET", STAFFS, headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


BODIES = [
    (b"{", "application/json"),
    (b"[1,2]", "application/json"),
    (b'"text"', "application/json"),
    (b"\xff\xfe", "application/json"),
    (b'{"api_key_ips": {"a": 1}}', "application/json"),
    (b'{"api_key_ips": "1.2.3.4\\u0000"}', "application/json"),
    (b"api_key_ips=%00", "application/x-www-form-urlencoded"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"", "text/plain"),
    (b"x" * 2_000_000, "application/json"),
]


@pytest.mark.parametrize(("body", "kind"), BODIES, ids=range(len(BODIES)))
def test_malformed_bodies_get_the_envelope_and_change_nothing(
    client: Client, body: bytes, kind: str
) -> None:
    code, message = client.refused("POST", KEY_PATH, content=body, headers={"Content-Type": kind})
    assert code == 400
    assert message.split(":")[0] in ("body", "api_key_ips")
    assert client.call("GET", "/staffs")["code"] == 200


def test_secrets_of_the_query_and_body_are_not_in_the_metrics(client: Client) -> None:
    client.call("GET", "/staffs", params={"password": "hush"})
    text = client.raw("GET", "/metrics", key="").text
    assert (
        'lanhouse_requests_total{route="GET /api/v2/cafe/{cafe_id}/staffs",status="200"} 1.0'
        in text
    )
    assert "hush" not in text


def test_the_interface_documents_are_whole(client: Client) -> None:
    for name in ("cafe", "external", "provider", "native"):
        answer = client.raw("GET", f"/openapi/{name}.json", key="")
        assert answer.status_code == 200
        assert answer.json()["openapi"] == "3.1.0"
    assert client.raw("GET", "/openapi/other.json", key="").status_code == 404
    assert client.raw("GET", "/docs", key="").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("POST", "/auth/memberLogin", (400, "member_password: is required")),
        ("POST", "/auth/guestLogin", (401, "Unauthenticated.")),
        ("POST", "/auth/accessCodeLogin", (400, "access_code: is required")),
        ("POST", "/auth/smsCode", (400, "license_name: is required")),
        ("POST", "/auth/checkSmsCode", (400, "license_name: is required")),
        ("POST", "/auth/memberResetPwd", (400, "license_name: is required")),
        ("GET", "/rank/data", (401, "Unauthenticated.")),
    ],
)
@pytest.mark.parametrize("key", ["", "lhk_of_nobody"])
def test_calls_of_members_need_no_key_and_have_no_other_method(
    client: Client, method: str, path: str, answer: tuple[int, str], key: str
) -> None:
    """Nobody has a key before signing in, so none is asked for."""
    told = client.raw(method, f"/api/v2{path}", key=key, json={"member_account": "ada"}).json()
    code, message = answer
    assert told["code"] == code
    assert message in told["message"]
    assert "not part of this release" not in told["message"]
    other = client.raw("DELETE", f"/api/v2{path}", key=key)
    assert other.json() == {"code": 404, "message": "Url not match"}
