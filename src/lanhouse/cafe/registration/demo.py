"""Opening the accounts of the demo centre's members."""

from __future__ import annotations

from datetime import date

from lanhouse.cafe.centers.demo import demo_center
from lanhouse.cafe.groups.demo import member_group_ids
from lanhouse.cafe.members.demo import PEOPLE
from lanhouse.cafe.registration.commands import NewMember, Personal, create_member
from lanhouse.cafe.staff.demo import desk_actor
from lanhouse.db.store import Tx

_GROUPS = (None, None, None, "Silver", "Silver", "Gold")
"""Of one member after the other, over and over."""


def opening(tx: Tx) -> None:
    """Sixty members in three groups, nobody with a password."""
    center, actor, groups = demo_center(tx), desk_actor(tx), member_group_ids(tx)
    for number, (account, first, last) in enumerate(PEOPLE):
        group = _GROUPS[number % len(_GROUPS)]
        create_member(
            tx,
            NewMember(
                center=center,
                actor=actor,
                account=account,
                password_hash="",
                group_id=groups[group] if group else 0,
                personal=Personal(
                    first_name=first,
                    last_name=last,
                    email=f"{account}@example.org",
                    phone=f"+351 910 000 {number:03d}",
                    birthday=date(1985 + number % 20, number % 12 + 1, number % 27 + 1),
                ),
            ),
        )
