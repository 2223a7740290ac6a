"""Prints the table of House's bet limits in docs/campaigns.md; a test holds the document to it."""

from __future__ import annotations

from babel.numbers import list_currencies

from lanhouse.aggregator.providers.house.games import chips
from lanhouse.kit.money import format_plain

CATEGORIES = ("slot", "table")


def figures(currency: str) -> tuple[str, ...]:
    """The sets of a currency as written: Low, Standard and High of slots, then of tables."""
    return tuple(
        f"{_amount(each.min_micros)} to {_amount(each.max_micros)}"
        for category in CATEGORIES
        for each in chips.limit_sets(category, currency)
    )


def rows() -> list[str]:
    """The rows of the table: the euro, then every currency that has other figures."""
    euro = figures("EUR")
    others = {*list_currencies(), *chips.units()}
    found = [("EUR and all others", euro)]
    found += [(name, figures(name)) for name in sorted(others) if figures(name) != euro]
    return [f"| {name} | {' | '.join(cells)} |" for name, cells in found]


def _amount(micros: int) -> str:
    """Thousands apart by a space; two decimals where there are any."""
    whole, _, rest = format_plain(micros).partition(".")
    grouped = f"{int(whole):,}".replace(",", " ")
    return f"{grouped}.{rest}" if rest else grouped


if __name__ == "__main__":
    print("\n".join(rows()))
