"""What is made of news for a page."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=256)
def qr_uri(link: str) -> str:
    """A link as a QR code, a picture that stands in the page itself."""
    import segno

    return segno.make_qr(link, error="m").svg_data_uri(scale=3, border=2, light="#fff", dark="#000")
