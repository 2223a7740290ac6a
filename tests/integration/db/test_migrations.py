"""One history for both databases, and it makes exactly the tables of the code."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.aggregator.wallet.tables import wallet_moves
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import (
    BonusTier,
    CenterSettings,
    LoyaltySettings,
    MemberSettings,
    PaymentSettings,
    Settings,
)
from lanhouse.cafe.members.tables import MEMBER_PIECES, member_consents
from lanhouse.cafe.products.queries import products_of_center
from lanhouse.cafe.products.schemas import ComboItem, Source
from lanhouse.cafe.products.tables import product_groups, products
from lanhouse.db import migrate as migrations
from lanhouse.db.digests import digest_backlog, take_over_old_rows
from lanhouse.db.migrate import (
    check_known,
    config_for,
    current_revision,
    known_revisions,
    migrate,
    migrate_embedded,
    newest_revision,
)
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Store, Tx
from lanhouse.db.types import Json
from lanhouse.jobs.queue import enqueue
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.ledger.verify import verify_ledger
from lanhouse.tables import complete_metadata
from tests.builders.agents import open_operator
from tests.builders.centers import open_hall
from tests.builders.databases import by_hand, comes_from
from tests.builders.floor import Floor

CONSENTS = 145
"""The number of the table member_consents among those that are digested."""


def test_the_history_makes_the_tables_of_the_code(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": False,
                "compare_server_default": False,
                "include_name": _is_of_the_code,
            },
        )
        assert compare_metadata(context, complete_metadata()) == []
    assert current_revision(store) == newest_revision()


def _is_of_the_code(name: str | None, kind: str, _parents: Any) -> bool:
    """An index of pieces is the database's own, where it can be made (db/pieces)."""
    return not (kind in ("table", "index") and (name or "").startswith(MEMBER_PIECES.name))


def test_the_history_makes_every_part_of_the_tables_alike(store: Store) -> None:
    """What Alembic does not compare too: checks and their text, which guard the money, conditions
    of indexes, and where numbers come from. The first revision was written from older ones."""
    with store.engine.connect() as connection, connection.begin():
        found = parts_of(connection)
        assert parts_made_from_code(connection) == found


def parts_of(connection: sa.Connection, schema: str | None = None) -> dict[str, Any]:
    """Table -> its columns, keys, indexes and checks, in the database's own words."""
    inspector = sa.inspect(connection)
    return {
        name: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in inspector.get_columns(name, schema)
            },
            "key": inspector.get_pk_constraint(name, schema),
            "references": sorted(
                (each["name"], each["constrained_columns"], each["referred_table"])
                for each in inspector.get_foreign_keys(name, schema)
            ),
            "uniques": sorted(
                (str(each["name"]), each["column_names"])
                for each in inspector.get_unique_constraints(name, schema)
            ),
            "indexes": sorted(
                (
                    str(each["name"]),
                    str(each.get("expressions") or each["column_names"]),
                    bool(each["unique"]),
                    {k: str(v) for k, v in each.get("dialect_options", {}).items()},
                )
                for each in inspector.get_indexes(name, schema)
                if each["name"] != MEMBER_PIECES.name
            ),
            "checks": sorted(
                (str(each["name"]), " ".join(each["sqltext"].split()))
                for each in inspector.get_check_constraints(name, schema)
            ),
        }
        for name in complete_metadata().tables
    }


def parts_made_from_code(connection: sa.Connection) -> dict[str, Any]:
    """The same of tables that SQLAlchemy makes from the code at once, beside the others."""
    if connection.dialect.name == "sqlite":
        with sa.create_engine("sqlite://").connect() as other:
            complete_metadata().create_all(other)
            return parts_of(other)
    connection.execute(sa.text("CREATE SCHEMA made_from_code"))
    made = connection.execution_options(schema_translate_map={None: "made_from_code"})
    complete_metadata().create_all(made)
    found = parts_of(connection, "made_from_code")
    connection.execute(sa.text("DROP SCHEMA made_from_code CASCADE"))
    return found


