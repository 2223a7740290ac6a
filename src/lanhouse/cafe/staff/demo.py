"""The people who work in the demo centre. They get their passwords when it is handed out."""

from __future__ import annotations

from lanhouse.auth.actors import API_STAFF_NAME, Actor
from lanhouse.auth.rights import rights_of, rights_of_person
from lanhouse.cafe.centers.demo import cafe_id
from lanhouse.cafe.staff.commands import NewStaff, create_staff
from lanhouse.cafe.staff.queries import staff_by_account, staff_of_center
from lanhouse.db.store import Read, Tx

ACCOUNTS = ("admin", "manager", "staff")
"""One for each role, which is called the same."""


def opening(tx: Tx) -> None:
    """Hire them; a centre that is there has its Admin, and whoever is called so already stays."""
    has_admin = any(person.role == "admin" for person in staff_of_center(tx, cafe_id()))
    for account in ACCOUNTS:
        is_there = staff_by_account(tx, cafe_id(), account) is not None
        if not is_there and not (account == "admin" and has_admin):
            create_staff(
                tx, NewStaff(center_id=cafe_id(), account=account, password_hash="", role=account)
            )


def desk_actor(read: Read) -> Actor:
    """Who stands at the desk: the manager, or the API when somebody has removed that account."""
    person = staff_by_account(read, cafe_id(), "manager")
    if person is None:
        return Actor(
            kind="api_key",
            center_id=cafe_id(),
            staff_name=API_STAFF_NAME,
            role="api",
            rights=rights_of("api"),
        )
    return Actor(
        kind="staff",
        center_id=cafe_id(),
        staff_id=person.id,
        staff_name=person.account,
        role=person.role,
        rights=rights_of_person(person.role, person.granted, person.withheld),
    )
