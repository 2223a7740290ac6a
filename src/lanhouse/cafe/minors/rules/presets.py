"""Hours to begin with, by country. None of them is legal advice: what holds differs by town and by
year, and the owner checks it locally before he relies on it."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.schemas.member.minors import BandValue
from lanhouse.kit.texts import N_


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """The hours of a country (its code), and what the owner has to look up."""

    code: str
    country: str
    bands: tuple[BandValue, ...]
    note: str

    @property
    def text(self) -> str:
        """The hours as the setting keeps them."""
        return msgspec.json.encode(self.bands).decode()


def _band(
    name: str,
    under: int,
    start: str,
    end: str,
    *,
    age: int = 0,
    days: str = "",
    on: str = "",
    consent: bool = False,
) -> BandValue:
    return BandValue(
        name=name,
        age=str(age or ""),
        under=str(under),
        days=days,
        on=on,
        start=start,
        end=end,
        consent="1" if consent else "",
    )


_NIGHT, _SCHOOL = "Night", "School hours"

PRESETS: tuple[Preset, ...] = (
    Preset(
        code="DE",
        country=N_("Germany"),
        bands=(
            _band(_NIGHT, 16, "23:00", "05:00", consent=True),
            _band(_NIGHT, 18, "00:00", "05:00", age=16),
        ),
        note=N_(
            "After the hours of the youth protection act for bars and restaurants. Some towns see"
            " a hall with games as an amusement arcade, which lets in nobody under 18: ask the"
            " public order office. Games also have an age rating of their own."
        ),
    ),
    Preset(
        code="AT",
        country=N_("Austria"),
        bands=(
            _band(_NIGHT, 14, "23:00", "05:00", consent=True),
            _band(_NIGHT, 16, "01:00", "05:00", age=14, consent=True),
        ),
        note=N_(
            "Each state has a youth protection act of its own; these are the usual times for going"
            " out. Some states have further rules for halls with games."
        ),
    ),
    Preset(
        code="BR",
        country=N_("Brazil"),
        bands=(
            _band("Alone", 12, "00:00", "00:00", consent=True),
            _band(_NIGHT, 18, "00:00", "06:00", age=12, consent=True),
        ),
        note=N_(
            "Lan houses have laws of the states and towns: written consent for the young, hours of"
            " school, breaks and a register of who played differ from place to place."
        ),
    ),
    Preset(
        code="VN",
        country=N_("Vietnam"),
        bands=(_band(_NIGHT, 18, "22:00", "08:00"),),
        note=N_(
            "Public game halls have opening hours by decree, and the minutes a day of who is under"
            " 18 are limited too: hours alone do not cover that."
        ),
    ),
    Preset(
        code="KR",
        country=N_("South Korea"),
        bands=(_band(_NIGHT, 18, "22:00", "09:00", consent=True),),
        note=N_(
            "At night the young are let in only together with a guardian. Who still goes to school"
            " counts as young even with 18: set the age as your town office says."
        ),
    ),
    Preset(
        code="RU",
        country=N_("Russia"),
        bands=(_band(_NIGHT, 18, "22:00", "06:00", consent=True),),
        note=N_(
            "At night the young are let in only together with a parent. Regions change hours and"
            " age, some by season."
        ),
    ),
    Preset(
        code="PH",
        country=N_("Philippines"),
        bands=(
            _band(_NIGHT, 18, "22:00", "05:00"),
            _band(_SCHOOL, 18, "08:00", "17:00", days="12345", on="workday"),
        ),
        note=N_(
            "Cities and towns have ordinances about curfew and hours of school, with hours of their"
            " own. Put the days without school into the holidays."
        ),
    ),
    Preset(
        code="IN",
        country=N_("India"),
        bands=(_band(_NIGHT, 18, "20:00", "08:00", consent=True),),
        note=N_(
            "Cyber cafés see an identity document of everybody and note the visit; minors come with"
            " an adult. Hours are set by states and police: turn on the proof of age."
        ),
    ),
)
BY_CODE = {each.code: each for each in PRESETS}
