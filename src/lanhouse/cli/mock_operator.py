"""`lanhouse mock-operator`: an operator's wallet to build against, and a check of one's own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import click

from lanhouse.kit.errors import InvalidInput, Refused


@click.command("mock-operator")
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("mock-operator.db"),
    help="File of its wallet (mock-operator.db).",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8099, help="Port on 127.0.0.1.")
@click.option(
    "--key", envvar="LANHOUSE_MOCK_KEY", default="", help="Callback key (from the agent)."
)
@click.option("--secret", envvar="LANHOUSE_MOCK_SECRET", default="", help="Signing secret.")
@click.option("--balance", type=click.IntRange(0), default=1000, help="What new players hold.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="[ON=]FAULT[*N]",
    help="Fail so at the next N messages: bet=late, settle=5xx*3; more at POST /faults.",
)
@click.option(
    "--forget-rollbacks", is_flag=True, help="Take a bet although its rollback came first (wrong)."
)
@click.option("--check", "check_url", metavar="URL", help="Test the operator at this address.")
@click.option("--username", default="check0001", help="Whose wallet --check moves.")
@click.option("--currency", default="EUR", help="In which currency --check does.")
@click.option("--listen-fd", type=int, hidden=True)
@click.option("--until-stdin-ends", is_flag=True, hidden=True)
def command(
    path: Path,
    port: int,
    key: str,
    secret: str,
    balance: int,
    faults: tuple[str, ...],
    forget_rollbacks: bool,
    check_url: str | None,
    username: str,
    currency: str,
    listen_fd: int | None,
    until_stdin_ends: bool,
) -> None:
    """Answer as an operator's wallet on this machine, with faults on order; or --check another."""
    from lanhouse.demo.operator.server import FAULTS, MockOperator, parse_fault
    from lanhouse.demo.operator.wallet import Wallet

    if not key or not secret:
        raise InvalidInput({"key": "and --secret are those that set-agent --callback-url printed"})
    if check_url is not None:
        from lanhouse.demo.operator.check import check_operator

        _report(check_operator(check_url, key, secret, username, currency))
        return
    try:
        ordered = [parse_fault(text) for text in faults]
    except ValueError:
        raise InvalidInput({"fault": f"must be one of {', '.join(FAULTS)}"}) from None
    if listen_fd is None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
    else:
        listener = socket.socket(fileno=listen_fd)
    operator = MockOperator(
        Wallet(path, start_units=balance, forgets_rollbacks=forget_rollbacks),
        key=key,
        secrets=[secret],
    )
    operator.faults.extend(ordered)
    asyncio.run(_serve(operator, listener, until_stdin_ends=until_stdin_ends))


async def _serve(operator: object, listener: socket.socket, *, until_stdin_ends: bool) -> None:
    from lanhouse.demo.operator.server import MockOperator

    assert isinstance(operator, MockOperator)
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    if until_stdin_ends:
        # Whoever started it holds the other end, and is gone when that closes.
        loop.add_reader(sys.stdin.fileno(), lambda: os.read(0, 1) or over.set())
    await operator.start(listener)
    host, port = listener.getsockname()[:2]
    click.echo(f"The mock operator answers at http://{host}:{port}")
    await over.wait()
    await operator.stop()
    operator.wallet.close()


def _report(found: list[tuple[str, str]]) -> None:
    """Print each obligation and how it was kept. Raises Refused when one was not."""
    for name, problem in found:
        click.echo(f"{'FAILED' if problem else 'ok':<7} {name}{': ' if problem else ''}{problem}")
    broken = sum(1 for _, problem in found if problem)
    if broken:
        raise Refused(f"{broken} of {len(found)} obligations are not kept.")
    click.echo(f"All {len(found)} obligations are kept.")
