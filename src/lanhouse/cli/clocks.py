"""`lanhouse clock accept`: take the server's clock as it is, after somebody has set it."""

from __future__ import annotations

import time
from pathlib import Path

import click

from lanhouse.cli.common import data_options, settings_from
from lanhouse.cli.serving import ready_store
from lanhouse.kit import clock

_WAIT_SECONDS_MAX = 5
ASKED_BY = "command line"


@click.command("clock")
@click.argument("action", type=click.Choice(["accept"]), expose_value=False)
@data_options
def command(data_dir: Path | None, database_url: str | None) -> None:
    """Accept a clock that was set: running sessions move with it, length and cost unchanged.

    The running server does it within a second or two; without one, the next start does.
    """
    from lanhouse.db.clock_row import agreed, want_accept

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        before = store.read_sync(agreed)
        store.run_sync(want_accept, ASKED_BY)
        for _ in range(_WAIT_SECONDS_MAX * 5):
            after = store.read_sync(agreed)
            if not after.wanted_by:
                break
            time.sleep(0.2)
        else:
            click.echo("No server took it yet. The next one that runs does, in its first seconds.")
            return
    step_seconds = (after.steps_micros - before.steps_micros) // 1_000_000
    if not step_seconds:
        click.echo("Business time and the clock agree: there was nothing to accept.")
        return
    direction = "forward" if step_seconds > 0 else "back"
    click.echo(f"Business time was put {direction} by {abs(step_seconds)} s to the clock.")