def test_a_database_at_the_first_revision_gets_only_what_follows(store: Store) -> None:
    """It carries the number of the last of seventeen that came before it."""
    hall = open_hall(store)
    before = store.read_sync(center_by_id, hall.center_id)
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0017")
    assert current_revision(store) == min(known_revisions()) == "0017"
    migrate(store)
    assert current_revision(store) == newest_revision()
    assert store.read_sync(center_by_id, hall.center_id) == before


@pytest.mark.parametrize(
    ("revision", "says"),
    [("0016", "Install the release before this one"), ("9999", "a newer version")],
)
def test_a_revision_that_is_not_known_says_what_to_do(revision: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        check_known(revision)


def test_jobs_that_wait_are_kept_and_those_that_gave_up_have_failed(store: Store) -> None:
    """0019 makes the table anew, and the way back keeps what waits."""

    def ask(tx: Tx, _: None) -> None:
        for key in ("waits", "gave up"):
            enqueue(tx, "work", {"for": key}, key=key)

    store.run_sync(ask, None)
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0018")
        tried = sa.update(sa.table("queued_jobs", sa.column("key"), sa.column("attempts")))
        connection.execute(tried.where(sa.column("key") == "gave up").values(attempts=10))
    migrate(store)
    found = store.read_sync(lambda read: read.all(sa.select(queue).order_by(queue.c.id)))
    assert [(row.payload, row.key, row.status, row.attempts) for row in found] == [
        ({"for": "waits"}, "waits", "waiting", 0),
        ({"for": "gave up"}, None, "failed", 10),
    ]
    assert store.run_sync(lambda tx, _: enqueue(tx, "work", {}, key="gave up"), None) is True


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lanhouse.db"
    store = SqliteStore(path)
    assert migrate_embedded(store, path) is None
    hall = open_hall(store)
    assert migrate_embedded(store, path) is None
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".db"] == ["lanhouse.db"]
    assert hall.api_key
    asyncio.run(store.stop())


def test_a_broken_migration_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path / "lanhouse.db")
    whole = migrations.command.upgrade

    def half_way(*args: object) -> None:
        whole(*args)
        raise RuntimeError("power cut")

    monkeypatch.setattr(migrations.command, "upgrade", half_way)
    with pytest.raises(RuntimeError, match="power cut"):
        migrate(store)
    assert sa.inspect(store.engine).get_table_names() == []
    monkeypatch.undo()
    migrate(store)
    assert current_revision(store) == newest_revision()
    asyncio.run(store.stop())


def test_settings_of_before_stand_in_their_groups(store: Store) -> None:
    """0023: every key keeps its value, also what no release knows, and goes back unchanged."""
    hall = open_hall(store)
    flat = {
        "minimum_charge_micros": 1_500_000,
        "free_minutes_once": True,
        "desk_confirm_above_micros": 0,
        "bonus_by_percent": True,
        "points_enabled": True,
        "price_bonus": [{"amount_micros": 20_000_000, "bonus_micros": 10_000_000, "percent": 10}],
        "topup_reward_percent": [100, 100, 100, 100, 100, 70, 0],
        "cors_origins": ["https://a.example"],
        "default_member_group": 7,
        "of_another_release": {"kept": 1},
    }
    old = sa.table("centers", sa.column("settings", Json))
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0022")
        connection.execute(sa.update(old).values(settings=flat))
    migrate(store)
    center = store.read_sync(center_by_id, hall.center_id)
    assert center is not None
    assert center.settings == Settings(
        center=CenterSettings(cors_origins=("https://a.example",)),
        payment=PaymentSettings(
            minimum_charge_micros=1_500_000, free_minutes_once=True, desk_confirm_above_micros=0
        ),
        loyalty=LoyaltySettings(
            point_enable=True,
            bonus_unit=1,
            price_bonus=(BonusTier(20_000_000, 10_000_000, 10),),
            topup_reward_percent=(100, 100, 100, 100, 100, 70, 0),
        ),
        member=MemberSettings(default_member_group=7),
    )
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0022")
        assert connection.execute(sa.select(old.c.settings)).scalar_one() == flat
    migrate(store)


