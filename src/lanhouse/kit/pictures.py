"""Pictures that people send: looked at before they are decoded, and made anew.

What is kept is drawn from the pixels alone, so that place, camera, colour profile, comments and
whatever else a file carries are left behind (decision 0069).
"""

from __future__ import annotations

import io

import msgspec
from PIL import Image, ImageOps

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say

# Ours is looked at first, and refuses where this would only warn.
Image.MAX_IMAGE_PIXELS = None

_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
_KINDS = "must be a PNG, JPEG, WebP or GIF picture"
_JPEG_QUALITY = 88


class Limit(msgspec.Struct, frozen=True):
    """What is taken: `pixels_max` is width x height as sent, `side_max` the longer side as kept."""

    pixels_max: int
    side_max: int


class Picture(msgspec.Struct, frozen=True):
    """A picture as it is kept and served."""

    content_type: str
    data: bytes
    width: int
    height: int


class Dots(msgspec.Struct, frozen=True):
    """A picture in black and white: rows of whole bytes, the highest bit at the left, 1 = black."""

    row_bytes: int
    height: int
    bits: bytes


def remade(data: bytes, limit: Limit, field: str) -> Picture:
    """The picture made anew, upright, at most `side_max` long; a photo stays JPEG, else PNG.

    Raises InvalidInput naming `field` for what is no picture, is animated, is a drawing (SVG) or
    has too many pixels: that is read from its head, before anything is decoded.
    """
    try:
        with Image.open(io.BytesIO(data), formats=tuple(_FORMATS)) as opened:
            _check(opened, limit, field)
            is_photo = opened.format == "JPEG"
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((limit.side_max, limit.side_max))
            return _encoded(upright, is_photo=is_photo)
    except InvalidInput:
        raise
    except Exception:  # noqa: BLE001 - a decoder raises what it likes on a broken file
        raise InvalidInput({field: _reason(data)}) from None


def _check(opened: Image.Image, limit: Limit, field: str) -> None:
    width, height = opened.size
    if width * height > limit.pixels_max:
        raise InvalidInput(
            {
                field: say(
                    "has %(width)s x %(height)s pixels, more than %(pixels)s in all",
                    width=width,
                    height=height,
                    pixels=limit.pixels_max,
                )
            }
        )
    if getattr(opened, "n_frames", 1) > 1:
        raise InvalidInput({field: say("is animated; send a still picture")})


def _reason(data: bytes) -> str:
    if b"<svg" in data[:4096].lower():
        return f"is a drawing (SVG), which can hold programs; it {_KINDS}"
    return _KINDS


def _encoded(image: Image.Image, *, is_photo: bool) -> Picture:
    made = io.BytesIO()
    # A new image, so that nothing but pixels goes along.
    plain = Image.new("RGB" if is_photo else "RGBA", image.size)
    plain.paste(image.convert(plain.mode))
    if is_photo:
        plain.save(made, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    else:
        plain.save(made, "PNG", optimize=True)
    kind = _FORMATS["JPEG" if is_photo else "PNG"]
    return Picture(kind, made.getvalue(), plain.width, plain.height)


def in_dots(data: bytes, width_max: int, height_max: int) -> Dots:
    """A picture that we keep, as dots on white paper, made smaller where it has more of them."""
    with Image.open(io.BytesIO(data)) as opened:
        colored = opened.convert("RGBA")
    colored.thumbnail((width_max, height_max))
    paper = Image.new("RGBA", colored.size, "white")
    paper.alpha_composite(colored)
    # The width grows to whole bytes; in this mode 1 is white.
    row_bytes = -(-paper.width // 8)
    dots = Image.new("1", (row_bytes * 8, paper.height), 1)
    dots.paste(paper.convert("L").convert("1"))
    return Dots(row_bytes, dots.height, bytes(byte ^ 0xFF for byte in dots.tobytes()))


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height of a picture that we keep, in pixels."""
    with Image.open(io.BytesIO(data)) as opened:
        return opened.size
