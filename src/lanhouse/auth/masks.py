"""How a page shows a token that stays the same: masked anew each time (decision 0088).

A page is compressed, and its length over the wire tells an eavesdropper which of its words come
twice. What looks different each time cannot be guessed that way, however often he looks.
"""

from __future__ import annotations

import base64
import secrets

from lanhouse.kit import ids


def mask(token: str) -> str:
    """A URL-safe text that carries `token` under a pad of its own; "" for an empty one."""
    plain = token.encode()
    pad = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(pad + _xor(pad, plain)).decode()


def is_mask_of(text: str, token: str) -> bool:
    """True when `text` is what mask() makes of `token`; never of an empty token.

    The token itself is not: what may be sent must never have stood on a page.
    """
    try:
        raw = base64.b64decode(text, b"-_", validate=True)
    except ValueError:
        return False
    half, odd = divmod(len(raw), 2)
    if odd or not token:
        return False
    return ids.same(_xor(raw[:half], raw[half:]).decode("latin-1"), token)


def _xor(left: bytes, right: bytes) -> bytes:
    mixed = int.from_bytes(left, "big") ^ int.from_bytes(right, "big")
    return mixed.to_bytes(len(left), "big")
