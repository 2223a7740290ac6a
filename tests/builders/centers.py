"""A centre with keys and staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import msgspec

from lanhouse.auth.keys import NewKey, generate_key
from lanhouse.auth.passwords import hash_password
from lanhouse.cafe.centers.commands import NewCenter, create_center
from lanhouse.cafe.centers.schemas import Settings
from lanhouse.cafe.staff.commands import NewStaff, create_staff
from lanhouse.db.store import Store, Tx
from tests.builders import databases

PASSWORD = "correct horse"


@cache
def password_hash() -> str:
    """The hash of PASSWORD, made once because argon2 is slow on purpose."""
    return hash_password(PASSWORD)


@dataclass
class Hall:
    """A centre that tests work in. `staff` maps role to account; every password is PASSWORD."""

    store: Store
    center_id: int
    api_key: str
    staff: dict[str, str] = field(default_factory=dict)


def open_hall(
    store: Store,
    center_id: int = 7777,
    *,
    zone: str = "UTC",
    settings: Settings | None = None,
    currency: str = "EUR",
) -> Hall:
    """Open a centre with an API key for loopback and one person of each role."""
    new = NewCenter(
        id=center_id,
        name=f"Hall {center_id}",
        license_name=f"hall{center_id}",
        zone_name=zone,
        currency=currency,
        settings=settings or Settings(),
    )
    key = ("hall", center_id, zone, currency, msgspec.json.encode(new.settings))
    api_key, staff = databases.copied(store, key, lambda: store.run_sync(_build_hall, new))
    return Hall(store, center_id, api_key, dict(staff))


def _build_hall(tx: Tx, new: NewCenter) -> tuple[str, dict[str, str]]:
    create_center(tx, new)
    shown = generate_key(tx, NewKey(new.id, "127.0.0.1, ::1"))
    staff = {role: f"{role}{new.id}" for role in ("admin", "manager", "staff")}
    for role, account in staff.items():
        create_staff(
            tx,
            NewStaff(center_id=new.id, account=account, password_hash=password_hash(), role=role),
        )
    return shown.secret, staff
