"""What the calls that open an account answer."""

from __future__ import annotations

from msgspec import Struct


class AccountOut(Struct, kw_only=True):
    """A new account."""

    member_id: int
    member_account: str


class GuestOut(AccountOut, kw_only=True):
    """A new guest, with the password for this one time."""

    member_password: str
    member_expire_time_local: str
