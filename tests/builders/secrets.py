"""The server secret of the tests, and how they hash passwords."""

from __future__ import annotations

from argon2 import PasswordHasher

from lanhouse.auth import passwords
from lanhouse.kit.vault import SECRET_BYTES, Vault

VAULT = Vault(b"\x01" * SECRET_BYTES)
OTHER_VAULT = Vault(b"\x02" * SECRET_BYTES)

PRODUCT_HASHER = passwords._hasher
"""What the product hashes with; tests/unit/auth/test_passwords.py holds it to its strength."""

QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""The same function at the least that argon2id allows, for tests of everything else."""
