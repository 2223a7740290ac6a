"""The members of the demo centre."""

from __future__ import annotations

from lanhouse.auth.passwords import hash_password
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.accounts import insert_account
from lanhouse.db.store import Tx
from lanhouse.demo.keys import Keys
from lanhouse.demo.plan import FIRST_NAMES, LAST_NAMES, MEMBERS


def build_members(tx: Tx, center: Center, keys: Keys, groups: dict[str, int]) -> list[int]:
    """Sixty members in three groups; those of the keys can sign in. Answers ids in order."""
    group_ids = [0, 0, 0, groups["Silver"], groups["Silver"], groups["Gold"]]
    member_ids = []
    for number in range(MEMBERS):
        first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number % len(LAST_NAMES)]
        key = keys.members[number] if number < len(keys.members) else None
        account = key.member_account if key else f"{first}.{last}{number}".lower()
        values = {
            "account": account,
            "password_hash": hash_password(key.member_password) if key else "",
            "group_id": group_ids[number % len(group_ids)],
            "first_name": first,
            "last_name": last,
            "email": f"{account}@example.org",
            "phone": f"+351 910 000 {number:03d}",
            "birthday": f"{1985 + number % 20}-{number % 12 + 1:02d}-{number % 27 + 1:02d}",
        }
        member_id = insert_account(tx, center.id, values)
        member_ids.append(member_id)
        if key:
            key.member_id = member_id
    return member_ids
