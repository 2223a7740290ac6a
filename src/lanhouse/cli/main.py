"""The `lanhouse` command: each subcommand is imported only when it is called, to start fast."""

from __future__ import annotations

import importlib
import sys

import click

from lanhouse import __version__
from lanhouse.kit.errors import AppError

COMMANDS = {
    "demo": "demo.command",
    "clear-demo": "clear_demo.command",
    "fill-demo": "fill_demo.command",
    "serve": "serve.command",
    "init": "init.command",
    "add-staff": "staff.add_staff",
    "set-password": "staff.set_password",
    "reset-second-factor": "staff.reset_second_factor",
    "add-agent": "agents.add_agent",
    "set-agent": "agents.set_agent",
    "fund-agent": "agents.fund_agent",
    "set-player": "agents.set_player",
    "set-rules": "rules.set_rules",
    "mock-operator": "mock_operator.command",
    "set-provider": "providers.set_provider",
    "migrate": "migrate.command",
    "backup": "backup.command",
    "restore": "restore.command",
    "accept-secret": "accept_secret.command",
    "doctor": "doctor.command",
    "clock": "clocks.command",
    "verify-ledger": "verify.command",
    "verify-reports": "verify_reports.command",
    "rtp": "rtp.command",
    "assets": "browser_files.command",
}
"""Name on the command line -> module of this folder and the command in it."""


class LateGroup(click.Group):
    """A group that knows its commands by name and imports one when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(".")
        return getattr(importlib.import_module(f"lanhouse.cli.{module}"), name)


@click.group(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lanhouse")
def lanhouse() -> None:
    """Lanhouse: an open, self-hosted platform for gaming centres."""


def main() -> None:
    """Run the command line; a refusal is one sentence on standard error and exit code 1."""
    try:
        lanhouse()
    except AppError as refusal:
        _fail(refusal.message)
    except OSError as error:
        _fail(_what_the_system_says(error))
    except Exception as error:
        if not _is_database_error(error):
            raise
        _fail(f"The database says: {getattr(error, 'orig', None) or error}".strip())


def _what_the_system_says(error: OSError) -> str:
    """A folder without rights, a full disk: nothing that a trace would explain better."""
    reason = error.strerror or str(error)
    return f"Cannot use {error.filename}: {reason}." if error.filename else f"{reason}."


def _is_database_error(error: Exception) -> bool:
    """Whether SQLAlchemy or a driver raised it; they are imported only when a command was."""
    return any(kind.__name__ == "DatabaseError" for kind in type(error).__mro__)


def _fail(message: str) -> None:
    click.echo(f"lanhouse: {message}", err=True)
    sys.exit(1)
