"""`lanhouse fill-demo`: what the server starts when somebody begins with a demo hall."""

from __future__ import annotations

from pathlib import Path

import click

from lanhouse.cli.common import data_options, existing_store, settings_from
from lanhouse.cli.serving import NOT_UP_TO_DATE, is_up_to_date
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused


@click.command("fill-demo")
@data_options
@click.option("--center-id", type=click.IntRange(1, 9999), required=True, help="Which centre.")
@click.option(
    "--until-micros",
    type=click.IntRange(min=1),
    required=True,
    help="Business time of the server, in microseconds since 1970 UTC: there the history ends.",
)
def command(
    data_dir: Path | None, database_url: str | None, center_id: int, until_micros: int
) -> None:
    """Make a demo hall of an empty centre, beside the server that runs on the database.

    This process moves its own clock by hand, and leaves the one of the data directory alone.
    """
    from lanhouse.cafe.centers.queries import center_by_id
    from lanhouse.demo.build import fill

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    with existing_store(settings) as store:
        if not is_up_to_date(store):
            raise Refused(NOT_UP_TO_DATE)
        if store.read_sync(center_by_id, center_id) is None:
            raise Refused(f"There is no café {center_id}: nothing was changed.")
        fill(store, center_id, clock.from_micros(until_micros))
