"""Sends what is due to operators while this process leads: settlements and rollbacks again, and
questions about bets that came after their rollback. Each operator's queue is drained by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import structlog

from lanhouse.aggregator.agents.queries import agent_by_id
from lanhouse.aggregator.caller import Caller
from lanhouse.aggregator.operators.lines import Line, Lines
from lanhouse.aggregator.rounds.commands.checks import (
    Check,
    Checked,
    SentAgain,
    due_checks,
    was_checked,
    was_sent_again,
)
from lanhouse.aggregator.rounds.commands.conclude import Due, due_of, message_of
from lanhouse.aggregator.rounds.commands.operators import NOT_SENT
from lanhouse.aggregator.rounds.commands.sending import Sender
from lanhouse.aggregator.rounds.commands.waiting import agents_with_due, hurry
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.vault import Vault

log = structlog.get_logger("lanhouse.aggregator")
LOOK_SECONDS = 0.2
_STOP_SECONDS_MAX = 0.5
_SLOT_SECONDS = 0.02


class Operators:
    """All that speaks to operators in one process."""

    def __init__(self, store: Store, vault: Vault, caller: Caller) -> None:
        self.caller = caller
        self.lines = Lines(store, vault, caller)
        self.sender = Sender(store, self.lines.of)
        self._store = store
        self._kinds: dict[int, bool] = {}

    async def holds_wallets(self, agent_id: int) -> bool:
        """Whether the players' money of an agent is with us; an agent has one mode for life."""
        found = self._kinds.get(agent_id)
        if found is None:
            agent = await self._store.point(agent_by_id, agent_id)
            found = self._kinds[agent_id] = agent is not None and agent.holds_wallets
        return found


class Dispatcher:
    """Drains what is due for each operator until it is stopped.

    `leads` says whether it is this process's to do, `is_alone` that there never is another.
    """

    def __init__(
        self,
        store: Store,
        operators: Operators,
        leads: Callable[[], bool],
        *,
        is_alone: bool,
    ) -> None:
        self._store, self._sender, self._lines = store, operators.sender, operators.lines
        self._leads, self._is_alone = leads, is_alone
        self._led = False
        self._drains: dict[int, asyncio.Task[None]] = {}
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin on the running loop."""
        self._running = asyncio.create_task(self._run(), name="operators")

    async def stop(self) -> None:
        """Stop; what is under way gets half a second, and is due again later where it is cut."""
        if self._running is None:
            return
        self._running.cancel()
        tasks = [self._running, *self._drains.values()]
        self._running = None
        if self._drains:
            await asyncio.wait(self._drains.values(), timeout=_STOP_SECONDS_MAX)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._drains = {}

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("what is due to operators could not be looked up; tried again")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """One look: begin to drain whatever has something due and is not drained already."""
        leads = self._leads()
        if leads and not self._led:
            while await self._store.write(hurry, self._is_alone):
                pass
        self._led = leads
        if not leads:
            return
        self._drains = {agent: task for agent, task in self._drains.items() if not task.done()}
        for agent_id in await self._store.read(agents_with_due, clock.now()):
            if agent_id not in self._drains:
                drain = self._drain(self._lines.of(agent_id))
                self._drains[agent_id] = asyncio.create_task(drain, name=f"operator {agent_id}")

    async def drain_all(self) -> None:
        """Look once and wait until everything that was due has had its try (for tests)."""
        await self.look()
        await asyncio.gather(*self._drains.values())

    async def _drain(self, line: Line) -> None:
        try:
            while self._leads():
                now = clock.now()
                due = await self._store.read(due_of, line.agent_id, now)
                checks = await self._store.read(due_checks, line.agent_id, now)
                due = [each for each in due if each.row_id not in self._sender.under_way]
                if not due and not checks:
                    return
                await self._all(line, due, checks)
                await asyncio.sleep(_SLOT_SECONDS)
        except Exception:
            log.exception("an operator's queue could not be drained", agent=line.agent_id)

    async def _all(self, line: Line, due: Iterable[Due], checks: Iterable[Check]) -> None:
        """Try each of them, as many at once as there are slots."""
        given_up = [each for each in due if each.is_bet]
        for each in given_up:
            await self._sender.give_up(each.row_id)
        works: list[Callable[[], Awaitable[object]]] = [
            *(self._again(line, each.row_id) for each in due if not each.is_bet),
            *(self._check(line, check) for check in checks),
        ]
        async with asyncio.TaskGroup() as group:
            for work in works:
                while not await line.slots.take_repeat():
                    await asyncio.sleep(_SLOT_SECONDS)
                group.create_task(self._in_slot(line, work))

    async def _in_slot(self, line: Line, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except Exception:
            log.exception("something due to an operator failed; tried again", agent=line.agent_id)
        finally:
            line.slots.give_repeat()

    def _again(self, line: Line, row_id: int) -> Callable[[], Awaitable[object]]:
        return lambda: self._sender.again(row_id, line.ask)

    def _check(self, line: Line, check: Check) -> Callable[[], Awaitable[object]]:
        async def ask() -> None:
            if not check.is_taken:
                status = await line.status(check.bet_code)
                await self._store.write(was_checked, Checked(check.row_id, status))
                return
            answer = NOT_SENT
            try:
                answer = await line.ask(await self._store.read(message_of, check.row_id))
            finally:
                await self._store.write(was_sent_again, SentAgain(check.row_id, answer))

        return ask
