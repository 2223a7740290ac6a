"""Two sign-ins of one member on two PCs at once, and a code that is used twice (both databases)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.auth.tables import tokens
from lanhouse.cafe.client.commands import SignInAtSeat, sign_in_at_seat
from lanhouse.cafe.members.commands.codes import (
    AskCode,
    ResetByCode,
    TypedCode,
    ask_code,
    reset_by_code,
)
from lanhouse.db.store import Store
from lanhouse.kit.errors import AppError
from tests.builders.centers import password_hash
from tests.builders.floor import EURO, Floor, open_floor

Work = tuple[Callable[..., Any], Any]
PHONE = "+351910000001"


def at_once(store: Store, work: Sequence[Work]) -> list[Any]:
    async def run() -> list[Any]:
        store.start()
        done = await asyncio.gather(
            *(store.write(command, arg) for command, arg in work), return_exceptions=True
        )
        await store.stop()
        return done

    return asyncio.run(run())


def at_seat(floor: Floor, member_id: int, pc: str) -> Work:
    actor = Actor(kind="member", center_id=7777, member_id=member_id, rights=rights_of("member"))
    cmd = SignInAtSeat(
        center=floor.center,
        actor=actor,
        member_id=member_id,
        password_hash=password_hash(),
        pc_id=floor.pc_ids[pc],
        pc_name=pc,
        starts=True,
        is_admitted=True,
    )
    return sign_in_at_seat, cmd


def test_one_member_signs_in_at_two_seats_at_once(store: Store) -> None:
    floor = open_floor(store, pcs_count=2)
    ada = floor.add_member("ada", balance=10 * EURO, password_hash=password_hash())
    done = at_once(store, [at_seat(floor, ada, "PC01"), at_seat(floor, ada, "PC02")])
    refused = [one for one in done if isinstance(one, AppError)]
    assert (len(done), len(refused)) == (2, 1)
    assert "has a session on PC0" in str(refused[0])
    assert len(floor.session_ids()) == 1
    rows = store.read_sync(lambda read: read.all(sa.select(tokens.c.pc_id)))
    busy = next(name for name in ("PC01", "PC02") if floor.is_busy(name))
    assert [row.pc_id for row in rows] == [floor.pc_ids[busy]]
    floor.verify()


def test_two_members_sign_in_at_one_seat_at_once(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    both = [
        floor.add_member(name, balance=10 * EURO, password_hash=password_hash())
        for name in ("ada", "bob")
    ]
    done = at_once(store, [at_seat(floor, one, "PC01") for one in both])
    assert sum(isinstance(one, AppError) for one in done) == 1
    (row,) = store.read_sync(lambda read: read.all(sa.select(tokens)))
    (winner,) = [one for one in done if not isinstance(one, BaseException)]
    assert row.subject_id == winner.member_id
    floor.verify()


def test_a_code_is_used_once(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    floor.set(sms_enable=True, sms_provider="http", sms_provider_url="https://sms.test/{phone}")
    ada = floor.add_member("ada", phone=PHONE)
    actor = Actor(kind="nobody", center_id=7777)
    ask = AskCode(
        center=floor.center, actor=actor, phone=PHONE, account="", code="123456", mark="m"
    )
    floor.run(ask_code, ask)
    typed = TypedCode(floor.center, PHONE, "m")
    work = [
        (reset_by_code, ResetByCode(typed=typed, actor=actor, new_hash=f"hash {number}"))
        for number in range(2)
    ]
    assert sorted(at_once(store, work)) == [False, True]
    told = [row.details for row in floor.logs("MEMBER") if row.member_id == ada]
    assert len([each for each in told if "by a code" in each]) == 1
