"""Section News of the café API, the native calls, the pages, and what members see."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.news.queries import center_page
from lanhouse.kit import clock
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.contract.files.test_logo import png
from tests.contract.pages.test_pages import Desk, text_of

NATIVE = "/api/native/v1/news"
PAGE = "/panel/settings/news"
PICTURE = "data:image/png;base64," + b64encode(png(size=300)).decode()
BODY = {"news_name": "Cup", "news_url": "https://example.com/cup", "news_show_qr": "on"}


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


def member_token(floor: Floor, account: str = "ada") -> str:
    new = NewToken(
        center_id=7777, kind="member", use="bearer", subject_id=floor.add_member(account)
    )
    return floor.run(issue_token, new)


def test_news_from_making_to_deleting(client: Client, floor: Floor) -> None:
    made = client.ok("POST", "/news", json=BODY)
    assert made == {
        "news_id": made["news_id"],
        "news_icafe_id": 7777,
        "news_name": "Cup",
        "news_order": 1,
        "news_url": "https://example.com/cup",
        "news_type": "picture",
        "news_video": "",
        "news_show_qr": 1,
        "news_duration": 5000,
        "news_update_time": made["news_update_time"],
        "news_text": "",
        "news_picture": "",
    }
    one = f"/news/{made['news_id']}"
    assert client.refused("GET", f"{one}/picture") == (404, "There is no such image.")
    changed = client.ok("PUT", one, json={"news_picture": PICTURE, "news_duration": 800})
    address = changed["news_picture"]
    assert changed["news_duration"] == 800
    assert "/files/7777-" in address
    shown = client.raw("GET", f"/api/v2/cafe/7777{one}/picture")
    assert shown.headers["content-type"] == "image/png"
    key = f"/api/v2/cafe/7777/memberNewsConfigImage/news-{made['news_id']}"
    assert client.raw("GET", key).content == shown.content
    assert client.raw("GET", "/files/" + address.rpartition("/")[2], key="").status_code == 200
    etag = {"If-None-Match": shown.headers["etag"]}
    assert client.raw("GET", f"/api/v2/cafe/7777{one}/picture", headers=etag).status_code == 304
    # Sent back as it was read it stays; empty it goes.
    same = {"news_picture": address, "news_show_qr": 0, "news_url": ""}
    kept = client.ok("PATCH", one, json=same)
    assert (kept["news_picture"], kept["news_url"]) == (address, "")
    video = {"news_type": "video", "news_video": "https://example.com/v.mp4", "news_picture": ""}
    assert client.ok("PUT", one, json=video)["news_picture"] == ""
    second = client.ok("POST", "/news", data={"news_name": "Second"})
    listed = client.ok("GET", "/news")
    assert [row["news_name"] for row in listed["items"]] == ["Cup", "Second"]
    assert listed["paging_info"]["total_records"] == 2
    assert client.ok("GET", "/news?page=2")["items"] == []
    assert client.ok("GET", "/memberNews")["items"] == listed["items"]
    assert client.ok("DELETE", one) == {}
    assert client.ok("GET", "/memberNews")["items"] == [second]
    assert client.refused("DELETE", one) == (400, "News not found")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"news_name": None}, "news_name: is required"),
        ({"news_name": "x" * 201}, "news_name"),
        ({"news_name": "y" * 900_000}, "news_name"),
        ({"news_order": "-1"}, "news_order"),
        ({"news_url": "javascript:alert(1)"}, "news_url: must be an address"),
        ({"news_url": None}, "news_url: is required for a QR code"),
        ({"news_type": "drop table news"}, "news_type"),
        ({"news_type": "video"}, "news_video: is required"),
        ({"news_video": "http://example.com/v.mp4"}, "news_video: must be an address that begins"),
        ({"news_video": 'https://a.example/"><script>'}, "news_video"),
        ({"news_show_qr": 2}, "news_show_qr"),
        ({"news_duration": 499}, "news_duration"),
        ({"news_duration": "soon"}, "news_duration"),
        ({"news_picture": "data:image/png;base64,AAAA"}, "news_picture: must be a PNG"),
        ({"news_picture": "https://example.com/p.png"}, "news_picture: must be a picture"),
        ({"news_text": "z" * 2001}, "news_text"),
    ],
)
def test_wrong_news_are_refused(client: Client, wrong: dict[str, Any], message: str) -> None:
    code, text = client.refused("POST", "/news", json={**BODY, **wrong})
    assert code == 400
    assert message in text
    assert client.ok("GET", "/news")["items"] == []


def test_no_more_news_than_there_may_be(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lanhouse.cafe.news.commands.MAX_NEWS", 1)
    client.ok("POST", "/news", json=BODY)
    assert client.refused("POST", "/news", json=BODY) == (
        *(400, "A centre can have at most 1 pieces of news."),
    )


def test_other_centres_news_are_not_there(client: Client, hall: Hall) -> None:
    news_id = client.ok("POST", "/news", json=BODY)["news_id"]
    other = open_hall(hall.store, 7778)
    base = "/api/v2/cafe/7778"
    for method, path in (
        ("PUT", f"/news/{news_id}"),
        ("DELETE", f"/news/{news_id}"),
        ("GET", f"/news/{news_id}/picture"),
        ("GET", f"/memberNewsConfigImage/news-{news_id}"),
    ):
        answer = client.raw(method, base + path, key=other.api_key, json={"news_name": "x"}).json()
        assert answer["code"] in (400, 404), path
    assert client.ok("GET", "/news")["items"][0]["news_name"] == "Cup"


def test_a_members_token_reads_and_changes_nothing(client: Client, floor: Floor) -> None:
    client.ok("POST", "/news", json=BODY)
    token = member_token(floor)
    assert len(client.ok("GET", "/memberNews", key=token)["items"]) == 1
    for method, path in (("GET", "/news"), ("POST", "/news"), ("DELETE", "/news/1")):
        assert client.refused(method, path, key=token, json=BODY)[0] == 403


def test_a_repeated_call_makes_one(client: Client) -> None:
    headers = {"Idempotency-Key": "news 1"}
    first, second = (client.ok("POST", "/news", json=BODY, headers=headers) for _ in range(2))
    assert first == second
    assert len(client.ok("GET", "/news")["items"]) == 1


def test_the_native_calls(client: Client) -> None:
    body = {"name": "Cup", "kind": "text", "position": 5, "picture": PICTURE}
    made = client.raw("POST", NATIVE, json=body)
    assert made.status_code == 200, made.text
    one = f"{NATIVE}/{made.json()['id']}"
    assert made.json()["position"] == 5
    assert made.json()["picture_url"].startswith("http")
    changed = client.raw("PUT", one, json={"name": "Cup 2", "link": "https://example.com"}).json()
    assert (changed["name"], changed["position"], changed["kind"]) == ("Cup 2", 5, "picture")
    assert changed["picture_url"] == made.json()["picture_url"]
    assert client.raw("GET", one).json() == changed
    assert client.raw("GET", NATIVE).json() == [changed]
    assert client.raw("PUT", one, json={"link": "ftp://x"}).status_code == 400
    assert client.raw("DELETE", one).status_code == 200
    assert client.raw("GET", one).status_code == 404


def test_the_pages(client: Client, floor: Floor) -> None:
    desk = Desk(client, "admin7777")
    assert "There is no news yet" in text_of(desk.get(PAGE))
    form = {"name": "<b>Cup</b>", "kind": "picture", "duration_ms": "5000", "key": "k1"}
    saved = desk.post(f"{PAGE}/one", form)
    news_id = client.ok("GET", "/news")["items"][0]["news_id"]
    assert saved.headers["hx-redirect"] == f"{PAGE}/one?id={news_id}"
    desk.post(f"{PAGE}/one", form)
    assert len(client.ok("GET", "/news")["items"]) == 1
    wrong = desk.post(f"{PAGE}/one", {**form, "link": "nowhere", "duration_ms": "1", "key": "k2"})
    assert wrong.status_code == 400
    assert "must be an address such as" in text_of(wrong)
    sent = {"picture": ("p.png", png(size=64), "image/png")}
    headers = {"Cookie": desk.cookie, "X-CSRF-Token": desk.csrf, "HX-Request": "true"}
    path = f"{PAGE}/{news_id}/picture"
    assert "/files/7777-" in client.raw("POST", path, files=sent, headers=headers).text
    bad = {"picture": ("p.svg", b"<svg/>", "image/svg+xml")}
    assert "drawing" in client.raw("POST", path, files=bad, headers=headers).text
    client.ok("POST", "/news", json={"news_name": "Second"})
    moved = desk.post(f"{PAGE}/{news_id}/move", {})
    assert moved.text.index("Second") < moved.text.index("&lt;b&gt;Cup")
    assert "<b>Cup</b>" not in moved.text
    assert [row["news_name"] for row in client.ok("GET", "/news")["items"]] == [
        *("Second", "<b>Cup</b>"),
    ]
    assert "/files/" not in desk.post(f"{path}/remove", {}).text
    gone = desk.post(f"{PAGE}/delete", {"id": news_id, "key": "k3"})
    assert gone.headers["hx-redirect"] == f"{PAGE}?done=deleted"
    assert len(client.ok("GET", "/news")["items"]) == 1
    assert Desk(client, "staff7777").get(f"{PAGE}/one").status_code == 403


def test_what_a_centre_tells_of_itself(floor: Floor) -> None:
    floor.set(
        open_time_start="10:00",
        open_time_end="02:00",
        center_address="Rua 18\nLisboa",
        cafe_latlng="38.7,-9.1",
    )
    day = clock.from_micros(1_800_000_000_000_000).replace(hour=1, minute=0, second=0)
    open_late = floor.store.read_sync(center_page, floor.center, day)
    assert (open_late.is_open, open_late.changes_at) == (True, day.replace(hour=2))
    closed = floor.store.read_sync(center_page, floor.center, day.replace(hour=3))
    assert (closed.is_open, closed.changes_at) == (False, day.replace(hour=10))
    assert closed.address == "Rua 18\nLisboa"
    assert closed.map_url.startswith("https://www.openstreetmap.org/?mlat=38.7&mlon=-9.1")
    floor.set(open_time_end="10:00", map_link="https://maps.example/x")
    always = floor.store.read_sync(center_page, floor.center, day)
    assert (always.never_closes, always.changes_at) == (True, None)
    assert always.map_url == "https://maps.example/x"
