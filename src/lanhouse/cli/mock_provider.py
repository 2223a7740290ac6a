"""`lanhouse mock-provider`: a small studio to build against, and to see the port work."""

from __future__ import annotations

from pathlib import Path

import click

from lanhouse.kit.errors import InvalidInput

_PORT = click.IntRange(1, 65535)


@click.command("mock-provider")
@click.option("--platform", required=True, metavar="URL", help="`provider_api_url` of demo.json.")
@click.option("--provider", "provider_id", default="studio", help="Its id there (studio).")
@click.option("--key", envvar="LANHOUSE_MOCK_KEY", required=True, help="What add-provider printed.")
@click.option("--port", type=_PORT, default=8098, help="Port on 127.0.0.1 (8098).")
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Its journal, to go on with after a restart; without one it forgets.",
)
@click.option(
    "--currency",
    "currencies",
    multiple=True,
    metavar="CODE[=PLAYER*SCALE]",
    help="A unit: EUR, or KJPY=JPY*1000 (both, when none is named, and KWD).",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="[ON=]FAULT[*N]",
    help="Fail so at the next N calls: launch=late, games=5xx*3; more at POST /faults.",
)
def command(
    platform: str,
    provider_id: str,
    key: str,
    port: int,
    path: Path | None,
    currencies: tuple[str, ...],
    faults: tuple[str, ...],
) -> None:
    """Answer as a studio with one game on this machine, with faults on order."""
    import uvicorn

    from lanhouse.demo.studio.journal import Journal
    from lanhouse.demo.studio.platform import Platform
    from lanhouse.demo.studio.server import FAULTS, MockProvider, parse_fault

    try:
        ordered = [parse_fault(text) for text in faults]
    except ValueError:
        raise InvalidInput({"fault": f"must be one of {', '.join(FAULTS)}"}) from None
    units = [_unit(text) for text in currencies or ("EUR", "KWD", "KJPY=JPY*1000")]
    journal = Journal("" if path is None else str(path))
    mock = MockProvider(
        key=key,
        url=f"http://127.0.0.1:{port}",
        currencies=units,
        journal=journal,
        platform=Platform(platform, provider_id, key, journal),
    )
    mock.faults.extend(ordered)
    click.echo(f"The mock provider answers at http://127.0.0.1:{port}")
    uvicorn.run(mock, host="127.0.0.1", port=port, log_level="warning", ws="none")
    journal.close()


def _unit(text: str) -> tuple[str, str, str]:
    """(code, player currency, scale). Raises InvalidInput."""
    code, has_more, rest = text.partition("=")
    player, has_scale, scale = rest.partition("*")
    if not code or (has_more and not (player and has_scale and scale)):
        raise InvalidInput({"currency": "must be a code, or CODE=PLAYER*SCALE"})
    return (code, player, scale) if has_more else (code, code, "1")
