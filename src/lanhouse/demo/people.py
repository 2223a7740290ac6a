"""The members of the demo centre."""

from __future__ import annotations

from datetime import date

from lanhouse.auth.actors import Actor
from lanhouse.auth.passwords import hash_password
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.commands.changing import MemberChange, change_members
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.registration.commands import NewMember, Personal, create_member
from lanhouse.db.store import Tx
from lanhouse.demo.keys import Keys
from lanhouse.demo.plan import FIRST_NAMES, LAST_NAMES, MEMBERS


def build_members(
    tx: Tx, center: Center, actor: Actor, keys: Keys, groups: dict[str, int]
) -> list[int]:
    """Sixty members in three groups; those of the keys can sign in. Answers ids in order."""
    group_ids = [0, 0, 0, groups["Silver"], groups["Silver"], groups["Gold"]]
    member_ids = []
    for number in range(MEMBERS):
        first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number % len(LAST_NAMES)]
        key = keys.members[number] if number < len(keys.members) else None
        account = key.member_account if key else f"{first}.{last}{number}".lower()
        opened = create_member(
            tx,
            NewMember(
                center=center,
                actor=actor,
                account=account,
                password_hash=hash_password(key.member_password) if key else "",
                group_id=group_ids[number % len(group_ids)],
                personal=Personal(
                    first_name=first,
                    last_name=last,
                    email=f"{account}@example.org",
                    phone=f"+351 910 000 {number:03d}",
                    birthday=date(1985 + number % 20, number % 12 + 1, number % 27 + 1),
                ),
            ),
        )
        member_ids.append(opened.member_id)
        if key:
            key.member_id = opened.member_id
    return member_ids


def renew_member_passwords(tx: Tx, center: Center, actor: Actor, keys: Keys) -> None:
    """Give the members of the keys their new passwords; who is gone leaves the keys."""
    for key in list(keys.members):
        row = member_by_account(tx, (center.id, key.member_account))
        if row is None:
            keys.members.remove(key)
            continue
        key.member_id = row.id
        values = {"password_hash": hash_password(key.member_password)}
        change = MemberChange(center=center, actor=actor, member_ids=[row.id], values=values)
        change_members(tx, change)
