"""Hours to begin with, by country, to be checked locally. They were written down without a source
at hand and are no statement of what the law says; a note asks, it does not claim."""

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
            "Ask the public order office whether your hall counts as a bar, as an arcade or"
            " as neither, from which age it may let people in, and which age ratings of games"
            " it must keep to."
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
            "Ask which hours your state has for going out, what it says about halls with"
            " games, and whether a guardian’s word changes anything."
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
            "Ask which laws of your state and town hold for lan houses: consent in writing,"
            " hours of school, breaks, and a register of who played."
        ),
    ),
    Preset(
        code="VN",
        country=N_("Vietnam"),
        bands=(_band(_NIGHT, 18, "22:00", "08:00"),),
        note=N_(
            "Ask which opening hours hold for you, and whether minutes a day are limited for"
            " the young: hours alone would not cover that."
        ),
    ),
    Preset(
        code="KR",
        country=N_("South Korea"),
        bands=(_band(_NIGHT, 18, "22:00", "09:00", consent=True),),
        note=N_(
            "Ask from which age on nights are free, whether going to school counts, and"
            " whether a guardian must be there himself."
        ),
    ),
    Preset(
        code="RU",
        country=N_("Russia"),
        bands=(_band(_NIGHT, 18, "22:00", "06:00", consent=True),),
        note=N_(
            "Ask which hours and ages your region has, whether they change by season, and"
            " whether a parent must be there himself."
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
            "Ask which hours your city has for curfew and school. Days without school belong"
            " into the holidays."
        ),
    ),
    Preset(
        code="IN",
        country=N_("India"),
        bands=(_band(_NIGHT, 18, "20:00", "08:00", consent=True),),
        note=N_(
            "Ask which hours and which papers your state and police want of cyber cafés, and"
            " whether an adult must be there. Turn on the proof of age if papers are wanted."
        ),
    ),
)
BY_CODE = {each.code: each for each in PRESETS}
