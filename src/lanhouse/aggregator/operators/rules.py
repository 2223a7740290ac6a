"""What a callback's address must be, and how an operator's answer is read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec

from lanhouse.aggregator.caller import Incoming
from lanhouse.aggregator.operators.schemas import TIMEOUT_MS_MAX, TIMEOUT_MS_MIN
from lanhouse.aggregator.rounds.commands.operators import NO_ANSWER, Answer
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import parse_micros

URL_CHARS_MAX = 1000
TX_ID_CHARS_MAX = 200
_DECIMALS = 6
STATUSES = frozenset({"committed", "rolled_back", "unknown"})


def check_url(url: str, *, may_be_plain: bool) -> str:
    """A callback's address without a slash at its end. Raises InvalidInput."""
    wrong = InvalidInput({"url": "must be an address such as https://wallet.example.org/lanhouse"})
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    is_plain_text = url.isascii() and url.isprintable() and " " not in url
    has_more = parts.query or parts.fragment or parts.username is not None or port == 0
    if parts.scheme not in ("http", "https") or not parts.hostname or has_more:
        raise wrong
    if not is_plain_text or len(url) > URL_CHARS_MAX:
        raise wrong
    if parts.scheme == "http" and not may_be_plain:
        raise InvalidInput(
            {
                "url": "must begin with https://; http:// is for networks that"
                " LANHOUSE_OUTBOUND_PRIVATE names"
            }
        )
    return url.rstrip("/")


def check_timeout(timeout_ms: int) -> int:
    """A time limit in milliseconds. Raises InvalidInput."""
    if not TIMEOUT_MS_MIN <= timeout_ms <= TIMEOUT_MS_MAX:
        raise InvalidInput({"timeout_ms": f"must be {TIMEOUT_MS_MIN} to {TIMEOUT_MS_MAX}"})
    return timeout_ms


def read_answer(incoming: Incoming, currency: str) -> Answer:
    """What an operator said to a transaction: yes with balance, currency and its own id, or a code.

    NO_ANSWER for whatever is none of them, and for another currency: it says nothing about money.
    """
    envelope = _envelope(incoming)
    result, error = envelope.get("result"), envelope.get("error")
    if envelope.get("ok") is True and isinstance(result, dict):
        tx_id, micros = result.get("txId"), _micros(result.get("balance"))
        if not isinstance(tx_id, str) or not 0 < len(tx_id) <= TX_ID_CHARS_MAX or micros is None:
            return NO_ANSWER
        if result.get("currency") != currency:
            return NO_ANSWER
        return Answer(is_ok=True, balance_micros=micros, wallet_tx_id=tx_id)
    if envelope.get("ok") is False and isinstance(error, dict):
        code = error.get("code")
        return Answer(is_ok=False, code=code) if isinstance(code, str) else NO_ANSWER
    return NO_ANSWER


def read_balance(incoming: Incoming, currency: str) -> int | None:
    """The balance (micros) that an operator told, or None: it told none in this currency."""
    envelope = _envelope(incoming)
    result = envelope.get("result")
    if envelope.get("ok") is not True or not isinstance(result, dict):
        return None
    return _micros(result.get("balance")) if result.get("currency") == currency else None


def read_status(incoming: Incoming) -> str | None:
    """One of STATUSES, or None: the operator did not say."""
    envelope = _envelope(incoming)
    result = envelope.get("result")
    if envelope.get("ok") is not True or not isinstance(result, dict):
        return None
    state = result.get("state")
    return state if isinstance(state, str) and state in STATUSES else None


def _envelope(incoming: Incoming) -> dict[str, Any]:
    """The object of an answer of HTTP 200; empty for anything else."""
    if incoming.status != 200:
        return {}
    try:
        found = msgspec.json.decode(incoming.body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _micros(balance: object) -> int | None:
    """A balance is decimal text; a JSON number is none, since it may not be exact."""
    if not isinstance(balance, str):
        return None
    try:
        return parse_micros(balance, decimals=_DECIMALS, signed=True)
    except InvalidInput:
        return None
