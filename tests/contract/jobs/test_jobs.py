"""Background work over HTTP: started, seen, canceled by who may, and shown until it has ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.app import all_kinds, create_app
from lanhouse.cafe.centers.schemas import LoyaltySettings, Settings
from lanhouse.cafe.loyalty import jobs as loyalty
from lanhouse.cafe.printing.queries import KINDS as PRINTED
from lanhouse.db.audit import audit_log
from lanhouse.db.store import Store
from lanhouse.jobs.outbound import Means, Outbound
from lanhouse.jobs.queue import JobFailed, Turn, enqueue, note_failure, run_step
from lanhouse.jobs.schemas import Done, Job, Progress, Steps
from lanhouse.kit.vault import LOCKED
from lanhouse.settings import AppSettings
from tests.builders.centers import PASSWORD, open_hall
from tests.builders.client import Client
from tests.contract.pages.test_pages import Desk, text_of

URL = "/api/native/v1/jobs"
KIND = loyalty.KIND


class House:
    """Two centres on one application, with a token for each role of the first."""

    def __init__(self, client: Client, store: Store) -> None:
        self.client = client
        self.store = store
        self.hall, self.other = (
            open_hall(store, settings=Settings(loyalty=LoyaltySettings(point_enable=True))),
            open_hall(store, 7778),
        )
        self.admin = self._token("admin7777", 7777)
        self.manager = self._token("manager7777", 7777)
        self.staff = self._token("staff7777", 7777)

    def _token(self, account: str, center_id: int) -> str:
        body = {"cafe_id": center_id, "account": account, "password": PASSWORD}
        url = "/api/native/v1/auth/staff-login"
        return self.client.raw("POST", url, key="", json=body).json()["token"]

    def start(self, key: str, **options: Any) -> Any:
        return self.client.raw("POST", URL, key=key, json={"kind": KIND}, **options)

    def one(self, key: str, job_id: int) -> Any:
        return self.client.raw("GET", f"{URL}/{job_id}", key=key)

    def cancel(self, key: str, job_id: int) -> Any:
        return self.client.raw("POST", f"{URL}/{job_id}/cancel", key=key)

    def step(self, *steps: Steps) -> Job | None:
        found = {kind.kind: kind for kind in steps or loyalty.JOBS}
        return self.store.run_sync(run_step, Turn(found))


@pytest.fixture
def house(sqlite_store: Store, tmp_path: Path) -> Iterator[House]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    with Client(create_app(settings, sqlite_store, with_ticker=False)) as client:
        yield House(client, sqlite_store)


def test_a_job_is_started_once_seen_and_done(house: House) -> None:
    first = house.start(house.admin)
    assert first.status_code == 200
    job = first.json()
    assert (job["kind"], job["status"], job["done"], job["total"]) == (KIND, "waiting", 0, None)
    assert job["started_by"] > 0
    # The second one who presses gets the same job.
    assert house.start(house.admin).json() == job
    assert house.step() is not None
    seen = house.one(house.hall.api_key, job["id"]).json()
    assert (seen["status"], seen["result"], seen["error"]) == ("done", {"moved": 0}, "")
    assert seen["finished_at"] >= seen["started_at"]
    listed = house.client.raw("GET", URL, key=house.manager).json()["jobs"]
    assert listed == [seen]
    assert house.start(house.admin).json()["id"] != job["id"]


def test_a_retry_with_its_key_starts_nothing_more(house: House) -> None:
    headers = {"Idempotency-Key": "one press"}
    first = house.start(house.admin, headers=headers)
    assert house.step() is not None
    again = house.start(house.admin, headers=headers)
    assert again.content == first.content
    assert len(house.client.raw("GET", URL, key=house.admin).json()["jobs"]) == 1


def test_who_may_not_change_groups_starts_nothing(house: House) -> None:
    for token in (house.staff, house.manager):
        assert house.start(token).status_code == 403
    refused = house.client.raw("POST", URL, key=house.admin, json={"kind": "housekeeping"})
    assert refused.status_code == 400
    assert refused.json()["error"]["fields"] == {"kind": f"must be one of {KIND}"}
    assert house.client.raw("GET", URL, key=house.admin).json() == {"jobs": [], "next_cursor": None}


def test_others_jobs_are_not_found(house: House) -> None:
    job_id = house.start(house.admin).json()["id"]
    for key in (house.staff, house.other.api_key):
        assert house.one(key, job_id).status_code == 404
        assert house.cancel(key, job_id).status_code == 404
        assert house.client.raw("GET", URL, key=key).json() == {"jobs": [], "next_cursor": None}
    assert house.one(house.manager, job_id).json()["status"] == "waiting"
    assert house.one(house.manager, 10**12).status_code == 404


def test_a_manager_cancels_and_what_was_done_stays(house: House) -> None:
    def endless(tx: Any, job: Job) -> Progress:
        return Progress(None, job.done + 200, 1000)

    job_id = house.start(house.admin).json()["id"]
    house.step(Steps(KIND, endless))
    canceled = house.cancel(house.manager, job_id).json()
    assert (canceled["status"], canceled["done"], canceled["total"]) == ("canceled", 200, 1000)
    assert house.cancel(house.manager, job_id).json() == canceled
    assert house.step(Steps(KIND, endless)) is None
    rows = house.store.read_sync(lambda read: read.all(sa.select(audit_log)))
    assert [(row.call, row.subject, row.subject_id) for row in rows] == [
        ("POST /api/native/v1/jobs", "job", job_id),
        ("POST /api/native/v1/jobs/{job_id}/cancel", "job", job_id),
    ]


def test_the_panel_shows_a_job_and_stops_asking_when_it_has_ended(house: House) -> None:
    desk = Desk(house.client, "admin7777")
    page = text_of(desk.get("/panel/jobs"))
    assert "Nothing runs in the background" in page
    answer = desk.post("/panel/jobs", {"kind": KIND})
    assert (answer.status_code, answer.headers["location"]) == (303, "/panel/jobs")
    [job] = house.client.raw("GET", URL, key=house.admin).json()["jobs"]
    part = f"/panel/jobs/{job['id']}"
    waiting = desk.get(part)
    assert f'hx-get="{part}" hx-trigger="every 1s"' in waiting.text
    assert "Waiting" in text_of(waiting)

    def half(tx: Any, job: Job) -> Progress | Done:
        return Done({"moved": 1}, 4) if job.done else Progress(None, 2, 4)

    house.step(Steps(KIND, half))
    running = desk.get(part)
    assert 'max="4" value="2"' in running.text
    assert "Running" in text_of(running)
    assert "2 of 4" in text_of(running)
    house.step(Steps(KIND, half))
    done = desk.get(part)
    assert "hx-trigger" not in done.text
    assert "hx-post" not in done.text
    assert "1 member was moved." in text_of(done)
    assert text_of(done).count("Done") == 1


def test_the_panel_cancels_and_tells_a_failure(house: House) -> None:
    desk = Desk(house.client, "admin7777")
    desk.post("/panel/jobs", {"kind": KIND})
    [job] = house.client.raw("GET", URL, key=house.admin).json()["jobs"]

    def fail(tx: Any, job: Job) -> Done:
        raise ValueError("<no paper>")

    with pytest.raises(JobFailed) as failed:
        house.step(Steps(KIND, fail))
    house.store.run_sync(note_failure, failed.value.failure)
    assert "ValueError(&#39;&lt;no paper&gt;&#39;)" in desk.get(f"/panel/jobs/{job['id']}").text
    ended = desk.post(f"/panel/jobs/{job['id']}/cancel", {})
    assert "Canceled" in text_of(ended)
    assert "hx-trigger" not in ended.text
    assert Desk(house.client, "staff7777").get(f"/panel/jobs/{job['id']}").status_code == 404


def test_only_who_may_start_is_offered_it(house: House) -> None:
    title = "Put all members into the group of their points"
    assert title in text_of(Desk(house.client, "admin7777").get("/panel/jobs"))
    for account in ("staff7777", "manager7777"):
        desk = Desk(house.client, account)
        assert title not in text_of(desk.get("/panel/jobs"))
        assert desk.post("/panel/jobs", {"kind": KIND}).status_code == 403


def test_every_kind_has_words(house: House) -> None:
    """What stands in the queue is read by people; of an older release's kind there is the name."""
    means = Means(store=house.store, vault=LOCKED, outbound=Outbound(""), settings=AppSettings())
    kinds = all_kinds(means)
    assert len(kinds) >= 7
    assert [kind.kind for kind in kinds if not kind.label] == []
    names = [*(kind.kind for kind in kinds), "of.before"]

    def ask(tx: Any, _: None) -> None:
        for name in names:
            assert enqueue(tx, name, {}, key=name, center_id=7777)

    house.store.run_sync(ask, None)
    titles = re.findall(
        r'id="job-title-\d+">([^<]*)<', Desk(house.client, "admin7777").get("/panel/jobs").text
    )
    shown = {kind.label for kind in kinds if kind.kind not in PRINTED}
    assert set(titles) == {*shown, "of.before"}
