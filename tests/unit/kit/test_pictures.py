"""Pictures made anew: what is refused before it is decoded, and what is left behind."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.pictures import Limit, Picture, remade

LIMIT = Limit(pixels_max=1_000_000, side_max=100)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    return image


def refusal(data: bytes, limit: Limit = LIMIT) -> str:
    with pytest.raises(InvalidInput) as refused:
        remade(data, limit, "logo")
    return refused.value.fields["logo"]


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_a_drawing_stays_lossless_and_see_through(kind: str) -> None:
    image = Image.new("RGBA", (40, 20), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 20, 20))
    made = remade(encoded(image, kind), LIMIT, "logo")
    assert (made.content_type, made.width, made.height) == ("image/png", 40, 20)
    found = opened(made)
    assert found.format == "PNG"
    assert found.getpixel((30, 10))[3] == 0
    assert found.getpixel((5, 5))[3] == 255


def test_a_photo_leaves_its_place_and_camera_behind_and_stands_upright() -> None:
    image = Image.new("RGB", (60, 30), "white")
    image.paste((200, 0, 0), (0, 0, 30, 30))  # the left half
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right
    exif[0x010F] = "Camera maker"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    sent = encoded(image, "JPEG", exif=exif, comment=b"a comment", icc_profile=b"x" * 200)
    assert b"Camera maker" in sent
    made = remade(sent + b"<script>alert(1)</script>", LIMIT, "logo")
    assert (made.content_type, made.width, made.height) == ("image/jpeg", 30, 60)
    for left in (b"Exif", b"Camera maker", b"a comment", b"ICC_PROFILE", b"<script>"):
        assert left not in made.data
    found = opened(made)
    assert not found.getexif()
    # What was left is on top.
    red, green, _ = found.getpixel((15, 10))
    assert red > 150
    assert green < 80


def test_texts_of_a_drawing_are_left_behind() -> None:
    info = PngInfo()
    info.add_text("Comment", "made by Ada", zip=True)
    info.add_itxt("XML:com.adobe.xmp", "<x>place</x>")
    made = remade(encoded(Image.new("P", (9, 9)), "PNG", pnginfo=info), LIMIT, "logo")
    assert b"Ada" not in made.data
    assert opened(made).info == {}


def test_a_large_one_is_made_small_and_a_small_one_stays() -> None:
    made = remade(encoded(Image.new("RGB", (1000, 500)), "PNG"), LIMIT, "logo")
    assert (made.width, made.height) == (100, 50)
    made = remade(encoded(Image.new("RGB", (7, 5)), "PNG"), LIMIT, "logo")
    assert (made.width, made.height) == (7, 5)


def test_the_same_picture_is_made_the_same() -> None:
    sent = encoded(Image.new("RGB", (7, 5), "red"), "JPEG")
    assert remade(sent, LIMIT, "logo").data == remade(sent, LIMIT, "logo").data


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A small file that would be decoded into gigabytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000, 9)
    parts = (_chunk(b"IHDR", head), _chunk(b"IDAT", body), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_bomb_is_refused_by_its_head(monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*_: object) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(Image.Image, "load", decode)
    for width, height in ((50_000, 50_000), (2_000_000_000, 1), (1001, 1000)):
        reason = refusal(bomb(width, height))
        assert reason == f"has {width} x {height} pixels, more than 1000000 in all"


def test_what_moves_is_refused() -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue", "white")]
    for kind in ("GIF", "WEBP", "PNG"):
        sent = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert refusal(sent) == "is animated; send a still picture"


def test_a_drawing_with_programs_is_refused_by_its_name() -> None:
    svg = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
    assert refusal(svg).startswith("is a drawing (SVG), which can hold programs")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"\xff\xd8\xff\xe0" + b"\0" * 50,
        b"<html>hello</html>",
        b"%PDF-1.7",
        encoded(Image.new("RGB", (90, 90), "red"), "PNG")[:-60],
        encoded(Image.new("RGB", (90, 90), "red"), "JPEG")[:-300],
        encoded(Image.new("RGB", (9, 9)), "BMP"),
        encoded(Image.new("RGB", (9, 9)), "TIFF"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    assert refusal(data) == "must be a PNG, JPEG, WebP or GIF picture"
