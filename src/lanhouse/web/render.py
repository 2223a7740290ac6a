"""Turns a template and what it shows into HTML for one reader.

There is one Jinja environment per locale: its filters know it, the view of the page
knows the rest (currency, zone, theme, who reads). Templates lie beside their noun; their names
are paths below the package folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction
from functools import cache, partial
from gettext import NullTranslations
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from lanhouse.kit import clock, ids
from lanhouse.kit.money import round_half_up
from lanhouse.web import assets, i18n
from lanhouse.web import format as formats
from lanhouse.web.pages.navigation import rail_for, settings_for
from lanhouse.web.pages.refusals import translated
from lanhouse.web.request import Request

_PACKAGE_DIR = assets.STATIC_DIR.parent.parent
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "lh_theme"
LANGUAGE_COOKIE = "lh_lang"


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What every page knows about its reader and the centre."""

    language: str = i18n.DEFAULT_LANGUAGE
    theme: str = "auto"
    path: str = "/"
    """Path and query of the request, to mark the place in the navigation and to come back to."""
    csrf_token: str = ""
    """What unsafe requests of this signed-in browser carry (a mask); empty before sign-in."""
    currency: str = "EUR"
    zone: ZoneInfo = ZoneInfo("UTC")
    center_name: str = "Lanhouse"
    license_name: str = ""
    reader_name: str = ""
    """Name of the signed-in employee; empty before sign-in and for members."""
    role: str = ""
    rights: frozenset[str] = frozenset()
    now: datetime
    """Business time at which the page was made (aware)."""
    time_scale: int = 1
    """Business seconds in a real second; the browser's count-down needs it."""
    clock_step_seconds: int = 0
    """What the server's clock is ahead of business time while that is in doubt; 0 without."""
    is_clock_guarded: bool = True

    @property
    def locale(self) -> str:
        """The locale that formats: the reader's language, as it is written where the centre is."""
        return i18n.locale_for(self.language, self.zone.key)

    @property
    def direction(self) -> str:
        """Where the lines of the language run: "ltr" or "rtl"."""
        return "rtl" if i18n.is_right_to_left(self.language) else "ltr"

    def may(self, right: str) -> bool:
        """True when the reader has the right."""
        return right in self.rights

    def shared(self, *rights: str) -> View:
        """What this page has in common with those of other readers: language, money and clock, and
        of the rights only these. For bytes that several readers get; `now` is to be filled in.
        """
        return View(
            language=self.language,
            currency=self.currency,
            zone=self.zone,
            rights=self.rights.intersection(rights),
            now=clock.from_micros(0),
            time_scale=self.time_scale,
            clock_step_seconds=self.clock_step_seconds,
            is_clock_guarded=self.is_clock_guarded,
        )


def view_of(
    cookies: Mapping[str, str],
    accept_language: str,
    path: str,
    *,
    actor: Any = None,
    csrf_token: str = "",
) -> View:
    """Build the view of a request; `actor` is that of the call, if there is one."""
    theme = cookies.get(THEME_COOKIE, "auto")
    return View(
        language=i18n.choose_language(cookies.get(LANGUAGE_COOKIE, ""), accept_language),
        theme=theme if theme in THEMES else "auto",
        path=path,
        csrf_token=csrf_token,
        reader_name=getattr(actor, "staff_name", ""),
        role=getattr(actor, "role", ""),
        rights=getattr(actor, "rights", frozenset()),
        now=clock.now(),
        time_scale=clock.scale(),
        clock_step_seconds=clock.doubt_seconds(),
        is_clock_guarded=clock.is_guarded(),
    )


def render(template: str, view: View, **context: Any) -> str:
    """The HTML of a template (path below the package folder) for one reader."""
    return (
        environment(view.language, view.locale).get_template(template).render(view=view, **context)
    )


def render_error(
    request: Request, status: int, message: str, reasons: Mapping[str, str] | None = None
) -> str:
    """A short page that says what happened; a mere note when htmx asked for a part of a page.

    `reasons` are those by field name, as said: a script puts them beside the fields of the form
    that was sent.
    """
    view = view_of(request.cookies, request.headers.get("accept-language", ""), request.path)
    part = "error_note.html" if "hx-request" in request.headers else "error.html"
    told = {name: translated(reason, view.language) for name, reason in (reasons or {}).items()}
    text = translated(message, view.language)
    return render(f"web/templates/{part}", view, status=status, message=text, reasons=told)


