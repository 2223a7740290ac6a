"""The price of an hour that `lanhouse init` gives a new centre."""

from __future__ import annotations

import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from lanhouse.cafe.centers.queries import all_centers
from lanhouse.cafe.pricing.queries import prices_of_center
from lanhouse.cafe.pricing.schemas import Price
from lanhouse.cafe.shifts.queries import tills_of
from lanhouse.cli.main import lanhouse
from lanhouse.db.store import Store

UNPRICED = 'No time can be sold yet: set the price of "Default".'


def init(store: Store, data_dir: Path, *arguments: str):
    options = ["--center-id", "12", "--data-dir", str(data_dir)]
    if store.url.startswith("postgresql"):
        options += ["--database-url", store.url]
    return CliRunner().invoke(lanhouse, ["init", *options, *arguments])


@pytest.mark.parametrize(
    ("arguments", "price"),
    [
        ((), None),
        (("--price-per-hour", ""), None),
        (("--price-per-hour", "2.50"), 2_500_000),
        (("--price-per-hour", "2,5"), 2_500_000),
        (("--price-per-hour", "0"), 0),
    ],
)
def test_init_sets_the_price_of_default(
    store: Store, tmp_path: Path, arguments: tuple[str, ...], price: int | None
) -> None:
    done = init(store, tmp_path, *arguments)
    assert done.exit_code == 0, done.output
    (rule,) = store.read_sync(prices_of_center, 12)
    assert rule == Price(
        price_id=rule.price_id, name="Default", price_per_hour_micros=price, is_default=True
    )
    # Money at the desk needs a shift from the first day, and there is a till to open one at.
    (center,) = store.read_sync(all_centers)
    assert center.settings.payment.shift_required
    assert [till.name for till in store.read_sync(tills_of, 12)] == ["Till 1"]
    assert (UNPRICED in done.output) == (price is None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("two", "must be a plain decimal number"),
        ("-1", "must not have a sign"),
        ("2.505", "must have at most 2 decimals"),
        ("1000000.01", "must be at most 1000000"),
    ],
)
def test_init_refuses_an_odd_price_and_makes_nothing(
    store: Store, tmp_path: Path, text: str, reason: str
) -> None:
    done = init(store, tmp_path, "--price-per-hour", text)
    assert done.exit_code == 1
    assert str(done.exception) == f"price_per_hour: {reason}"
    assert store.read_sync(all_centers) == []


def test_init_names_its_own_fields(store: Store, tmp_path: Path) -> None:
    done = init(store, tmp_path, "--timezone", "Mars/Base")
    assert str(done.exception) == "timezone: must be an IANA time zone such as Europe/Lisbon"
    assert store.read_sync(all_centers) == []


@pytest.mark.parametrize(("typed", "price"), [("3.20", 3_200_000), ("", None)])
def test_a_terminal_is_asked_for_the_price(tmp_path: Path, typed: str, price: int | None) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "lanhouse", "init", "--data-dir", str(tmp_path / "var")]
    os.write(ours, f"{typed}\n".encode())
    done = subprocess.run(
        command, stdin=theirs, capture_output=True, text=True, check=True, timeout=120
    )
    os.close(ours)
    os.close(theirs)
    assert "Price of an hour in EUR (empty: set it later): " in done.stdout
    assert (UNPRICED in done.stdout) == (price is None)
    with closing(sqlite3.connect(tmp_path / "var" / "lanhouse.db")) as database:
        found = database.execute("SELECT name, price_per_hour_micros, is_default FROM prices")
        assert found.fetchall() == [("Default", price, 1)]
