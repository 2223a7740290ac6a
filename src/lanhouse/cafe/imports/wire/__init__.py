"""What the calls of imports take and answer."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.imports.schemas import Begun, TurnedAway
from lanhouse.kit.inputs import Line, Secret


class MembersFileIn(Struct):
    """How a file is taken; it is sent as the part `file` of a form."""

    dry_run: bool = False
    """1 = only say what would happen."""
    skip_existing: bool = False
    """1 = leave out accounts that are here already; otherwise one of them refuses the file."""


class OtherMembersIn(Struct):
    """The centre to take members from, and its licence password."""

    license_name: Annotated[Line, Meta(min_length=1, max_length=80)]
    license_password: Annotated[Secret, Meta(min_length=1, max_length=1024)]


class TurnedAwayOut(Struct, kw_only=True):
    """A member whom a rule of the centre keeps out."""

    member_account: str
    field: str
    """As member_settings names it."""
    reason: str


class MembersImportOut(Struct, kw_only=True):
    """What comes in. `job_id` is the work that does it (`GET /api/native/v1/jobs/{job_id}` says how
    far it is); both ids are 0 after a dry run. Until the job is done nobody sees anything of it."""

    import_id: int
    job_id: int
    imported: int
    left_out: list[str]
    """Accounts that are here already."""
    turned_away: list[TurnedAwayOut] = []
    """Members of another centre who do not tell what this one asks of every member
    (member_settings, id_number_rules); they stay there, and come when it is mended."""


def import_out(begun: Begun) -> MembersImportOut:
    """The answer."""
    return MembersImportOut(
        import_id=begun.import_id,
        job_id=begun.job_id,
        imported=begun.count,
        left_out=list(begun.skipped),
        turned_away=[_turned_away_out(each) for each in begun.turned_away],
    )


def _turned_away_out(each: TurnedAway) -> TurnedAwayOut:
    # A stored answer holds plain texts.
    return TurnedAwayOut(member_account=each.account, field=each.field, reason=str(each.reason))
