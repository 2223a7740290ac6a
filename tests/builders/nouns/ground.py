"""The centre under all of it: how commands are run and its settings changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.centers.commands import SettingsChange, change_settings
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import GROUPS, Center
from lanhouse.db.store import Read, Store
from lanhouse.kit import clock
from tests.builders.centers import Hall

EURO = 1_000_000
CENT = 10_000
DESK = Actor(
    kind="staff",
    center_id=7777,
    staff_id=1,
    staff_name="Kim",
    role="admin",
    rights=rights_of("admin"),
)


def later(seconds: int) -> datetime:
    """Business time some seconds from now."""
    return clock.from_micros(clock.to_micros(clock.now()) + seconds * 1_000_000)


@dataclass
class Ground:
    """A store and a centre in it."""

    store: Store
    hall: Hall

    @property
    def center(self) -> Center:
        """The centre as it is stored now."""
        found = self.store.read_sync(center_by_id, self.hall.center_id)
        assert found is not None
        return found

    def center_in(self, read: Read) -> Center:
        """The centre inside a transaction."""
        found = center_by_id(read, self.hall.center_id)
        assert found is not None
        return found

    def run(self, command: Any, arg: Any) -> Any:
        """Run a command; answers its result."""
        return self.store.run_sync(command, arg)

    def set(self, **values: Any) -> None:
        """Change settings of the centre, by the field names of their keys."""
        assert values.keys() <= {key.name for one in GROUPS.values() for key in one.keys}
        for group in GROUPS.values():
            mine = {key.name: values[key.name] for key in group.keys if key.name in values}
            if mine:
                self.run(change_settings, SettingsChange(self.hall.center_id, {group.name: mine}))
