"""Background work of the desk: one act on all members whom a list finds."""

from __future__ import annotations

from lanhouse.cafe.desk.commands import KIND, bulk_step
from lanhouse.jobs.schemas import Steps
from lanhouse.kit.texts import N_

JOBS = [Steps(KIND, bulk_step, label=N_("Change many members"))]
