"""The people who work in the demo centre. They get their passwords when it is handed out."""

from __future__ import annotations

from lanhouse.auth.actors import API_STAFF_NAME, Actor
from lanhouse.auth.rights import rights_of, rights_of_person
from lanhouse.cafe.centers.demo import CAFE_ID
from lanhouse.cafe.staff.commands import NewStaff, create_staff
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.db.store import Read, Tx

ACCOUNTS = ("admin", "manager", "staff")
"""One for each role, which is called the same."""


def opening(tx: Tx) -> None:
    """Hire them."""
    for account in ACCOUNTS:
        create_staff(
            tx, NewStaff(center_id=CAFE_ID, account=account, password_hash="", role=account)
        )


def desk_actor(read: Read) -> Actor:
    """Who stands at the desk: the manager, or the API when somebody has removed that account."""
    person = staff_by_account(read, CAFE_ID, "manager")
    if person is None:
        return Actor(
            kind="api_key",
            center_id=CAFE_ID,
            staff_name=API_STAFF_NAME,
            role="api",
            rights=rights_of("api"),
        )
    return Actor(
        kind="staff",
        center_id=CAFE_ID,
        staff_id=person.id,
        staff_name=person.account,
        role=person.role,
        rights=rights_of_person(person.role, person.granted, person.withheld),
    )
