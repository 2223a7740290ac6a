"""Refusals of the shop that orders raise too."""

from __future__ import annotations

from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say


class SoldOut(Refused):
    """Fewer pieces are there than are wanted; `left` of the product `product_id`."""

    def __init__(self, product_id: int, name: str, left: int) -> None:
        self.product_id = product_id
        self.left = left
        if left:
            super().__init__(say("%(name)s: only %(left)s left", name=name, left=left))
        else:
            super().__init__(say("%(name)s is sold out", name=name))
