"""What a product looks like."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.files.commands import store_picture
from lanhouse.cafe.products.locks import lock_products
from lanhouse.cafe.products.queries import product_by_id
from lanhouse.cafe.products.schemas import Product
from lanhouse.cafe.products.tables import product_pictures
from lanhouse.db.statements import static, upsert
from lanhouse.db.store import Tx
from lanhouse.kit.errors import NotFound
from lanhouse.kit.pictures import Picture
from lanhouse.kit.said import say

_SHOW = static(upsert(product_pictures, ["center_id", "product_id"], ["file_key"]))
_HIDE = static(
    sa.delete(product_pictures).where(
        product_pictures.c.center_id == sa.bindparam("center"),
        product_pictures.c.product_id == sa.bindparam("product"),
    )
)


class ProductPicture(msgspec.Struct, frozen=True):
    """A picture (None = none any more) of a product."""

    center: Center
    product_id: int
    picture: Picture | None


def show_product(tx: Tx, show: ProductPicture) -> Product:
    """Show another picture of a product, or none. Raises NotFound."""
    center_id, product_id = show.center.id, show.product_id
    lock_products(tx, center_id, [product_id])
    if product_by_id(tx, center_id, product_id) is None:
        raise NotFound(say("Product not found"))
    if show.picture is None:
        hide_product(tx, center_id, product_id)
    else:
        key = store_picture(tx, center_id, show.picture, is_public=True)
        tx.run(_SHOW, center_id=center_id, product_id=product_id, file_key=key)
    tx.audit("product", product_id, after={"picture": "new" if show.picture else "none"})
    product = product_by_id(tx, center_id, product_id)
    assert product is not None
    return product


def hide_product(tx: Tx, center_id: int, product_id: int) -> None:
    """Show no picture of it any more, for an act that tells of itself."""
    tx.run(_HIDE, center=center_id, product=product_id)
