"""What House does on the clock."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.commands.seamless import void_waiting
from lanhouse.jobs.ticker import Task

TASKS = [Task("House: acts whose bet came to nothing", 1, void_waiting)]
