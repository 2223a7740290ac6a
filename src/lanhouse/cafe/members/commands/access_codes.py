"""Codes with which a guest signs in instead of account and password (decision 0114)."""

from __future__ import annotations

import secrets

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.kit.vault import Vault

CODE_DIGITS = 8
CANDIDATES = 4
"""So many are made for a guest; the first that no running session has is taken. That all of them
are taken happens once in 10**20 starts in the fullest hall."""
_PURPOSE = "access code"


class AccessCode(msgspec.Struct, frozen=True):
    """A code, the mark by which it is found again, and the code sealed for that mark.

    `code` is empty in one that was read back (opened() tells it).
    """

    code: str
    mark: str
    sealed: bytes

    def opened(self, vault: Vault) -> str:
        """The code. Raises Unreadable when the server secret is not the one it needs."""
        return self.code or vault.open(_PURPOSE, self.mark, self.sealed).decode()


def new_access_codes(vault: Vault, center: Center) -> tuple[AccessCode, ...]:
    """Codes for a new guest, where the centre signs guests in by code; empty where it does not, or
    where nothing can be sealed."""
    if not center.settings.client.access_code_login:
        return ()
    return tuple(found for _ in range(CANDIDATES) if (found := _new(vault, center.id)))


def mark_of(vault: Vault, center_id: int, typed: str) -> str:
    """The mark under which a code of a centre is found; "" for what is none.

    It is made with the server secret: eight digits would be guessed from a plain hash in a second.
    """
    digits = "".join(typed.split())
    if len(digits) != CODE_DIGITS or not (digits.isascii() and digits.isdigit()):
        return ""
    return vault.mark(_PURPOSE, f"{center_id} {digits}")


def _new(vault: Vault, center_id: int) -> AccessCode | None:
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    mark = mark_of(vault, center_id, code)
    sealed = vault.seal(_PURPOSE, mark, code.encode())
    return None if sealed is None else AccessCode(code, mark, sealed)
