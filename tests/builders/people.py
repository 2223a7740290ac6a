"""Tokens for people, without signing in."""

from __future__ import annotations

from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.staff.queries import staff_by_account
from tests.builders.centers import Hall


def bearer_of(hall: Hall, role: str) -> str:
    """A bearer token of the hall's person with this role."""
    person = hall.store.read_sync(staff_by_account, hall.center_id, hall.staff[role])
    assert person is not None
    return hall.store.run_sync(issue_token, NewToken(hall.center_id, "staff", "bearer", person.id))
