"""The server secret of the tests."""

from __future__ import annotations

from lanhouse.kit.vault import SECRET_BYTES, Vault

VAULT = Vault(b"\x01" * SECRET_BYTES)
OTHER_VAULT = Vault(b"\x02" * SECRET_BYTES)
