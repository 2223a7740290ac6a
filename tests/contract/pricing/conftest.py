"""A floor behind the HTTP client: PCs PC01 to PC04 and one price of 2.00 an hour."""

from __future__ import annotations

import pytest

from tests.builders.centers import Hall
from tests.builders.floor import Floor


@pytest.fixture
def floor(hall: Hall) -> Floor:
    """The hall of the client with four PCs and a price."""
    made = Floor(hall.store, hall)
    for number in range(1, 5):
        made.add_pc(f"PC{number:02d}")
    made.set_price(200)
    return made
