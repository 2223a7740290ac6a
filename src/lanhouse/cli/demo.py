"""`lanhouse demo`: a filled centre on this machine, to look around and to build against."""

from __future__ import annotations

from pathlib import Path

import click

from lanhouse.cli.common import data_options, only_server, opened_store, settings_from
from lanhouse.cli.serving import bind, bring_up_to_date, run
from lanhouse.kit import clock


@click.command("demo")
@data_options
@click.option("--port", type=click.IntRange(1, 65535), help="Port (LANHOUSE_PORT, 8000).")
@click.option(
    "--time-scale",
    type=click.IntRange(1, 100_000),
    help="Business time runs this many times faster than the clock on the wall.",
)
def command(
    data_dir: Path | None, database_url: str | None, port: int | None, time_scale: int | None
) -> None:
    """Fill a demo centre, serve it on 127.0.0.1 and print its log-ins (also in demo.json)."""
    settings = settings_from(
        data_dir=data_dir,
        database_url=database_url,
        host="127.0.0.1",
        port=port,
        time_scale=time_scale,
    )
    with only_server(settings):
        clock.start(settings.data_dir, settings.time_scale, is_guarded=settings.clock_guard)
        listener = bind(settings)
        from lanhouse.demo.handout import begin, handout_of, handout_text, prepare
        from lanhouse.demo.operator.starting import Place, answering

        prepared = begin(settings)
        with opened_store(settings) as store:
            bring_up_to_date(settings, store, may_migrate_server=True)
            place = Place(settings.demo_callback_url)
            keys = prepare(settings, store, prepared, place)
            text = handout_text(handout_of(settings, keys))
            with answering(place, keys, settings.data_dir):
                run(settings, store, listener, ready=lambda: click.echo(text))
