"""What the time brings to bookings. May run late: no amount depends on when it runs."""

from __future__ import annotations

from lanhouse.cafe.bookings.commands.seating import bring_on
from lanhouse.jobs.ticker import Task

TASKS = [Task("bring bookings on", 0.9, bring_on)]
