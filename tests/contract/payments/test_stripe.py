"""Stripe Checkout against a stand-in of its HTTP API."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.cafe.payments.jobs import jobs_of
from lanhouse.db.store import Store
from lanhouse.jobs.outbound import Means
from lanhouse.jobs.runner import Runner
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.builders.client import Client
from tests.builders.elsewhere import Elsewhere, elsewhere
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.nouns.payments import API, NOTICES, notices, payments, sealed, verify
from tests.builders.secrets import VAULT
from tests.contract.pages.test_pages import Desk

SIGNING = "whsec_test"
_DONE = sa.select(queue.c.id).where(queue.c.status == "done")


class FakeStripe:
    """What the stand-in answers next: status and JSON, or something else altogether."""

    def __init__(self) -> None:
        self.status = 200
        self.answer: Any = {"id": "cs_1", "url": "https://checkout.stripe.test/cs_1"}
        self.headers: dict[str, str] = {}
        self.refusals: list[tuple[int, Any]] = []
        """Refunds that are refused first; as Stripe does, each again for whoever sends its key."""
        self.said: dict[str, tuple[int, Any]] = {}

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        status, answer = self._next(handler.path, handler.headers["Idempotency-Key"] or "")
        raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        handler.send_response(status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    def _next(self, path: str, key: str) -> tuple[int, Any]:
        if path != "/v1/refunds":
            return self.status, self.answer
        if key not in self.said:
            succeeded = (self.status, {"id": "re_1", "status": "succeeded"})
            self.said[key] = self.refusals.pop() if self.refusals else succeeded
        return self.said[key]


@pytest.fixture
def stripe() -> FakeStripe:
    return FakeStripe()


@pytest.fixture
def there(tmp_path: Path, stripe: FakeStripe) -> Iterator[Elsewhere]:
    with elsewhere(tmp_path, stripe) as opened:
        yield opened


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    floor = open_floor(sqlite_store, pcs_count=1)
    floor.set(
        payment_gateway="stripe",
        stripe_secret_key=sealed("stripe_secret_key", "sk_test_1"),
        stripe_notice_secret=sealed("stripe_notice_secret", SIGNING),
    )
    floor.add_member("ada")
    return floor


def opened(floor: Floor, there: Elsewhere, folder: Path, private: str = "127.0.0.1") -> Client:
    """The application, whose way out leads to the stand-in."""
    settings = AppSettings(data_dir=folder, api_rate_per_minute=0, stripe_url=there.url)
    way_out = there.outbound(private)
    app = create_app(settings, floor.store, vault=VAULT, with_ticker=False, outbound=way_out)
    return Client(app, key=floor.hall.api_key, base=API)


@pytest.fixture
def client(floor: Floor, there: Elsewhere, tmp_path: Path) -> Iterator[Client]:
    with opened(floor, there, tmp_path) as found:
        yield found


def begin(client: Client, **headers: str) -> Any:
    body = {"member_account": "ada", "topup_amount": "20.00"}
    return client.raw("POST", f"{API}/getTopupUrl", json=body, headers=headers).json()


def event(number: int, amount: int = 2_000, **more: Any) -> dict[str, Any]:
    session = {
        "id": "cs_1",
        "object": "checkout.session",
        "client_reference_id": str(number),
        "payment_intent": "pi_1",
        "payment_status": "paid",
        "amount_total": amount,
        "currency": "eur",
        **more,
    }
    kind = "checkout.session.completed"
    return {"id": "evt_1", "type": kind, "data": {"object": session}}


def tell(client: Client, body: Any, *, key: str = SIGNING, ago: int = 0, also: str = "") -> Any:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    at = str(clock.real_micros() // 1_000_000 - ago)
    mac = hmac.new(key.encode(), at.encode() + b"." + text, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={at},{also}v1={mac},v0=abc"}
    answer = client.raw("POST", f"{NOTICES}/stripe", key="", content=text, headers=headers)
    return answer.status_code, answer.json()


def test_a_payment_from_begin_to_end(client: Client, floor: Floor, there: Elsewhere) -> None:
    begun = begin(client)
    assert (begun["result"], begun["type"]) == (0, "stripe")
    assert begun["url"] == begun["payment_url"] == "https://checkout.stripe.test/cs_1"
    assert begun["qr_image"].startswith("data:image/svg+xml")
    [(method, target, headers, body)] = there.calls
    assert (method, target) == ("POST", "/v1/checkout/sessions")
    assert headers["authorization"] == "Bearer sk_test_1"
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["idempotency-key"].startswith("lanhouse-7777-1-")
    sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    assert sent["mode"] == "payment"
    assert sent["client_reference_id"] == "1"
    assert sent["line_items[0][price_data][unit_amount]"] == "2000"
    assert sent["line_items[0][price_data][currency]"] == "eur"
    assert sent["success_url"] == "http://127.0.0.1:8000/portal/hall7777/top-up/1"
    [row] = payments(floor)
    assert (row.url, row.external_id) == ("https://checkout.stripe.test/cs_1", "cs_1")
    # Not paid yet, and something else: nothing happens.
    assert tell(client, event(1, payment_status="unpaid"))[1]["outcome"] == "ignored"
    other = {**event(1), "type": "checkout.session.expired"}
    assert tell(client, other)[1]["outcome"] == "ignored"
    assert tell(client, event(1), key="whsec_other")[0] == 401
    assert tell(client, event(1), ago=301)[0] == 401
    assert floor.money(row.member_id) == (0, 0)
    # While Stripe's secret is changed it signs twice.
    assert tell(client, event(1), also=f"v1={'0' * 64},") == (
        200,
        {"outcome": "credited", "is_new": True},
    )
    # The same payment in another event.
    again = {**event(1), "id": "evt_2", "type": "checkout.session.async_payment_succeeded"}
    assert tell(client, again)[1] == {"outcome": "credited", "is_new": False}
    assert floor.money(row.member_id) == (20 * EURO, 0)
    verify(floor)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"\xff"',
        {"type": "checkout.session.completed"},
        {"type": "checkout.session.completed", "data": {"object": 5}},
        event(1, 0),
        event(1, -5),
        event(1, 10**30),
        event(1, currency=None),
    ],
)
def test_what_is_signed_and_wrong(client: Client, floor: Floor, body: Any) -> None:
    begin(client)
    status, _ = tell(client, body)
    assert status == 400
    assert notices(floor) == []


@pytest.mark.parametrize(
    ("status", "answer", "message"),
    [
        (402, {"error": {"message": "sk_test_1"}}, "The payment service refused it (402)."),
        (302, {}, "The payment service refused it (302)."),
        (500, b"oops", "The payment service refused it (500)."),
        (200, b"oops", "The payment service could not be reached. Try again."),
        (200, {"id": "cs_1"}, "The payment service could not be reached. Try again."),
        (
            200,
            {"id": "cs_1", "url": "javascript:alert(1)"},
            "The payment service could not be reached. Try again.",
        ),
        (200, b"x" * 1_200_000, "The payment service could not be reached. Try again."),
    ],
)
def test_a_gateway_that_does_not_answer_right(
    client: Client, floor: Floor, stripe: FakeStripe, status: int, answer: Any, message: str
) -> None:
    stripe.status, stripe.answer = status, answer
    stripe.headers = {"Location": "https://169.254.169.254/"} if status == 302 else {}
    begun = begin(client)
    assert (begun["result"], begun["message"], begun["order_no"]) == (1, message, 0)
    [row] = payments(floor)
    assert (row.status, row.url) == ("cancelled", "")


def test_a_network_of_ours_is_not_called(floor: Floor, there: Elsewhere, tmp_path: Path) -> None:
    with opened(floor, there, tmp_path, private="") as client:
        told = begin(client)["message"]
    assert told == "The payment service could not be reached. Try again."
    assert there.calls == []


def deliver(client: Client, floor: Floor, there: Elsewhere, folder: Path) -> None:
    """Run the queue until a job is done."""
    settings = AppSettings(data_dir=folder, stripe_url=there.url)
    means = Means(store=floor.store, vault=VAULT, outbound=there.outbound(), settings=settings)

    async def work() -> None:
        runner = Runner(floor.store, jobs_of(means), lambda: True)
        runner.start()
        async with asyncio.timeout(30):
            while not await floor.store.read(lambda read: read.one(_DONE)):
                await asyncio.sleep(0.02)
        await runner.stop()

    client.run(work())


def test_money_goes_back_by_stripe(
    client: Client, floor: Floor, there: Elsewhere, stripe: FakeStripe, tmp_path: Path
) -> None:
    begin(client)
    assert tell(client, event(1, 1_500))[1]["outcome"] == "amount"
    desk = Desk(client, "manager7777")
    path = "/panel/payments/notices/1"
    done = desk.post(f"{path}/refund", {"reason": "wrong amount", "key": "a"})
    assert done.headers["hx-redirect"] == f"{path}?done=refunded"
    assert notices(floor)[0].state == "refunding"
    refused = desk.post(f"{path}/credit", {"account": "ada", "reason": "x", "key": "b"})
    assert "Somebody has settled this already." in refused.text
    deliver(client, floor, there, tmp_path)
    _, (method, target, headers, body) = there.calls
    assert (method, target, body) == ("POST", "/v1/refunds", b"payment_intent=pi_1")
    assert headers["idempotency-key"] == "lanhouse-refund-7777-pi_1-1-0"
    [row] = notices(floor)
    assert (row.state, row.staff_name, row.transfer_id) == ("refunded", "manager7777", None)
    assert floor.till("qr") == 0
    verify(floor)


def test_a_refund_that_stripe_refused_is_not_asked_under_the_same_key(
    client: Client, floor: Floor, there: Elsewhere, stripe: FakeStripe, tmp_path: Path
) -> None:
    begin(client)
    assert tell(client, event(1, 1_500))[1]["outcome"] == "amount"
    desk = Desk(client, "manager7777")
    desk.post("/panel/payments/notices/1/refund", {"reason": "wrong amount", "key": "a"})
    stripe.refusals = [(402, {"error": {"code": "insufficient_funds"}})]
    deliver(client, floor, there, tmp_path)
    keys = [headers["idempotency-key"] for _, target, headers, _ in there.calls[1:]]
    assert keys == ["lanhouse-refund-7777-pi_1-1-0", "lanhouse-refund-7777-pi_1-1-1"]
    assert notices(floor)[0].state == "refunded"


def test_who_asks_again_waits_for_no_pause(
    client: Client, floor: Floor, there: Elsewhere, stripe: FakeStripe, tmp_path: Path
) -> None:
    begin(client)
    assert tell(client, event(1, 1_500))[1]["outcome"] == "amount"
    desk = Desk(client, "manager7777")
    path = "/panel/payments/notices/1/refund"
    desk.post(path, {"reason": "wrong amount", "key": "a"})
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    floor.run(lambda tx, _: tx.run(sa.update(queue).values(run_at=later, attempts=8)), None)
    desk.post(path, {"reason": "the account is filled again", "key": "b"})
    [job] = floor.store.read_sync(lambda read: read.all(sa.select(queue)))
    assert job.run_at < later - dt.timedelta(minutes=59)
    assert notices(floor)[0].reason == "the account is filled again"
