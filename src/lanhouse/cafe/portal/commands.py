"""What the portal writes itself: the sign-in that follows a registration."""

from __future__ import annotations

from lanhouse.cafe.members.sign_in import PortalSignIn, sign_in_member
from lanhouse.db.store import Tx


def sign_in_registered(tx: Tx, done: PortalSignIn) -> str:
    """As sign_in_member(), for who has just registered; the audit log names whom it signed in."""
    secret = sign_in_member(tx, done)
    tx.audit("member", done.member_id)
    return secret
