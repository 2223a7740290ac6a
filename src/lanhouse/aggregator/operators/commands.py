"""Setting callbacks up and replacing their secrets."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.agents.queries import agent_by_id
from lanhouse.aggregator.errors import AgentNotFound
from lanhouse.aggregator.operators.queries import callback_row
from lanhouse.aggregator.operators.rules import check_timeout, check_url
from lanhouse.aggregator.operators.schemas import (
    TIMEOUT_MS_DEFAULT,
    Callback,
    CallbackShown,
    SetCallback,
)
from lanhouse.aggregator.operators.tables import agent_callbacks
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit import ids
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.vault import Vault

PURPOSE = "callback secret"
_columns = agent_callbacks.c
_CREATE = static(sa.insert(agent_callbacks))
_CHANGED = ("url", "timeout_ms", "sealed", "sealed_under", "next_sealed", "changed_at")
_CHANGE = static(
    sa.update(agent_callbacks)
    .where(_columns.agent_id == sa.bindparam("agent"))
    .values({name: sa.bindparam(f"to_{name}", type_=_columns[name].type) for name in _CHANGED})
)


def set_callback(tx: Tx, cmd: SetCallback) -> CallbackShown:
    """Name where a seamless agent's wallet is called; the first time its key and its signing
    secret are made. A secret is sealed under the server secret and shown once.

    Raises AgentNotFound, InvalidInput (no seamless agent, no address, no time limit, no secret
    that could follow), and Refused when the server has no secret to seal with.
    """
    agent = agent_by_id(tx, cmd.agent_id)
    if agent is None:
        raise AgentNotFound
    if agent.holds_wallets:
        raise InvalidInput({"url": "is for seamless agents; this one is of type transfer"})
    url = None if cmd.url is None else check_url(cmd.url, may_be_plain=cmd.may_be_plain)
    timeout_ms = None if cmd.timeout_ms is None else check_timeout(cmd.timeout_ms)
    row = callback_row(tx, cmd.agent_id)
    tx.emit("access.changed", {"agent_id": cmd.agent_id})
    if row is None:
        if url is None:
            raise InvalidInput({"url": "is required: this agent has none yet"})
        return _create(tx, cmd, url, timeout_ms or TIMEOUT_MS_DEFAULT)
    return _change(tx, cmd, row, url or row.url, timeout_ms or row.timeout_ms)


def opened_callback(row: Row, vault: Vault) -> Callback:
    """A callback with its secret. Raises Unreadable when the server secret is not at hand."""
    secret = vault.open(PURPOSE, str(row.agent_id), bytes(row.sealed)).decode()
    return Callback(row.url, row.timeout_ms, row.callback_key, secret, bool(row.is_demo))


def _create(tx: Tx, cmd: SetCallback, url: str, timeout_ms: int) -> CallbackShown:
    key, (secret, sealed) = ids.new_secret("lhc"), _new_secret(cmd)
    tx.run(
        _CREATE,
        agent_id=cmd.agent_id,
        url=url,
        timeout_ms=timeout_ms,
        callback_key=key,
        sealed=sealed,
        sealed_under=cmd.vault.fingerprint,
        is_demo=cmd.is_demo,
        changed_at=tx.now,
    )
    return CallbackShown(url, timeout_ms, key, secret)


def _change(tx: Tx, cmd: SetCallback, row: Row, url: str, timeout_ms: int) -> CallbackShown:
    values: dict[str, Any] = {name: getattr(row, name) for name in _CHANGED}
    values |= {"url": url, "timeout_ms": timeout_ms, "changed_at": tx.now}
    secret = ""
    if cmd.makes_secret:
        secret, values["next_sealed"] = _new_secret(cmd)
    if cmd.uses_secret:
        if values["next_sealed"] is None:
            raise InvalidInput({"uses_secret": "there is none to go over to; make it first"})
        values["sealed"], values["next_sealed"] = values["next_sealed"], None
        values["sealed_under"] = cmd.vault.fingerprint
        # What does not open now would never sign a message.
        cmd.vault.open(PURPOSE, str(row.agent_id), bytes(values["sealed"]))
    tx.run(_CHANGE, agent=row.agent_id, **{f"to_{name}": values[name] for name in _CHANGED})
    return CallbackShown(url, timeout_ms, row.callback_key, secret)


def _new_secret(cmd: SetCallback) -> tuple[str, bytes]:
    secret = ids.new_secret("lhs")
    sealed = cmd.vault.seal(PURPOSE, str(cmd.agent_id), secret.encode())
    if sealed is None:
        raise Refused(
            "The server's secret file is missing or is not the one of this database, so that a"
            " signing secret cannot be kept. Nothing was changed. See: lanhouse doctor"
        )
    return secret, sealed
