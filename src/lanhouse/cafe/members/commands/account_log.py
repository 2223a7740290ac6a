"""What the billing log keeps of accounts: that they changed, never what stands in them."""

from __future__ import annotations

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry, subject_of_group
from lanhouse.db.store import Tx


def log_change(
    tx: Tx, center: Center, actor: Actor, member_id: int, account: str, group_id: int, details: str
) -> None:
    """Write that an account was opened, changed or deleted."""
    entry = LogEntry(
        center_id=center.id,
        event=Event.MEMBER,
        subject=subject_of_group(group_id),
        member_id=member_id,
        member_account=account,
        member_group_id=group_id,
        staff_id=actor.staff_id,
        staff_name=actor.staff_name,
        details=details,
    )
    write_log(tx, entry)
