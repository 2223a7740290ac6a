"""The page of the provider: a test message is asked for once, and only by who may."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.jobs.tables import queue
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.contract.pages.test_pages import Desk, text_of

PAGE = "/panel/settings/sms_provider"


def jobs(hall: Hall) -> list[Any]:
    return hall.store.read_sync(lambda read: read.all(sa.select(queue)))


def test_a_test_message_is_a_job(client: Client, hall: Hall) -> None:
    desk = Desk(client, "admin7777")
    assert "Send a test message" in text_of(desk.get(PAGE))
    refused = desk.post(f"{PAGE}/test", {"phone": "+351 912 345 678"})
    assert refused.status_code == 422
    assert "No service for text messages is set up" in text_of(refused)
    assert jobs(hall) == []
    body = {"sms_provider": "http", "sms_provider_url": "https://sms.test/send?to={phone}"}
    client.ok("PUT", "/configs/smsProviderSettings", json=body)
    wrong = desk.post(f"{PAGE}/test", {"phone": "12"})
    assert wrong.status_code == 400
    assert "must be a telephone number" in text_of(wrong)
    sent = desk.post(f"{PAGE}/test", {"phone": "+351 912 345 678"})
    assert sent.headers["hx-redirect"] == "/panel/jobs"
    [job] = jobs(hall)
    assert (job.center_id, job.kind) == (7777, "notify.sms")
    assert job.payload == {"phone": "+351912345678", "text": "This is a test message of Hall 7777."}
    again = desk.post(f"{PAGE}/test", {"phone": "+351 912 345 678"})
    assert "A message is on its way already" in text_of(again)
    assert len(jobs(hall)) == 1
    assert "Text message" in text_of(desk.get("/panel/jobs"))


def test_only_who_may_change_settings_sends_one(client: Client, hall: Hall) -> None:
    desk = Desk(client, "manager7777")
    assert "Send a test message" not in text_of(desk.get(PAGE))
    assert desk.post(f"{PAGE}/test", {"phone": "+351912345678"}).status_code == 403
    assert jobs(hall) == []


def test_the_server_of_a_provider_is_named(client: Client) -> None:
    for address in ("https://{phone}/send", "https://sms.test@{phone}/"):
        told = client.refused(
            "PUT", "/configs/smsProviderSettings", json={"sms_provider_url": address}
        )
        assert told == (400, "sms_provider_url: must name its server without braces")
