"""Which pictures a centre shows of itself."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.tables import center_pictures, centers
from lanhouse.cafe.files.queries import whole_file
from lanhouse.cafe.files.schemas import StoredFile
from lanhouse.cafe.files.tables import files
from lanhouse.cafe.news.tables import news
from lanhouse.db.statements import static
from lanhouse.db.store import Read

LOGO = "logo"
"""The picture that stands for the centre on its pages."""

MEMBER_LOGO = "member_logo"
"""The one that members see; the logo where there is none."""
PORTAL_ICONS = {192: "portal_logo_192", 512: "portal_logo_512"}
"""What the portal looks like on a telephone's home screen, by its side in pixels."""
TOPUP_QR = "topup_qr_code"
"""The code with which members pay the house without a terminal."""

PICTURES = {
    "cafe_info_cafe_logo": LOGO,
    "cafe_info_member_logo": MEMBER_LOGO,
    "cafe_info_member_portal_logo_192": PORTAL_ICONS[192],
    "cafe_info_member_portal_logo_512": PORTAL_ICONS[512],
    "manual_topup_qr_code": TOPUP_QR,
}
"""The purpose of each key of the settings that stands for a picture (decision 0092)."""

_ID_CHARS_MAX = 18
_SHOWN = static(
    sa.select(center_pictures.c.file_key).where(
        center_pictures.c.center_id == sa.bindparam("center"),
        center_pictures.c.purpose == sa.bindparam("as_what"),
    )
)
_OF_NEWS = static(
    sa.select(news.c.file_key).where(
        news.c.center_id == sa.bindparam("center"), news.c.id == sa.bindparam("one")
    )
)
_ALL = static(
    sa.select(center_pictures.c.purpose, center_pictures.c.file_key).where(
        center_pictures.c.center_id == sa.bindparam("center")
    )
)
_ALL_STAMPED = static(
    sa.select(center_pictures.c.purpose, center_pictures.c.file_key, files.c.stored_at)
    .join(files, files.c.key == center_pictures.c.file_key)
    .where(center_pictures.c.center_id == sa.bindparam("center"))
)
_SHOWN_BY_LICENSE = static(
    sa.select(center_pictures.c.file_key)
    .join(centers, centers.c.id == center_pictures.c.center_id)
    .where(
        centers.c.license_name == sa.bindparam("license"),
        center_pictures.c.purpose == sa.bindparam("as_what"),
    )
)


def shown_key(read: Read, wanted: tuple[int, str]) -> str | None:
    """The key of the picture that a centre shows (centre, purpose), or None."""
    center_id, purpose = wanted
    return read.scalar(_SHOWN, center=center_id, as_what=purpose)


def shown_image(read: Read, wanted: tuple[int, str]) -> str | None:
    """The key of the picture that a café client asks for by its name (centre, name): a key of the
    settings that stands for one, or `news-7`; None where there is none."""
    center_id, name = wanted
    number = name.removeprefix("news-")
    if number != name:
        is_id = number.isascii() and number.isdigit() and len(number) < _ID_CHARS_MAX
        return read.scalar(_OF_NEWS, center=center_id, one=int(number)) if is_id else None
    return shown_key(read, (center_id, PICTURES.get(name, "")))


def shown_keys(read: Read, center_id: int) -> dict[str, str]:
    """Purpose -> key of every picture that a centre shows."""
    return {row.purpose: row.file_key for row in read.all(_ALL, center=center_id)}


class ShownPicture(msgspec.Struct, frozen=True):
    """A picture that a centre shows, and when its content was put up last."""

    file: StoredFile
    stored_at: datetime


def shown_pictures(read: Read, center_id: int) -> dict[str, ShownPicture]:
    """Purpose -> every picture that a centre shows, with its content (at most five)."""
    found: dict[str, ShownPicture] = {}
    for row in read.all(_ALL_STAMPED, center=center_id):
        file = whole_file(read, row.file_key)
        if file is not None:
            found[row.purpose] = ShownPicture(file, row.stored_at)
    return found


def member_logo_of_license(read: Read, license_name: str) -> str | None:
    """The key of the logo that members see, or None."""
    own = shown_key_of_license(read, (license_name, MEMBER_LOGO))
    return own or shown_key_of_license(read, (license_name, LOGO))


def shown_key_of_license(read: Read, wanted: tuple[str, str]) -> str | None:
    """The same by (licence name, purpose)."""
    license_name, purpose = wanted
    return read.scalar(_SHOWN_BY_LICENSE, license=license_name, as_what=purpose)
