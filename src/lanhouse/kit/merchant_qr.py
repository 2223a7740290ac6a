"""The text of a QR code by which a shop is paid (EMV QRCPS, merchant-presented mode).

A shop gets a code of its own from its bank, in which the amount is missing. From that text comes
the one for a payment: with the amount, a reference and a new checksum.
"""

from __future__ import annotations

import re

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import currency_decimals, format_fixed
from lanhouse.kit.said import say

TEXT_CHARS_MAX = 512
"""As long as such a text may be."""
_FORMAT, _WAY, _CURRENCY, _AMOUNT, _COUNTRY, _NAME, _MORE, _CHECKSUM = (
    *("00", "01", "53", "54", "58", "59", "62", "63"),
)
_REFERENCE = "05"
_ACCOUNTS = range(2, 52)
_DYNAMIC = "12"
_VALUE_CHARS_MAX = 99
_REFERENCE_CHARS_MAX = 25
_DIGITS = re.compile(r"[0-9]{2}", re.ASCII)

# ISO 4217: the numbers of the currencies that there are.
_NUMBERS = """
AED 784 AFN 971 ALL 008 AMD 051 AOA 973 ARS 032 AUD 036 AWG 533 AZN 944 BAM 977 BBD 052 BDT 050
BHD 048 BIF 108 BMD 060 BND 096 BOB 068 BRL 986 BSD 044 BTN 064 BWP 072 BYN 933 BZD 084 CAD 124
CDF 976 CHF 756 CLP 152 CNY 156 COP 170 CRC 188 CUP 192 CVE 132 CZK 203 DJF 262 DKK 208 DOP 214
DZD 012 EGP 818 ERN 232 ETB 230 EUR 978 FJD 242 FKP 238 GBP 826 GEL 981 GHS 936 GIP 292 GMD 270
GNF 324 GTQ 320 GYD 328 HKD 344 HNL 340 HTG 332 HUF 348 IDR 360 ILS 376 INR 356 IQD 368 IRR 364
ISK 352 JMD 388 JOD 400 JPY 392 KES 404 KGS 417 KHR 116 KMF 174 KPW 408 KRW 410 KWD 414 KYD 136
KZT 398 LAK 418 LBP 422 LKR 144 LRD 430 LSL 426 LYD 434 MAD 504 MDL 498 MGA 969 MKD 807 MMK 104
MNT 496 MOP 446 MRU 929 MUR 480 MVR 462 MWK 454 MXN 484 MYR 458 MZN 943 NAD 516 NGN 566 NIO 558
NOK 578 NPR 524 NZD 554 OMR 512 PAB 590 PEN 604 PGK 598 PHP 608 PKR 586 PLN 985 PYG 600 QAR 634
RON 946 RSD 941 RUB 643 RWF 646 SAR 682 SBD 090 SCR 690 SDG 938 SEK 752 SGD 702 SHP 654 SLE 925
SOS 706 SRD 968 SSP 728 STN 930 SVC 222 SYP 760 SZL 748 THB 764 TJS 972 TMT 934 TND 788 TOP 776
TRY 949 TTD 780 TWD 901 TZS 834 UAH 980 UGX 800 USD 840 UYU 858 UZS 860 VED 926 VES 928 VND 704
VUV 548 WST 882 XAF 950 XCD 951 XOF 952 XPF 953 YER 886 ZAR 710 ZMW 967 ZWG 924
"""
_WORDS = _NUMBERS.split()
CURRENCY_NUMBERS: dict[str, str] = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
"""ISO 4217 code -> its three digits."""


def checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE of a text up to and with `6304`, as four hex digits (EMV QRCPS 4.7.3)."""
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f"{crc:04X}"


def check_payload(text: str, currency: str, field: str) -> None:
    """Refuse what is no code of a shop in this currency. Raises InvalidInput of `field`."""
    parts = _parts(text, field)
    names = [name for name, _ in parts]
    if names[:1] != [_FORMAT] or names[-1:] != [_CHECKSUM]:
        raise InvalidInput({field: say("is not the text of a payment QR code")})
    if len(set(names)) < len(names) or len(text) > TEXT_CHARS_MAX - 64:
        raise InvalidInput({field: say("is not the text of a payment QR code")})
    if checksum(text[:-4]) != text[-4:].upper():
        raise InvalidInput({field: say("has a wrong checksum: copy the whole text")})
    found = dict(parts)
    has_account = any(f"{number:02d}" in found for number in _ACCOUNTS)
    if not has_account or _COUNTRY not in found or _NAME not in found:
        raise InvalidInput({field: say("does not say who is paid")})
    if found.get(_CURRENCY) != CURRENCY_NUMBERS.get(currency):
        raise InvalidInput({field: say("is not in %(currency)s", currency=currency)})


def payload_for(text: str, currency: str, amount_micros: int, reference: str) -> str:
    """The text for one payment: `amount_micros` above 0 as a multiple of what the currency has,
    and up to 25 letters and digits by which the shop knows it again.

    Raises InvalidInput of `payload` for a text that check_payload() would refuse.
    """
    check_payload(text, currency, "payload")
    found = dict(_parts(text, "payload"))
    found[_WAY] = _DYNAMIC
    found[_AMOUNT] = format_fixed(amount_micros, min(currency_decimals(currency), 2))
    more = dict(_parts(found.get(_MORE, ""), "payload"))
    more[_REFERENCE] = reference[:_REFERENCE_CHARS_MAX]
    joined = _joined(more)
    if len(joined) > _VALUE_CHARS_MAX:
        joined = _joined({_REFERENCE: more[_REFERENCE]})
    found[_MORE] = joined
    del found[_CHECKSUM]
    body = f"{_joined(found)}{_CHECKSUM}04"
    return body + checksum(body)


def _joined(parts: dict[str, str]) -> str:
    """The parts by rising number, the format first."""
    return "".join(f"{name}{len(value):02d}{value}" for name, value in sorted(parts.items()))


def _parts(text: str, field: str) -> list[tuple[str, str]]:
    """(number, value) of every part of a text. Raises InvalidInput."""
    parts: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        name, length = text[at : at + 2], text[at + 2 : at + 4]
        if not _DIGITS.fullmatch(name) or not _DIGITS.fullmatch(length):
            raise InvalidInput({field: say("is not the text of a payment QR code")})
        value = text[at + 4 : at + 4 + int(length)]
        if len(value) < int(length):
            raise InvalidInput({field: say("is not the text of a payment QR code")})
        parts.append((name, value))
        at += 4 + int(length)
    return parts
