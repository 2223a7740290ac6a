"""A floor behind the HTTP client: PCs PC01 to PC04 and one price of 2.00 an hour."""

from __future__ import annotations

import pytest

from tests.builders.centers import Hall
from tests.builders.floor import Floor, furnish


@pytest.fixture
def floor(hall: Hall) -> Floor:
    """The hall of the client with four PCs and a price; without this fixture it has neither."""
    made = Floor(hall.store, hall)
    made.run(furnish, (made, 4, 200))
    return made
