"""Beginning with a demo hall: who may, what is refused, and what the page says while it is made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.auth.keys import end_key
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.queries.demo_hall import FILL, FIRST, WHOLE
from lanhouse.db.audit import audit_log
from lanhouse.db.store import Read, Store, Tx
from lanhouse.demo import jobs
from lanhouse.jobs.queries import last_of_kind
from lanhouse.jobs.queue import Failure, note_failure
from lanhouse.jobs.schemas import Job
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.builders.secrets import VAULT
from tests.contract.pages.test_demo_hall import mark
from tests.contract.pages.test_pages import Desk, text_of

PATH, STEP = "/panel/demo/begin", "/panel/first-start/center"
FORM = {"name": "Harbour Arena", "country": "PT", "currency": "EUR", "zone": "Europe/Lisbon"}


@pytest.fixture
def floor(store: Store) -> Floor:
    """An empty centre without an API key."""
    hall = open_hall(store, 7777)

    def without_key(tx: Tx, _: None) -> None:
        end_key(tx, 7777)

    store.run_sync(without_key, None)
    return Floor(store, hall)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    app = create_app(settings, floor.store, vault=VAULT, with_ticker=False)
    with Client(app) as opened:
        yield opened


@pytest.fixture
def admin(client: Client) -> Desk:
    return Desk(client, "admin7777", "hall7777")


def jobs_there(floor: Floor) -> int:
    def count(read: Read) -> int:
        query = sa.select(sa.func.count()).select_from(queue).where(queue.c.kind == FILL)
        return read.scalar(query) or 0

    return floor.store.read_sync(count)


def fail(floor: Floor, reason: str) -> None:
    job = floor.store.read_sync(last_of_kind, 7777, FILL)
    assert job is not None
    floor.run(note_failure, Failure(7777, job.id, 1, reason))


def test_both_ways_are_offered_and_a_second_press_is_the_same(
    admin: Desk, client: Client, floor: Floor
) -> None:
    page = text_of(admin.get(STEP))
    assert "Begin with a demo hall" in page
    assert "Begin with an empty hall" in page
    for desk, name in ((admin, "Harbour Arena"), (Desk(client, "admin7777", "hall7777"), "Other")):
        answer = desk.post(PATH, {**FORM, "name": name})
        assert answer.headers["hx-redirect"] == PATH, answer.text
    assert jobs_there(floor) == 1
    center = floor.store.read_sync(center_by_id, 7777)
    assert center is not None
    assert (center.name, center.zone_name) == ("Harbour Arena", "Europe/Lisbon")
    job = floor.store.read_sync(last_of_kind, 7777, FILL)
    assert job is not None
    query = sa.select(audit_log.c.call).where(audit_log.c.subject == "job")
    assert floor.store.read_sync(lambda read: [row[0] for row in read.all(query)]) == [
        f"POST {PATH}"
    ]
    for path in ("/panel/first-start", STEP):
        assert admin.get(path).headers["location"] == PATH
    assert "0 of 16" in text_of(admin.get(PATH))


@pytest.mark.parametrize("role", ["manager", "staff"])
def test_only_the_admin_may(client: Client, floor: Floor, role: str) -> None:
    desk = Desk(client, f"{role}7777", "hall7777")
    assert desk.get(PATH).status_code == 403
    for path in (PATH, f"{PATH}/again", f"{PATH}/stop"):
        assert desk.post(path, FORM).status_code == 403
    assert jobs_there(floor) == 0


def test_a_refusal_stands_on_the_step_and_names_nothing(admin: Desk, floor: Floor) -> None:
    wrong = admin.post(PATH, {**FORM, "name": "", "currency": "EUR"})
    assert wrong.status_code == 400
    assert 'id="name-more"' in wrong.text
    yen = admin.post(PATH, {**FORM, "currency": "JPY"})
    assert "The prices of the demo have cents, and JPY has none." in text_of(yen)
    rooms = {"rooms[0][name]": "Hall", "rooms[0][count]": "3", "rooms[0][prefix]": "PC"}
    assert admin.post("/panel/first-start/rooms", rooms).status_code == 200
    answer = admin.post(PATH, FORM)
    assert answer.status_code == 422
    assert "There are rooms or PCs already. It cannot become a demo hall." in text_of(answer)
    assert PATH not in admin.get(STEP).text
    center = floor.store.read_sync(center_by_id, 7777)
    assert center is not None
    assert (center.name, center.currency) == ("Hall 7777", "EUR")
    assert jobs_there(floor) == 0


def test_a_failure_is_told_and_can_be_tried_again_or_given_up(admin: Desk, floor: Floor) -> None:
    admin.post(PATH, FORM)
    assert "Try again" not in admin.get(f"{PATH}/part").text
    assert admin.post(f"{PATH}/again", {}).status_code == 200
    assert jobs_there(floor) == 1  # nothing was wrong
    fail(floor, "the disk is full")
    told = text_of(admin.get(f"{PATH}/part"))
    assert "It did not work: the disk is full" in told
    assert "Begin with an empty hall" in told
    again = text_of(admin.post(f"{PATH}/again", {}))
    assert "It did not work" not in again
    assert jobs_there(floor) == 2
    stopped = admin.post(f"{PATH}/stop", {})
    assert stopped.headers["hx-redirect"] == STEP
    assert admin.post(f"{PATH}/stop", {}).headers["hx-redirect"] == STEP  # again is harmless
    assert admin.get(STEP).status_code == 200
    assert admin.get(PATH).headers["location"] == "/panel/first-start"


def test_half_a_hall_is_finished_and_never_left(admin: Desk, floor: Floor) -> None:
    admin.post(PATH, FORM)
    mark(floor, FIRST)
    fail(floor, "the power went")
    page = text_of(admin.get(PATH))
    assert "1 of 16" in page
    assert "Begin with an empty hall" not in page
    answer = admin.post(f"{PATH}/stop", {})
    assert answer.status_code == 422
    assert "The demo hall is half made" in text_of(answer)
    assert admin.post(f"{PATH}/again", {}).status_code == 200
    mark(floor, WHOLE)
    assert admin.get(f"{PATH}/part").headers["hx-redirect"] == "/panel/computers"
    assert admin.get(PATH).headers["location"] == "/panel/first-start"


def test_the_process_that_fails_says_why(client: Client, tmp_path: Path) -> None:
    """No database there: the job's failure is the sentence of the process."""
    settings = AppSettings(data_dir=tmp_path / "nothing")
    payload = {"until_micros": clock.to_micros(clock.now())}
    job = Job(
        id=1,
        center_id=7777,
        kind=FILL,
        payload=payload,
        cursor=None,
        done=0,
        total=None,
        attempts=0,
        started_by=0,
    )
    with pytest.raises(jobs.FillingFailed) as failed:
        client.run(jobs.fill(settings, job))
    assert repr(failed.value).startswith("There is no database in ")
