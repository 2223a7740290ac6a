"""The panel's channel: what happens in a centre is told to its pages, and to nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lanhouse.app import create_app
from lanhouse.auth.tokens import end_all_tokens
from lanhouse.cafe.desk.pages.news import BEAT_SECONDS
from lanhouse.cafe.facts import MemberRegrouped
from lanhouse.db.store import Store, Tx
from lanhouse.kit.errors import Busy
from lanhouse.kit.limits import LISTENERS_PER_SIGN_IN
from lanhouse.realtime import feed
from lanhouse.settings import AppSettings
from tests.builders.channel import Channel
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.contract.pages.test_pages import Desk


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store, pcs_count=2, price_cents=300)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    app = create_app(AppSettings(data_dir=tmp_path), floor.store, with_ticker=False)
    with Client(app) as opened:
        yield opened


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["staff"])


@pytest.fixture
def happen(client: Client, floor: Floor) -> Callable[[int], None]:
    """Something that changes in a centre, done by this process."""

    def do(center_id: int) -> None:
        def tell(tx: Tx, _: None) -> None:
            tx.tell(MemberRegrouped(center_id, 12))

        client.run(floor.store.write(tell, None))

    return do


Happen = Callable[[int], None]


def test_a_page_is_told_what_happens_in_its_centre_only(
    client: Client, desk: Desk, happen: Happen
) -> None:
    channel = Channel(client, desk.cookie)
    assert channel.status == 200
    assert channel.message(with_beats=True) == ("beat", "1", "")
    happen(8888)
    happen(7777)
    kind, topics, place = channel.message() or ("", "", "")
    assert (kind, topics) == ("news", "MemberRegrouped")
    assert place
    channel.leave()


def test_a_sale_names_no_person_and_no_amount(client: Client, desk: Desk, floor: Floor) -> None:
    channel = Channel(client, desk.cookie)
    floor.pay(3 * EURO, "PC01")
    _, topics, _ = channel.message() or ("", "", "")
    assert "session.started" in topics.split()
    assert all(part.replace(".", "").isalpha() for part in topics.split())
    channel.leave()


def test_who_comes_back_gets_what_it_missed(client: Client, desk: Desk, happen: Happen) -> None:
    staying = Channel(client, desk.cookie)
    channel = Channel(client, desk.cookie)
    happen(7777)
    _, _, place = channel.message() or ("", "", "")
    channel.leave()
    happen(7777)
    staying.message()
    staying.message()
    again = Channel(client, desk.cookie, place)
    kind, topics, newer = again.message() or ("", "", "")
    assert (kind, topics) == ("news", "MemberRegrouped")
    assert newer != place
    for one in (staying, again):
        one.leave()


def test_who_was_away_too_long_is_told_of_the_gap(
    client: Client, desk: Desk, happen: Happen
) -> None:
    happen(7777)
    channel = Channel(client, desk.cookie, "0.999999")
    kind, _, _ = channel.message() or ("", "", "")
    assert kind == "gap"
    channel.leave()


def test_commits_of_another_process_are_told_too(client: Client, desk: Desk, floor: Floor) -> None:
    channel = Channel(client, desk.cookie)
    # Behind the application's back, as another process on the same database.
    floor.store.run_sync(lambda tx, _: tx.tell(MemberRegrouped(7777, 12)), None)
    assert (channel.message() or ("",))[0] == "news"
    channel.leave()


def test_the_channel_ends_with_the_sign_in(client: Client, desk: Desk, floor: Floor) -> None:
    channel = Channel(client, desk.cookie)
    client.run(floor.store.write(end_all_tokens, 7777))
    kind, topics, _ = channel.message() or ("", "", "")
    assert (kind, topics) == ("gap", "")
    assert channel.message() is None
    assert desk.get("/panel/news").status_code == 303


def test_who_comes_back_after_keys_have_changed_is_not_told_of_it_again(
    client: Client, desk: Desk, floor: Floor, happen: Happen
) -> None:
    other = Channel(client, Desk(client, "manager7777").cookie)  # keeps the feed going
    happen(7777)
    channel = Channel(client, desk.cookie)

    def change(tx: Tx, _: None) -> None:
        tx.emit("access.changed", {"center_id": 7777})

    client.run(floor.store.write(change, None))
    place = ""
    while (got := channel.message()) is not None:  # what happened before may come by itself
        _, _, place = got
    again = Channel(client, desk.cookie, place)
    happen(7777)
    kind, topics, _ = again.message() or ("", "", "")
    assert (kind, topics) == ("news", "MemberRegrouped")
    for one in (other, channel, again):
        one.leave()


def test_a_browser_cannot_open_channels_without_end(client: Client, desk: Desk) -> None:
    channels = [Channel(client, desk.cookie) for _ in range(LISTENERS_PER_SIGN_IN)]
    assert [each.status for each in channels] == [200] * LISTENERS_PER_SIGN_IN
    assert desk.get("/panel/news").status_code == 429
    channels[0].leave()
    channels[0] = Channel(client, desk.cookie)
    assert channels[0].status == 200
    for each in channels:
        each.leave()


def test_a_look_at_the_channel_alone_leaves_nobody_listening(client: Client, desk: Desk) -> None:
    """A HEAD gets no parts; who only ever asks so must not use up the places of others."""
    staying = Channel(client, desk.cookie)
    for _ in range(3):
        answer = client.raw("HEAD", "/panel/news", headers={"Cookie": desk.cookie})
        assert answer.status_code == 200
    listeners = client.app.end_streams.__self__._listeners
    assert len(listeners) == 1
    staying.leave()
    assert not listeners


def test_a_stop_ends_every_channel_and_opens_none(client: Client, desk: Desk) -> None:
    channel = Channel(client, desk.cookie)
    client.app.end_streams()
    assert channel.message() is None
    assert desk.get("/panel/news").status_code == 503


def test_no_beat_comes_while_the_database_is_silent(
    client: Client, desk: Desk, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page must not take what it shows for fresh when news cannot be read."""
    monkeypatch.setattr(feed, "_SILENCE_SECONDS", 0.6)
    channel = Channel(client, desk.cookie)
    answers = floor.store.point

    async def silent(_query: object, _arg: object) -> None:
        raise Busy

    monkeypatch.setattr(floor.store, "point", silent)
    while channel.waits_for(2 * BEAT_SECONDS):
        channel.message(with_beats=True)
    monkeypatch.setattr(floor.store, "point", answers)
    assert channel.message(with_beats=True) == ("beat", "1", "")
    channel.leave()


def test_nobody_is_told_without_a_sign_in(client: Client) -> None:
    assert client.raw("GET", "/panel/news").status_code == 303
