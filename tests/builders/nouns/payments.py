"""Payments by QR code: gateways that are set up, and what they tell."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.payments.commands import begin_payment
from lanhouse.cafe.payments.commands.notices import take_notice
from lanhouse.cafe.payments.queries.checks import check_all_payments
from lanhouse.cafe.payments.schemas import WEBHOOK, Begin, Notice, Noticed
from lanhouse.cafe.payments.tables import payment_notices, payment_orders
from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.floor import DESK, EURO, Floor
from tests.builders.secrets import VAULT

KEY = "notice key"
API = "/api/v2/cafe/7777"
NOTICES = "/api/native/v1/centers/7777/payments/notices"


def sealed(name: str, plain: str) -> str:
    """A secret of the payment settings as it is stored."""
    found = VAULT.seal("setting", f"7777|payment.{name}", plain.encode())
    assert found is not None
    return b64encode(found).decode()


def use_webhook(floor: Floor, **more: Any) -> None:
    """Let a service take payments that tells us by signed notices."""
    floor.set(
        payment_gateway="webhook",
        payment_url="https://pay.test/p?n={order_no}&a={amount}&c={currency}&b={back}",
        payment_notice_secret=sealed("payment_notice_secret", KEY),
        **more,
    )


def signed(body: dict[str, Any], *, key: str = KEY, ago: int = 0) -> dict[str, Any]:
    """What the service sends: `content` and `headers`."""
    text = json.dumps(body).encode()
    at = str(clock.real_micros() // 1_000_000 - ago)
    mac = hmac.new(key.encode(), at.encode() + b"." + text, hashlib.sha256).hexdigest()
    headers = {
        "X-Lanhouse-Timestamp": at,
        "X-Lanhouse-Signature": mac,
        "Content-Type": "application/json",
    }
    return {"content": text, "headers": headers}


def told(number: Any, amount: str, name: str = "pay_1", **more: Any) -> dict[str, Any]:
    """The body of a notice."""
    return {"id": name, "order_no": number, "amount": amount, "currency": "EUR", **more}


def tell(client: Client, body: dict[str, Any], **how: Any) -> Any:
    """Send a notice of the service; answers (status, JSON)."""
    answer = client.raw("POST", f"{NOTICES}/webhook", key="", **signed(body, **how))
    return answer.status_code, answer.json()


def payments(floor: Floor) -> list[Any]:
    """All payments."""
    query = sa.select(payment_orders).order_by(payment_orders.c.id)
    return floor.store.read_sync(lambda read: read.all(query))


def notices(floor: Floor) -> list[Any]:
    """All that was told."""
    query = sa.select(payment_notices).order_by(payment_notices.c.id)
    return floor.store.read_sync(lambda read: read.all(query))


def verify(floor: Floor) -> None:
    """Ledger, log and payments tell the same."""
    floor.verify()
    assert floor.store.read_sync(check_all_payments) is None


def begin_and_tell(floor: Floor, member_id: int) -> None:
    """A payment that waits, and one that fits no order."""
    cmd = Begin(
        center=floor.center,
        actor=DESK,
        gateway=WEBHOOK,
        amount_micros=20 * EURO,
        member_id=member_id,
    )
    floor.run(begin_payment, cmd)
    notice = Notice(external_id="pay_1", order_text="?", amount_micros=5 * EURO, currency="EUR")
    floor.run(take_notice, Noticed(center=floor.center, gateway=WEBHOOK, notice=notice))
