"""`lanhouse add-staff`, `set-password` and `reset-second-factor`: people of a centre, the Admin's
way back in too."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lanhouse.cli.common import by_command, data_options, settings_from
from lanhouse.cli.init import read_password
from lanhouse.cli.serving import ready_store
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound, Refused


def _person_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--password-stdin", is_flag=True, help="Read the password from stdin."),
        click.option("--account", required=True, help="Account of the person."),
        click.option("--center-id", type=click.IntRange(1, 9999), default=1, show_default=True),
        data_options,
    ):
        command = option(command)
    return command


@click.command("add-staff")
@_person_options
@click.option("--role", type=click.Choice(["staff", "manager", "admin"]), default="staff")
def add_staff(
    data_dir: Path | None,
    database_url: str | None,
    center_id: int,
    account: str,
    password_stdin: bool,
    role: str,
) -> None:
    """Add a person to a centre; a made password is printed once."""
    from lanhouse.auth.passwords import hash_password
    from lanhouse.cafe.centers.queries import center_by_id
    from lanhouse.cafe.staff.commands import NewStaff, create_staff

    password = read_password() if password_stdin else secrets.token_urlsafe(15)
    new = NewStaff(
        center_id=center_id, account=account, password_hash=hash_password(password), role=role
    )

    def create(tx: Tx, _: None) -> None:
        tx.trail.follow(by_command("add-staff", center_id))
        if center_by_id(tx, center_id) is None:
            raise NotFound(f"There is no centre {center_id}.")
        made = create_staff(tx, new)
        tx.audit("staff", made, after={"role": role})

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        store.run_sync(create, None)
    click.echo(f"{account} works in centre {center_id} as {role}.")
    _show(password, password_stdin)


@click.command("set-password")
@_person_options
def set_password(
    data_dir: Path | None,
    database_url: str | None,
    center_id: int,
    account: str,
    password_stdin: bool,
) -> None:
    """Set a person's password anew; the person is signed out everywhere."""
    from lanhouse.auth.passwords import hash_password
    from lanhouse.cafe.staff.commands import PasswordChange
    from lanhouse.cafe.staff.commands import set_password as change
    from lanhouse.cafe.staff.queries import staff_by_account

    password = read_password() if password_stdin else secrets.token_urlsafe(15)
    password_hash = hash_password(password)

    def replace(tx: Tx, _: None) -> None:
        tx.trail.follow(by_command("set-password", center_id))
        person = staff_by_account(tx, center_id, account)
        if person is None:
            raise NotFound(f"There is no {account} in centre {center_id}.")
        change(tx, PasswordChange(center_id, person.id, password_hash))
        tx.audit("staff", person.id, after={"password": "new"}, hidden=("password",))

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        store.run_sync(replace, None)
    click.echo(f"The password of {account} in centre {center_id} is new.")
    _show(password, password_stdin)


@click.command("reset-second-factor")
@click.option("--account", required=True, help="Account of the person.")
@click.option("--center-id", type=click.IntRange(1, 9999), default=1, show_default=True)
@data_options
def reset_second_factor(
    data_dir: Path | None, database_url: str | None, center_id: int, account: str
) -> None:
    """Take a person's second factor away, who has lost phone and recovery codes."""
    from lanhouse.cafe.staff.commands.second_factor import take_second_factor
    from lanhouse.cafe.staff.queries import staff_by_account

    def take(tx: Tx, _: None) -> None:
        tx.trail.follow(by_command("reset-second-factor", center_id))
        person = staff_by_account(tx, center_id, account)
        if person is None:
            raise NotFound(f"There is no {account} in centre {center_id}.")
        if not take_second_factor(tx, (center_id, person.id)):
            raise Refused(f"{account} in centre {center_id} has no second factor.")

    settings = settings_from(data_dir=data_dir, database_url=database_url)
    clock.start(settings.data_dir, is_guarded=settings.clock_guard)
    with ready_store(settings) as store:
        store.run_sync(take, None)
    click.echo(f"{account} in centre {center_id} signs in with the password alone now.")


def _show(password: str, was_given: bool) -> None:
    if not was_given:
        click.echo(f"Password: {password}   (shown once)")
