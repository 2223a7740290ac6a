"""The demo's own operator: its callback, and the process that answers it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from lanhouse.aggregator.agents.schemas import SEAMLESS
from lanhouse.aggregator.operators.commands import opened_callback, set_callback
from lanhouse.aggregator.operators.queries import callback_row
from lanhouse.aggregator.operators.schemas import CallbackShown, SetCallback
from lanhouse.db.store import Store, Tx
from lanhouse.demo.keys import AgentKey, Keys
from lanhouse.kit.errors import AppError
from lanhouse.kit.vault import Vault

WALLET_FILE = "mock-operator.db"
_END_SECONDS_MAX = 2


class Place:
    """Where the demo's operator answers: an address that was named, or a socket of this machine
    that waits for the process."""

    def __init__(self, named_url: str) -> None:
        self.listener: socket.socket | None = None
        self.url = named_url
        if not named_url:
            self.listener = socket.socket()
            self.listener.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/wallet"


def with_callback(store: Store, vault: Vault, keys: Keys, place: Place) -> Keys:
    """The demo's keys with the callback key and the signing secret of its seamless agent, whose
    wallet is called at `place` from now on; a secret that is not at hand any more is replaced.

    Without a server secret there is no callback, and its games do not start.
    """
    agents: list[AgentKey] = []
    for agent in keys.agents:
        if agent.type == SEAMLESS and not vault.is_locked:
            shown = store.run_sync(_call_at, (vault, agent, place.url))
            secret = shown.secret or agent.callback_secret
            agents.append(replace(agent, callback_key=shown.key, callback_secret=secret))
        else:
            agents.append(agent)
    return replace(keys, agents=agents)


def _call_at(tx: Tx, asked: tuple[Vault, AgentKey, str]) -> CallbackShown:
    vault, agent, url = asked
    row = callback_row(tx, agent.agent_id)
    is_known = False
    if row is not None:
        try:
            is_known = opened_callback(row, vault).secret == agent.callback_secret
        except AppError:  # sealed under another server secret: it is replaced
            is_known = False
    return set_callback(
        tx,
        SetCallback(
            agent_id=agent.agent_id,
            vault=vault,
            url=url,
            makes_secret=not is_known,
            uses_secret=row is not None and not is_known,
            may_be_plain=True,
            is_demo=True,
        ),
    )


@contextmanager
def answering(place: Place, keys: Keys, data_dir: Path) -> Iterator[None]:
    """Let the mock operator answer at `place` meanwhile, in a process of its own that ends with
    this one, however that ends. Nothing where another operator was named."""
    found = [agent for agent in keys.agents if agent.callback_secret]
    if place.listener is None or not found:
        yield
        return
    descriptor = place.listener.fileno()
    words = ["--file", str(data_dir / WALLET_FILE), "--listen-fd", str(descriptor)]
    secrets = {
        "LANHOUSE_MOCK_KEY": found[0].callback_key or "",
        "LANHOUSE_MOCK_SECRET": found[0].callback_secret or "",
    }
    process = subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-m", "lanhouse", "mock-operator", *words, "--until-stdin-ends"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=[descriptor],
        env={**os.environ, **secrets},
    )
    place.listener.close()
    try:
        yield
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(_END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
