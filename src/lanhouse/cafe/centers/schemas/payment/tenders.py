"""Which ways to pay there are, and what may be bought with them."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.payment.billing import BillingKeys
from lanhouse.cafe.centers.schemas.values import JsonText, Minutes, Percent, QuickSum
from lanhouse.kit.texts import N_

_GroupNumber = Annotated[
    str, Meta(pattern=r"^\d{1,18}$", extra={"reason": N_("must be the number of a member group")})
]


class PayLater(Struct):
    """Who may pay later."""

    member_groups: tuple[_GroupNumber, ...] = ()


class TenderKeys(BillingKeys, frozen=True, kw_only=True):
    """Which ways to pay there are."""

    part: ClassVar[str] = N_("Ways to pay")

    payment_method_cash: Annotated[
        bool,
        key(
            N_("Cash at the desk"),
            N_(
                "On: guests pay in cash at the desk. Off: the desk takes none;"
                " what is given back may still be cash."
            ),
        ),
    ] = True
    payment_method_credit_card: Annotated[
        bool,
        key(N_("Card at the desk"), N_("On: guests pay by card at the desk.")),
    ] = True
    payment_method_balance: Annotated[
        bool,
        key(
            N_("Balance of the member"),
            N_(
                "On: members pay for packages from their balance."
                " Time is another switch (balance for PC time)."
            ),
        ),
    ] = True
    payment_method_qr: Annotated[
        bool,
        key(
            N_("QR code at the desk"),
            N_("On: guests pay by a QR code at the desk."),
        ),
    ] = True
    payment_method_cash_in_client: Annotated[
        bool,
        key(
            N_("Cash from the seat"),
            N_("On: who orders at the seat may say that he pays in cash."),
        ),
    ] = False
    payment_method_mixed: Annotated[
        bool,
        key(
            N_("Several ways at once"),
            N_("On: one bill may be paid partly in cash and partly by card."),
        ),
    ] = False
    payment_method_pay_later: Annotated[
        bool,
        key(
            N_("Pay later"),
            N_(
                "On: a bill may be left open and paid another day, and an order be paid with the"
                " session."
            ),
        ),
    ] = False
    pay_later: Annotated[
        JsonText,
        key(
            N_("Who may pay later"),
            N_("The member groups whose members may pay later."),
            json=PayLater,
            form="member_groups",
        ),
    ] = '{"member_groups":[]}'
    accept_cash_e_wallet: Annotated[
        bool,
        key(
            N_("Cash for electronic wallets"),
            N_("On: the desk takes cash for payments of an electronic wallet."),
            is_honoured=False,
        ),
    ] = False
    credit_card_price_rate: Annotated[
        Percent,
        key(
            N_("Price by card"),
            N_(
                "Who pays for time by card pays this part of the price: 100 = the same. A guest who"
                " pays first and pays by card plays at this price to the end."
            ),
            unit="%",
        ),
    ] = 100
    price_button: Annotated[
        JsonText,
        key(
            N_("Quick sums"),
            N_(
                "The buttons in the sale of time: a sum, or minutes whose price is the sum. None ="
                " half an hour to five hours."
            ),
            json=tuple[QuickSum, ...],
            form="rows",
            words={"min": N_("Minutes"), "money": N_("or sum")},
        ),
    ] = "[]"


class SaleKeys(TenderKeys, frozen=True, kw_only=True):
    """What may be sold, extended and given back."""

    part: ClassVar[str] = N_("What is sold")

    enable_topup: Annotated[
        bool,
        key(
            N_("Top-ups"),
            N_(
                "On: members top their balance up."
                " Off: no money comes on any account; bonus and coins may."
            ),
        ),
    ] = True
    allow_offer_session: Annotated[
        bool,
        key(
            N_("Sessions on packages"),
            N_(
                "On: a session may be paid by a package."
                " Off: none is sold, and sessions that begin use none."
            ),
        ),
    ] = True
    allow_additional_session: Annotated[
        bool,
        key(
            N_("Further sessions of a member"),
            N_(
                "On: a member who plays may begin on further PCs. The balance pays for all of them"
                " together; packages and free minutes serve the first one alone."
            ),
        ),
    ] = False
    max_extra_session: Annotated[
        Annotated[int, Meta(ge=0, le=500)],
        key(
            N_("At most so many further sessions"),
            N_("How many sessions a member may have beside the first."),
        ),
    ] = 5
    allow_auto_loan: Annotated[
        bool,
        key(
            N_("Go on as a loan"),
            N_(
                "On: a member who has played up his balance goes on and owes it, up to what he may"
                " owe at most; there the session ends. Who begins needs a balance or a package."
            ),
        ),
    ] = False
    refund_within_minutes: Annotated[
        Minutes,
        key(
            N_("Refunds within"),
            N_(
                "A package is given back, at its whole price, until it was used for so long."
                " 0 = no limit: what is left of it is given back."
            ),
            unit=N_("min"),
        ),
    ] = 0
