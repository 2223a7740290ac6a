"""What is asked of the list of what customers wrote."""

from __future__ import annotations

from lanhouse.db.listing import Wanted


class FeedbackWanted(Wanted, frozen=True, kw_only=True):
    """Which of a centre: `is_read` None = all of them."""

    center_id: int
    is_read: bool | None = None
    member_id: int | None = None
