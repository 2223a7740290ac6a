"""The picture under the map (decision 0069)."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.commands.pictures import ShowPicture, show_picture
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.pcs.commands.layout import check_seen, put_picture
from lanhouse.cafe.pcs.queries import MAP, FloorMap, floor_map, picture_of
from lanhouse.cafe.pcs.schemas import PicturePlace
from lanhouse.db.store import Tx
from lanhouse.kit.pictures import Picture

_USUAL_PERCENT = 40
_USUAL_WIDTH = 1200


class NewPicture(msgspec.Struct, frozen=True):
    """A picture (None = none any more) for the map that was seen."""

    center: Center
    picture: Picture | None
    seen_version: str


def set_picture(tx: Tx, new: NewPicture) -> FloorMap:
    """Lay another picture under the map, or none; answers the map.

    The first one lies in the upper left corner, any other where that before did. Raises
    MapChanged when another map was seen.
    """
    center_id = new.center.id
    lock_center(tx, center_id)
    check_seen(tx, center_id, new.seen_version)
    before = picture_of(tx, center_id)
    show_picture(tx, ShowPicture(center_id, MAP, new.picture))
    if new.picture is not None and not before.place.width:
        width = min(new.picture.width, _USUAL_WIDTH)
        put_picture(tx, center_id, PicturePlace(0, 0, width, _USUAL_PERCENT))
    return floor_map(tx, center_id)