def test_movements_of_before_have_no_address_and_stay_proven(store: Store) -> None:
    """0025: a movement made before keeps its row, and its digest still holds."""
    operator = open_operator(store)
    store.run_sync(create_player, NewPlayer(operator.agent, "player0001"))
    move = Move(
        agent=operator.agent,
        kind=DEPOSIT,
        username="player0001",
        currency="EUR",
        amount_micros=5_000_000,
        address="192.0.2.7",
    )
    moved = store.run_sync(move_money, move)
    comes_from(store, "0024")
    with store.engine.connect() as connection:
        kept = connection.execute(sa.select(wallet_moves.c.tx_id, wallet_moves.c.address)).all()
    assert kept == [(moved.tx_id, "")]
    assert store.read_sync(verify_ledger, None).problem is None


def test_consents_of_before_are_sealed(store: Store) -> None:
    """0060: those that are there get their digests in the background, and are proven from then."""
    hall = open_hall(store)
    floor = Floor(store, hall)
    ann = floor.add_member("ann")
    given: dict[str, Any] = {
        "center_id": hall.center_id,
        "member_id": ann,
        "kind": "photo",
        "details": "on paper",
        "given_at": clock.now(),
        "given_to": "staff7777",
        "withdrawn_at": None,
        "withdrawn_by": "",
    }
    with store.engine.connect() as connection, connection.begin():
        connection.execute(sa.insert(member_consents), [given, given])
    assert "member_consents" in (store.read_sync(verify_ledger, None).problem or "")
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0059")
    migrate(store)
    backlog = sa.select(digest_backlog.c.table_number)
    assert CONSENTS in [row.table_number for row in store.read_sync(lambda read: read.all(backlog))]
    while store.run_sync(take_over_old_rows, None):
        pass
    assert store.read_sync(lambda read: read.all(backlog)) == []
    assert store.read_sync(verify_ledger, None).problem is None
    by_hand(store, "UPDATE member_consents SET withdrawn_at = given_at WHERE id = 2")
    assert "member_consents" in (store.read_sync(verify_ledger, None).problem or "")


def test_centres_of_before_get_the_first_group_and_the_print(store: Store) -> None:
    """0033: the same rows as a new centre begins with, but for their times."""
    hall = open_hall(store)
    begun = _shop_of(store)
    comes_from(store, "0032")
    assert _shop_of(store) == begun
    assert [row["center_id"] for rows in begun for row in rows] == [hall.center_id] * 2


def _shop_of(store: Store) -> list[list[dict[str, Any]]]:
    with store.engine.connect() as connection:
        found = [
            connection.execute(sa.select(table)).mappings().all()
            for table in (product_groups, products)
        ]
    return [
        [{key: value for key, value in row.items() if not key.endswith("_at")} for row in rows]
        for rows in found
    ]


def test_goods_of_before_have_no_picture(store: Store) -> None:
    """0041: their stock and their parts are what they were."""
    hall = open_hall(store)
    floor = Floor(store, hall)
    part = floor.add_product("Cola", 7)
    combo = (ComboItem(Source.PRODUCT, part, 2),)
    whole = floor.add_product("Menu", combo=combo)
    comes_from(store, "0036")
    found = store.read_sync(lambda read: products_of_center(read, hall.center_id))
    kept = {each.id: (each.quantity, each.left, each.picture_key) for each in found}
    assert kept[part] == (7, 7, None)
    assert kept[whole] == (0, 3, None)
    assert store.read_sync(verify_ledger, None).problem is None
