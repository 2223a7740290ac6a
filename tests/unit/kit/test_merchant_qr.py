"""Payment QR codes of shops (EMV QRCPS, merchant-presented mode)."""

from __future__ import annotations

import pytest

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.merchant_qr import CURRENCY_NUMBERS, check_payload, checksum, payload_for
from lanhouse.kit.money import MICROS


def with_checksum(text: str) -> str:
    return text + checksum(text)


# The example of the specification (EMV QRCPS 1.1, annex A): a shop in China, 23.72.
SPECIFIED = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN"
    "5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340"
    "603***0708A60086670902ME91320016A0112233449988770708123456786304A13A"
)
BASE = with_checksum("00020101021126150011com.example5204799953039785802DE5904Hall6006Berlin6304")


def test_the_checksum() -> None:
    assert checksum("123456789") == "29B1"
    assert checksum(SPECIFIED[:-4]) == "A13A"


def test_an_amount_and_a_number_go_in() -> None:
    found = payload_for(BASE, "EUR", 20 * MICROS + 500_000, "LH12")
    assert found == with_checksum(
        "00020101021226150011com.example520479995303978540520.505802DE5904Hall6006Berlin"
        "62080504LH126304"
    )
    # Made again from what was made: the new amount and number alone.
    again = payload_for(found, "EUR", 7 * MICROS, "LH13")
    assert "54047.00" in again
    assert "0504LH13" in again
    assert "LH12" not in again


def test_what_else_is_said_stays_where_there_is_room() -> None:
    more = with_checksum(BASE[:-8] + "62110307Counter6304")
    assert "62190307Counter0504LH12" in payload_for(more, "EUR", MICROS, "LH12")
    full = with_checksum(BASE[:-8] + "6298" + "0394" + "x" * 94 + "6304")
    assert "62080504LH12" in payload_for(full, "EUR", MICROS, "LH12")


def test_no_decimals_where_the_currency_has_none() -> None:
    base = with_checksum(
        "00020101021126150011com.example5204799953037045802VN5904Hall6006Ha Noi6304"
    )
    assert "540520000" in payload_for(base, "VND", 20_000 * MICROS, "LH1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not the text of a payment QR code"),
        ("https://example.com", "is not the text of a payment QR code"),
        (BASE[:-1], "is not the text of a payment QR code"),
        (BASE[:-4] + "0000", "has a wrong checksum: copy the whole text"),
        (BASE + "0001", "is not the text of a payment QR code"),
        (with_checksum("00020153039785802DE5904Hall6304"), "does not say who is paid"),
        (with_checksum("00020126150011com.example53039785802DE6304"), "does not say who is paid"),
        (
            with_checksum("00020126150011com.example53038405802US5904Hall6304"),
            "is not in EUR",
        ),
        (with_checksum("0002010002015802DE6304"), "is not the text of a payment QR code"),
    ],
)
def test_what_is_none(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_payload(text, "EUR", "qr_payload")
    assert refused.value.fields == {"qr_payload": reason}


def test_numbers_of_currencies() -> None:
    assert (CURRENCY_NUMBERS["EUR"], CURRENCY_NUMBERS["PHP"]) == ("978", "608")
    assert len(set(CURRENCY_NUMBERS.values())) == len(CURRENCY_NUMBERS)
    assert all(len(number) == 3 for number in CURRENCY_NUMBERS.values())
