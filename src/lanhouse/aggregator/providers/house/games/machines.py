"""The two newer slots as data: Lit Windows with free spins, and the classic Three Lamps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import msgspec

from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, Machine


@dataclass(frozen=True)
class FreeSpins:
    """A machine whose scatters give free spins, again within them, up to `most` in a round.

    `grants` names how many for how many scatters in view; every win of a free spin counts `factor`
    times. Free spins turn the same strips.
    """

    machine: Machine
    grants: dict[int, int]
    factor: int
    most: int
    pay_table_hash: str = field(init=False)
    """SHA-256 of `rules_text`."""

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.rules_text.encode()).hexdigest()
        object.__setattr__(self, "pay_table_hash", digest)

    @property
    def rules_text(self) -> str:
        """The machine's line of JSON followed by one about free spins."""
        counted = [sorted(self.grants.items()), self.factor, self.most]
        return f"{self.machine.rules_text}\n{msgspec.json.encode(counted).decode()}"

    def granted_after(self, granted: int, scatters: int) -> int:
        """How many free spins the round has in all after a spin with so many scatters."""
        return min(self.most, granted + self.grants.get(scatters, 0))


def _strips(*texts: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(text.split()) for text in texts)


LIT_WINDOWS = FreeSpins(
    machine=Machine(
        version="lit-windows-1",
        strips=_strips(
            "pizza key headset mug key mouse key lamp keyboard mouse mug pizza "
            "mug mouse pizza house pizza headset mouse keyboard mug headset mouse mug",
            "mug mouse mug key mouse key headset mug mouse pizza mouse keyboard "
            "headset pizza mug pizza mouse house mug keyboard lamp pizza headset key",
            "mouse mug lamp mug keyboard headset mug key mouse headset house headset "
            "keyboard key mouse mug pizza key pizza lamp pizza mug mouse pizza",
            "mug mouse pizza mouse headset mug headset pizza mouse key mouse mug "
            "key mug lamp headset lamp pizza keyboard mouse pizza key house keyboard",
            "mug mouse pizza headset keyboard key lamp mouse headset pizza key mouse "
            "house mug key keyboard mouse headset mug pizza mug pizza mug mouse",
        ),
        lines=NIGHT_SHIFT.lines,
        pays={
            "lamp": {3: 40, 4: 200, 5: 2000},
            "keyboard": {3: 20, 4: 60, 5: 300},
            "headset": {3: 10, 4: 35, 5: 150},
            "key": {3: 10, 4: 25, 5: 100},
            "pizza": {3: 5, 4: 20, 5: 80},
            "mug": {3: 4, 4: 10, 5: 40},
            "mouse": {3: 3, 4: 8, 5: 30},
        },
        scatter_pays={3: 2, 4: 10, 5: 50},
        wild="lamp",
        scatter="house",
        rtp_percent="0.00",
    ),
    grants={3: 10, 4: 15, 5: 20},
    factor=2,
    most=100,
)

THREE_LAMPS = Machine(
    version="three-lamps-1",
    strips=_strips(
        "house mouse key headset pizza mug key keyboard lamp pizza key headset "
        "mouse mug headset mouse pizza mug pizza house mouse mug mouse keyboard",
        "key pizza key mug headset mouse house mug mouse headset mouse house "
        "pizza keyboard mouse pizza headset mouse mug keyboard key pizza mug lamp",
        "mouse mug mouse key pizza mouse key keyboard headset mouse pizza house "
        "pizza mug headset keyboard mug pizza mouse house key headset mug lamp",
    ),
    lines=((1, 1, 1), (0, 0, 0), (2, 2, 2), (0, 1, 2), (2, 1, 0)),
    pays={
        "lamp": {2: 5, 3: 450},
        "keyboard": {3: 100},
        "headset": {3: 50},
        "key": {3: 30},
        "pizza": {3: 15},
        "mug": {3: 12},
        "mouse": {3: 8},
    },
    scatter_pays={},
    wild="lamp",
    scatter="house",
    rtp_percent="0.00",
)
"""A house pays nothing here and ends every run."""
