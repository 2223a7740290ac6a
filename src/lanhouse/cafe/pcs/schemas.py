"""The map of a hall as queries answer it and commands take it."""

from __future__ import annotations

import msgspec

from lanhouse.db.statements import Row


class PicturePlace(msgspec.Struct, frozen=True):
    """How the picture lies under the map: corner and width in pixels of the map, how strongly."""

    x: int
    y: int
    width: int
    percent: int


class MapPicture(msgspec.Struct, frozen=True):
    """The picture under the map, if there is one (`key` of a file, else empty).

    `file_width` and `file_height` are the pixels of the file.
    """

    key: str
    file_width: int
    file_height: int
    place: PicturePlace

    @property
    def height(self) -> int:
        """How high it lies, in pixels of the map."""
        return round(self.place.width * self.file_height / self.file_width) if self.key else 0


class FloorMap(msgspec.Struct, frozen=True):
    """A whole map: rooms in their order, every PC with its place, and the picture."""

    version: str
    """Changes whenever rooms, placed PCs or the picture do."""
    rooms: list[Row]
    pcs: list[Row]
    picture: MapPicture
