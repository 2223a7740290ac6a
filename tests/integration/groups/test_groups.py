"""Groups in both databases: names, caps, use."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.commands import (
    GroupChange,
    MemberGroupValues,
    PcGroupValues,
    change_member_group,
    create_member_group,
    create_pc_group,
    delete_member_group,
    delete_pc_group,
)
from lanhouse.cafe.groups.queries import (
    member_group_exists,
    member_groups_of,
    pc_group_exists,
    pc_groups_of,
    pc_time_discount,
)
from lanhouse.cafe.members.commands import NewGuest, create_guest
from lanhouse.cafe.members.tables import members
from lanhouse.db.store import Read, Store, Tx
from lanhouse.kit.errors import InvalidInput, Refused
from tests.builders.centers import open_hall


@pytest.fixture
def center(store: Store) -> Center:
    opened = open_hall(store)
    found = store.read_sync(center_by_id, opened.center_id)
    assert found is not None
    return found


def _exists(read: Read, center_id: int, group_id: int) -> tuple[bool, bool, int]:
    return (
        pc_group_exists(read, center_id, group_id),
        member_group_exists(read, center_id, group_id),
        pc_time_discount(read, center_id, group_id),
    )


def test_groups_are_made_and_found(store: Store, center: Center) -> None:
    vip = store.run_sync(create_pc_group, GroupChange(center, None, PcGroupValues("VIP")))
    values = MemberGroupValues(name="Gold", pc_time_discount=1250)
    gold = store.run_sync(create_member_group, GroupChange(center, None, values))
    assert [group.name for group in store.read_sync(pc_groups_of, center.id)] == ["Default", "VIP"]
    assert [group.name for group in store.read_sync(member_groups_of, center.id)] == [
        "Default",
        "Gold",
    ]
    assert gold.pc_time_discount == 1250
    assert store.read_sync(_exists, center.id, vip.id)[0]
    assert store.read_sync(_exists, center.id, gold.id)[1:] == (True, 1250)
    assert store.read_sync(_exists, center.id, 0) == (True, True, 0)
    assert store.read_sync(_exists, center.id, -3) == (False, True, 0)
    assert store.read_sync(_exists, center.id, 999) == (False, False, 0)
    assert store.read_sync(_exists, 8888, vip.id) == (False, False, 0)


def test_a_group_in_use_is_not_deleted(store: Store, center: Center) -> None:
    values = MemberGroupValues(name="Gold")
    gold = store.run_sync(create_member_group, GroupChange(center, None, values))
    guest = store.run_sync(create_guest, NewGuest(center.id, -1))

    def put_in(tx: Tx, group_id: int) -> None:
        change = sa.update(members).where(members.c.id == guest.member_id)
        tx.run(change.values(group_id=group_id))

    store.run_sync(put_in, gold.id)
    with pytest.raises(Refused, match=r"^The group is in use by 1 members\.$"):
        store.run_sync(delete_member_group, GroupChange(center, gold.id, None))
    store.run_sync(put_in, 0)
    store.run_sync(delete_member_group, GroupChange(center, gold.id, None))
    assert [group.id for group in store.read_sync(member_groups_of, center.id)] == [0]


def test_a_name_in_use_changes_nothing(store: Store, center: Center) -> None:
    for name in ("Gold", "Silver"):
        change = GroupChange(center, None, MemberGroupValues(name=name))
        store.run_sync(create_member_group, change)
    silver = store.read_sync(member_groups_of, center.id)[2]
    with pytest.raises(InvalidInput, match="name: gold already exists"):
        store.run_sync(
            change_member_group, GroupChange(center, silver.id, MemberGroupValues(name="gold"))
        )
    assert store.read_sync(member_groups_of, center.id)[2] == silver


def test_the_default_pc_group_stays(store: Store, center: Center) -> None:
    with pytest.raises(Refused, match="part of the system"):
        store.run_sync(delete_pc_group, GroupChange(center, 0, None))
    assert store.read_sync(_exists, center.id, 0)[0]
