"""Playing at House: acts and seeds, for all games."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.commands.acts import act
from lanhouse.aggregator.providers.house.commands.seeds import (
    lose_seeds,
    prepare_seeds,
    rotate_seed,
    seal_old_seeds,
)

__all__ = ["act", "lose_seeds", "prepare_seeds", "rotate_seed", "seal_old_seeds"]
