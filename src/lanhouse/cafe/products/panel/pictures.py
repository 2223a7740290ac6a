"""The picture of a product: put up and taken down on its page."""

from __future__ import annotations

import asyncio

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.products.commands.pictures import ProductPicture, show_product
from lanhouse.cafe.products.panel import FOLDER, PATH
from lanhouse.cafe.products.queries import product_by_id
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.limits import LOGO_BYTES_MAX, LOGO_PIXELS_MAX, PRODUCT_PICTURE_SIDE_MAX
from lanhouse.kit.pictures import Limit, Picture, remade
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply
from lanhouse.web.uploads import file_of

routes = PanelRoutes("Goods pages")
_LIMIT = Limit(LOGO_PIXELS_MAX, PRODUCT_PICTURE_SIDE_MAX)
_PICTURE = f"{PATH}/{{product_id}}/picture"
# Decoding takes a processor for a moment and some memory: one after the other.
_one_at_a_time = asyncio.Semaphore(1)


@routes.post(
    _PICTURE,
    right="products.edit",
    summary="Put up the picture of a product",
    upload_bytes_max=LOGO_BYTES_MAX,
)
async def put_picture(call: CafeCall) -> Reply:
    """The part of the page with the new picture, or with the reason."""
    try:
        sent = file_of(call.request, "picture")
        if not sent:
            raise InvalidInput({"picture": say("is required")})
        async with _one_at_a_time:
            picture = await asyncio.to_thread(remade, sent, _LIMIT, "picture")
    except InvalidInput as error:
        return await _part(call, error)
    return await _shown(call, picture)


@routes.post(f"{_PICTURE}/remove", right="products.edit", summary="Take a picture down")
async def remove_picture(call: CafeCall) -> Reply:
    """The part of the page without a picture."""
    return await _shown(call, None)


async def _shown(call: CafeCall, picture: Picture | None) -> Reply:
    await call.run(show_product, ProductPicture(call.center, _id(call), picture))
    return await _part(call)


async def _part(call: CafeCall, error: AppError | None = None) -> Reply:
    product = await call.read(product_by_id, call.center.id, _id(call))
    if product is None:
        raise NotFound(say("Product not found"))
    errors, problem = errors_in_form(error, call.view.language, ("picture",))
    # Told in the page itself, and so with 200: outside a dialog a page takes nothing but successes.
    return call.html(
        f"{FOLDER}/picture.html", product=product, picture_error=errors["picture"] or problem
    )


def _id(call: CafeCall) -> int:
    return id_in_path(call.path["product_id"], say("Product not found"))