@cache
def environment(language: str, locale: str) -> Environment:
    """The Jinja environment of a language, with all filters and helpers of the pages; `locale`
    formats (i18n.locale_for)."""
    made = Environment(
        loader=FileSystemLoader(_PACKAGE_DIR),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=False,
    )
    catalogue = i18n.translations(language)
    gettext, ngettext, pgettext = (
        i18n.isolating(one) if i18n.is_right_to_left(language) else one
        for one in (catalogue.gettext, catalogue.ngettext, catalogue.pgettext)
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext
    )
    made.globals.update(
        icon=assets.icon,
        asset=assets.asset_url,
        state_icons=assets.STATE_ICONS,
        note_icons=assets.NOTE_ICONS,
        bill_icons=assets.BILL_ICONS,
        tender_icons=assets.TENDER_ICONS,
        job_icons=assets.JOB_ICONS,
        trend_icons=assets.TREND_ICONS,
        order_icons=assets.ORDER_ICONS,
        languages=i18n.LANGUAGES,
        themes=THEMES,
        rail_for=rail_for,
        settings_for=settings_for,
        form_key=ids.wire_id,
        unknown=formats.UNKNOWN,
    )
    made.filters.update(_filters(locale, catalogue))
    return made


def _by_now(written: Callable[..., str], locale: str) -> Callable[..., str]:
    """A filter for a moment that is written by how far from now it is."""

    @pass_context
    def filtered(context: Context, at: datetime | None) -> str:
        view = context["view"]
        return written(at, view.now, view.zone, locale)

    return filtered


def _filters(locale: str, catalogue: NullTranslations) -> dict[str, Any]:
    """Filters take currency and zone from the page's view, so that no template passes them."""
    yesterday = catalogue.gettext("yesterday")
    hours, minutes = catalogue.pgettext("duration", "h"), catalogue.pgettext("duration", "min")
    units = (hours, minutes, catalogue.pgettext("duration", "s"))

    @pass_context
    def money(context: Context, micros: int | Fraction | None, plus: bool = False) -> str:
        if isinstance(micros, Fraction):
            micros = round_half_up(micros, 2)
        return formats.money(micros, context["view"].currency, locale, plus=plus)

    @pass_context
    def short_money(context: Context, micros: int) -> str:
        return formats.short_money(micros, context["view"].currency, locale)

    @pass_context
    def clock_time(context: Context, at: datetime | None) -> str:
        return formats.clock(at, context["view"].zone, locale)

    @pass_context
    def full_moment(context: Context, at: datetime | None) -> str:
        return formats.full_moment(at, context["view"].zone, locale)

    @pass_context
    def weekday_day(context: Context, at: datetime) -> str:
        return formats.weekday_day(at, context["view"].zone, locale)

    @pass_context
    def exact_money(context: Context, micros: int | Fraction) -> str:
        return formats.exact_money(micros, context["view"].currency, locale)

    @pass_context
    def plain_amount(context: Context, micros: int) -> str:
        return formats.amount_text(micros, context["view"].currency, locale)

    return {
        "money": money,
        "whole_units": partial(formats.whole_units, locale=locale),
        "coins": partial(formats.coins, locale=locale),
        "decimal": partial(formats.decimal_text, locale=locale),
        "sign": partial(formats.currency_sign, locale=locale),
        "percent": partial(formats.percent, locale=locale),
        "clock": clock_time,
        "moment": _by_now(partial(formats.moment, yesterday=yesterday), locale),
        "until": _by_now(partial(formats.until, yesterday=yesterday), locale),
        "full_moment": full_moment,
        "day": _by_now(formats.day, locale),
        "weekday_day": weekday_day,
        "left": formats.left,
        "left_for_player": formats.left_for_player,
        "duration": partial(formats.duration, units=units),
        "exact_length": partial(formats.exact_length, units=units),
        "exact_money": exact_money,
        "plain_amount": plain_amount,
        "short_money": short_money,
        "millis": _millis,
    }


def _millis(at: datetime | None) -> str:
    """Milliseconds since 1970, for scripts; empty when unknown."""
    return "" if at is None else str(clock.to_micros(at) // 1000)
