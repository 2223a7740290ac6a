"""A floor behind the HTTP client: PCs PC01 to PC04 and one price of 2.00 an hour."""

from __future__ import annotations

import pytest

from lanhouse.db.store import Store
from tests.builders.centers import Hall
from tests.builders.floor import Floor, open_floor


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    """Centre 7777 with four PCs and a price."""
    return open_floor(sqlite_store, pcs_count=4)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    """The floor's centre, which the client serves."""
    return floor.hall
