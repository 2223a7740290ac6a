"""0063 on filled data, both databases: rounds, records, seeds and spins of before stay what they
were and stay proven."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.agents.queries import agent_by_id
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.commands import rotate_seed, spin
from lanhouse.aggregator.providers.house.commands.seeds import opened_seed
from lanhouse.aggregator.providers.house.provider import HOUSE
from lanhouse.aggregator.providers.house.schemas import RotateCmd, SpinCmd, SpinRecord
from lanhouse.aggregator.providers.house.starting import ready_house
from lanhouse.aggregator.providers.house.tables import house_rounds, house_seeds
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.queries.reports import report_problem, verify_reports
from lanhouse.aggregator.rounds.rules import joined
from lanhouse.aggregator.rounds.rules.sums import AMOUNTS
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions, report_hours
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.db.digested import Digested
from lanhouse.db.digests import row_digests, take_over_old_rows
from lanhouse.db.store import Store
from lanhouse.kit.errors import Conflict
from lanhouse.ledger.sealing import seal_new_digests
from lanhouse.ledger.verify import verify_ledger
from tests.builders.agents import Operator, open_operator
from tests.builders.databases import by_hand, comes_from
from tests.builders.rounds import EURO, NAME, an_ask, sit_down
from tests.builders.secrets import VAULT

SPINS = 6


def _spin(number: int, session: GameSession, euros: int = 1) -> SpinCmd:
    key = f"key-{number:05d}"
    return SpinCmd(session=session, vault=VAULT, client_key=key, bet_micros=euros * EURO)


def _rows(store: Store, table: sa.Table) -> list[Any]:
    return store.read_sync(lambda read: read.all(sa.select(table).order_by(sa.text("1"))))


def _amounts(row: Any) -> Any:
    """An hour of a report, its amounts whole: sums may be split in different ways."""
    amounts = [
        joined(getattr(row, f"{name}_units"), getattr(row, f"{name}_rest")) for name in AMOUNTS
    ]
    return row.agent_id, row.player_id, row.hour, row.game_id, row.rounds, amounts


def _digests_of_before(store: Store) -> None:
    """Let the digests cover what the release of 0061 covered."""
    for table in (game_transactions, house_rounds):
        declared: Digested = table.info["digested"]
        for values in store.read_sync(lambda read, d=declared: read.all(sa.select(*d.columns))):
            former = values[: declared.former_widths[0]]
            digest = declared.digest(former)
            with store.engine.connect() as connection, connection.begin():
                connection.execute(
                    sa.update(row_digests)
                    .where(
                        row_digests.c.table_number == declared.number,
                        row_digests.c.row_id == values[0],
                    )
                    .values(digest=digest)
                )


@pytest.fixture
def before(store: Store) -> tuple[Operator, GameSession, list[SpinRecord]]:
    """A house of 0061: a player has spun, changed seeds, and has a round open."""
    operator = open_operator(store)
    session = sit_down(operator)
    move = Move(
        agent=operator.agent, kind=DEPOSIT, username=NAME, currency="EUR", amount_micros=90 * EURO
    )
    store.run_sync(move_money, move)
    spins = [store.run_sync(spin, _spin(number, session)) for number in range(SPINS)]
    store.run_sync(rotate_seed, RotateCmd(session=session, vault=VAULT, client_seed="mine"))
    spins += [store.run_sync(spin, _spin(SPINS + number, session)) for number in range(2)]
    store.run_sync(begin, an_ask(session, TxType.BET, "open", 4))
    for row in _rows(store, house_seeds):
        if row.state != "revealed":
            by_hand(
                store,
                "UPDATE house_seeds SET sealed = NULL, sealed_under = '',"
                f" server_seed = '{opened_seed(row, VAULT)}' WHERE id = {row.id}",
            )
    _digests_of_before(store)
    return operator, session, spins


def test_what_was_there_before_is_the_same_and_proven(
    store: Store, before: tuple[Operator, GameSession, list[SpinRecord]]
) -> None:
    operator, _, spins = before
    tables = (game_rounds, game_transactions, house_rounds, report_hours)
    was = {table.name: _rows(store, table) for table in tables}
    comes_from(store, "0061")
    assert _rows(store, game_rounds) == was["game_rounds"]
    assert [_amounts(row) for row in _rows(store, report_hours)] == [
        _amounts(row) for row in was["report_hours"]
    ]
    for old, new in zip(was["game_transactions"], _rows(store, game_transactions), strict=True):
        for name in (column.name for column in game_transactions.columns):
            if name != "content_digest":
                assert getattr(new, name) == getattr(old, name), name
        assert new.content_digest is None
    for old, new in zip(was["house_rounds"], _rows(store, house_rounds), strict=True):
        for name in (column.name for column in house_rounds.columns):
            if name not in ("game_state", "actions", "asked_digest"):
                assert getattr(new, name) == getattr(old, name), name
    # What joined the digests is sealed in the background, and the chain holds before and after.
    assert store.read_sync(verify_ledger, None).problem is None
    while store.run_sync(take_over_old_rows, None):
        pass
    while store.run_sync(seal_new_digests, None):
        pass
    report = store.read_sync(verify_ledger, None)
    assert report.problem is None
    assert report.rows.as_found >= len(was["game_transactions"]) + len(spins)
    assert report.rows.waiting == 0
    assert store.read_sync(verify_reports).rounds == len(spins)
    by_hand(store, "UPDATE game_transactions SET share = '0.5' WHERE id = 1")
    found = store.read_sync(verify_ledger, None).problem
    assert found is not None
    assert found.startswith("game_transactions 1: was changed")
    found_agent = store.read_sync(agent_by_id, operator.agent.id)
    assert found_agent is not None
    assert found_agent.provider_ids == ("house",)


def test_rounds_of_before_are_verified_repeated_and_finished(
    store: Store, before: tuple[Operator, GameSession, list[SpinRecord]]
) -> None:
    _, session, spins = before
    comes_from(store, "0061")
    assert ready_house(store, VAULT) == ""
    # A browser that asks again after the update is answered, not played a second time.
    for number, spun in enumerate(spins):
        assert store.run_sync(spin, _spin(number, session)) == spun
    with pytest.raises(Conflict):
        store.run_sync(spin, _spin(0, session, euros=2))
    with pytest.raises(Conflict):
        store.run_sync(begin, an_ask(session, TxType.BET, "open", 5))
    first = spins[0]
    log = store.read_sync(lambda read: HOUSE.round_log(read, first.round_id))
    assert log is not None
    told = dict(log.rows)
    assert fair.verify(
        told["server seed"], told["server seed hash"], told["client seed"], first.nonce,
        (20,) * 5, first.stops,
    )  # fmt: skip
    # The round that was open goes on, and the seeds go on under the server secret.
    closing = an_ask(session, TxType.SETTLE, "open", 6, closes_round=True)
    assert store.run_sync(begin, closing).state == "committed"
    assert store.run_sync(spin, _spin(50, session)).nonce == 3
    assert {row.server_seed for row in _rows(store, house_seeds) if row.state != "revealed"} == {""}
    assert store.read_sync(report_problem) is None
