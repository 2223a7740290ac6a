"""The shop at the desk and at the seat (shopSettings)."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.values import JsonText
from lanhouse.kit.texts import N_


class ShopLook(msgspec.Struct):
    """How the shop sorts what it sells, and where the desk's display is.

    `order_by` is name, price, qty or id, also with "product_" before it, and `order` asc or desc;
    anything else is kept, and sorts by name as where nothing is said (decision 0140). `serial_port`
    is kept for programs of the desk: a browser opens no display on a port.
    """

    order_by: Annotated[str, Meta(max_length=50)] = ""
    order: Annotated[str, Meta(max_length=10)] = ""
    serial_port: Annotated[str, Meta(max_length=50)] = ""


class ShopSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The shop at the desk and at the seat."""

    label: ClassVar[str] = N_("Shop")
    about: ClassVar[str] = N_("The shop at the desk and at the seat.")

    shop_settings: Annotated[
        JsonText,
        key(
            N_("Order of the goods"),
            N_(
                "By what (name, price, qty, id) and in which direction (asc, desc) goods are sorted"
                " within their group. The port of the display is kept for programs of the desk; the"
                " panel does not open it."
            ),
            json=ShopLook,
        ),
    ] = '{"order_by":"","order":"","serial_port":""}'
    shop_show_decimal: Annotated[
        bool,
        key(
            N_("Prices with decimals"),
            N_(
                "On: prices on the tiles of the shop always show their decimals. Off: whole ones"
                " stand without. Cents are never hidden."
            ),
        ),
    ] = False
    shop_preparing_button: Annotated[
        bool,
        key(
            N_("Orders are prepared"),
            N_("On: an order can be marked as being prepared."),
        ),
    ] = False
    hide_sold_out_items: Annotated[
        bool,
        key(
            N_("Hide what is sold out"),
            N_("On: goods that are sold out are not shown."),
        ),
    ] = False
    clear_orders_before_shift_end: Annotated[
        bool,
        key(
            N_("No open orders at the end of a shift"),
            N_("On: a shift ends only when its orders are done."),
        ),
    ] = False
