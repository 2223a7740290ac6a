"""What the events of the billing log are called."""

from __future__ import annotations

from lanhouse.cafe.logs.rules import EVENT_NAMES
from lanhouse.cafe.money.schemas import Event


def test_every_event_has_a_name() -> None:
    """The log, the reports and the portal print it; one without a name took the reports down."""
    assert set(EVENT_NAMES) == set(Event)
    assert len(set(EVENT_NAMES.values())) == len(EVENT_NAMES)
