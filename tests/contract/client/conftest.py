"""A floor with PCs PC01 to PC04, one price of 2.00 an hour, and a member with a password."""

from __future__ import annotations

import pytest

from lanhouse.db.store import Store
from tests.builders.centers import Hall, password_hash
from tests.builders.floor import EURO, Floor, open_floor


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    """Centre 7777 with four PCs and a price."""
    return open_floor(sqlite_store, pcs_count=4)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    """The floor's centre, which the client serves."""
    return floor.hall


@pytest.fixture
def ada(floor: Floor) -> int:
    """A member with ten euros and the password of the house's people."""
    return floor.add_member("ada", balance=10 * EURO, password_hash=password_hash())
