"""Pages come compressed, with a token that looks new each time; what shows a secret does not."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.auth.tables import tokens
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.limits import PACKED_BYTES_MIN, READER_THREADS
from lanhouse.settings import AppSettings
from lanhouse.web import packing
from tests.builders.channel import Channel
from tests.builders.client import Client
from tests.builders.floor import Floor, open_floor
from tests.builders.secrets import VAULT
from tests.contract.pages.test_pages import Desk

PAGES = (
    "/panel/computers",
    "/panel/computers/map",
    "/panel/computers/start?pc=PC01",
    "/panel/members",
    "/panel/settings/api",
    "/panel/settings/audit",
)
MASK = re.compile(r'name="csrf-token" content="([^"]*)"')
# What differs between two looks at one page: the mask and the keys of its forms.
NEW_EACH_TIME = re.compile(r'(csrf-token" content|name="key" value|name="map")="[^"]*"')
SALE = {"pc": "PC01", "kind": "guest", "amount": "3.00", "payment": "cash", "key": "k1"}


@pytest.fixture
def floor(sqlite_store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    return open_floor(sqlite_store, pcs_count=4, price_cents=300)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    with Client(create_app(settings, floor.store, vault=VAULT, with_ticker=False)) as opened:
        yield opened


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["admin"])


def token_of(floor: Floor) -> str:
    """The token of the one sign-in that there is."""
    return floor.store.read_sync(lambda read: read.scalar(sa.select(tokens.c.csrf)))


def mask_in(page: httpx.Response) -> str:
    found = MASK.search(page.text)
    assert found is not None
    return found[1]


class TestWhatIsPacked:
    @pytest.mark.parametrize("path", PAGES)
    def test_a_page_is_the_same_packed_and_plain(self, desk: Desk, path: str) -> None:
        plain = desk.get(path, **{"Accept-Encoding": "identity"})
        packed = desk.get(path, **{"Accept-Encoding": "br, gzip"})
        assert plain.status_code == packed.status_code == 200
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        for answer in (plain, packed):
            assert "Accept-Encoding" in answer.headers["vary"]
            assert answer.headers["cache-control"] == "no-store"
        assert int(plain.headers["content-length"]) == len(plain.content)
        assert int(packed.headers["content-length"]) < len(plain.content) / 2
        assert NEW_EACH_TIME.sub("", packed.text) == NEW_EACH_TIME.sub("", plain.text)

    def test_head_tells_what_get_would_send(self, client: Client) -> None:
        sent, told = (
            client.raw(method, "/panel/sign-in", headers={"Accept-Encoding": "gzip"})
            for method in ("GET", "HEAD")
        )
        assert told.content == b""
        for name in ("content-encoding", "content-length", "vary", "content-type"):
            assert told.headers[name] == sent.headers[name]
        assert told.headers["content-encoding"] == "gzip"

    def test_a_link_from_elsewhere_gets_it_plain(self, desk: Desk) -> None:
        """Whoever chose the address must not learn from the length what else is on the page."""
        path = "/panel/members?search=rui"
        for site in ("cross-site", "same-site"):
            answer = desk.get(path, **{"Sec-Fetch-Site": site})
            assert "content-encoding" not in answer.headers
            assert "Sec-Fetch-Site" in answer.headers["vary"]
        for site in ("same-origin", "none"):
            answer = desk.get(path, **{"Sec-Fetch-Site": site})
            assert answer.headers["content-encoding"] == "gzip"

    def test_a_small_part_comes_plain(self, desk: Desk, floor: Floor) -> None:
        floor.add_member("rui_s")
        answer = desk.get("/panel/members/find?member=rui")
        assert 0 < len(answer.content) < PACKED_BYTES_MIN
        assert "content-encoding" not in answer.headers


class TestWhatIsNot:
    def test_news_go_out_as_they_happen(self, client: Client, desk: Desk) -> None:
        channel = Channel(client, desk.cookie)
        assert channel.headers[b"content-type"].startswith(b"text/event-stream")
        assert b"content-encoding" not in channel.headers
        channel.leave()

    def test_answers_that_show_a_password_or_a_key(self, desk: Desk, floor: Floor) -> None:
        sold = desk.post("/panel/computers/start", SALE)
        (session_id,) = floor.session_ids()
        shown = desk.post("/panel/computers/login", {"session": session_id})
        key = desk.post("/panel/settings/api/create", {"allowed_ips": "127.0.0.1"})
        floor.check_out("PC01")
        renewed = desk.post("/panel/computers/login/new", {"session": session_id, "key": "n1"})
        for answer in (sold, shown, renewed):
            assert re.search(r"<dt>Password</dt><dd>\w{8}</dd>", answer.text)
        assert "lhk_" in key.text
        assert len(key.content) >= PACKED_BYTES_MIN
        for answer in (sold, shown, renewed, key):
            assert "gzip" in answer.request.headers["accept-encoding"]
            assert "content-encoding" not in answer.headers

    def test_answers_to_programs(self, client: Client, floor: Floor) -> None:
        key = floor.hall.api_key
        for path in ("/api/v2/cafe/7777/pcList", "/api/native/v1/members.csv"):
            answer = client.raw("GET", path, key=key)
            assert answer.status_code == 200
            assert "content-encoding" not in answer.headers


class TestMasks:
    FORM: dict[str, Any] = {"pc": 1, "session": 1}  # noqa: RUF012

    def post(self, desk: Desk, given: str) -> int:
        path = "/panel/computers/looked"
        return desk.post(path, self.FORM, **{"X-CSRF-Token": given}).status_code

    def test_every_page_shows_another_and_all_of_them_count(self, desk: Desk, floor: Floor) -> None:
        masks = [mask_in(desk.get("/panel/computers")) for _ in range(3)]
        assert len(set(masks)) == 3
        assert [self.post(desk, each) for each in masks] == [204, 204, 204]

    def test_the_token_itself_is_on_no_page_and_is_refused(self, desk: Desk, floor: Floor) -> None:
        token = token_of(floor)
        for path in PAGES:
            assert token not in desk.get(path).text
        answer = desk.post("/panel/computers/looked", self.FORM, **{"X-CSRF-Token": token})
        assert answer.status_code == 403
        assert "Reload the page" in answer.text

    def test_a_page_has_one_token_and_forms_carry_none(self, desk: Desk) -> None:
        for path in PAGES:
            assert "_csrf" not in desk.get(path).text

    def test_that_of_another_sign_in_is_refused(
        self, client: Client, desk: Desk, floor: Floor
    ) -> None:
        other = mask_in(Desk(client, floor.hall.staff["staff"]).get("/panel/computers"))
        assert self.post(desk, other) == 403

    def test_before_sign_in_there_is_none(self, client: Client) -> None:
        assert mask_in(client.raw("GET", "/panel/sign-in")) == ""


@pytest.mark.parametrize(
    ("path", "is_shared"), [("/panel/computers", 0), ("/panel/computers/map", 1)]
)
def test_large_pages_are_packed_off_the_loop_and_shared_ones_once(
    client: Client,
    floor: Floor,
    freeze: clock.frozen,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    is_shared: int,
) -> None:
    """Once in a second, for each reader thread: so long and by whom the shared ones are kept."""
    desks = [Desk(client, floor.hall.staff["staff"]) for _ in range(READER_THREADS + 1)]
    made: list[int] = []

    def watched(data: bytes, level: int, bits: int) -> bytes:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        made.append(len(data))
        return compress(data, level, bits)

    compress = zlib.compress
    monkeypatch.setattr(packing.zlib, "compress", watched)
    seen = [desk.get(path).headers["content-encoding"] for desk in desks]
    assert seen == ["gzip"] * len(desks)
    assert (len(made) < len(desks)) if is_shared else (len(made) == len(desks))
