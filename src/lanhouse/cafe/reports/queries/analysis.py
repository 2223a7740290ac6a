"""Customer analysis: kinds of payment, best customers, sessions (cafe-wire, Reports)."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.reports.queries import conditions, int_sum, logs, new_members, summary_of
from lanhouse.cafe.reports.schemas import ReportFilter, Summary
from lanhouse.db.statements import Row
from lanhouse.db.store import Read

_RANKING = 10


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts in micros."""

    summary: Summary
    ranking: list[Row]
    session_count: int
    used_seconds: int
    guest_count: int
    new_members: int


def analysis_of(read: Read, wanted: ReportFilter) -> Analysis:
    """What customerAnalysis shows, from one snapshot."""
    played = read.one(
        sa.select(
            sa.func.count().label("number"),
            sa.func.coalesce(int_sum(logs.used_seconds), 0).label("used_seconds"),
            sa.func.count(
                sa.distinct(sa.case((logs.member_group_id < 0, logs.member_id), else_=None))
            ).label("guests"),
        ).where(*conditions(wanted), logs.event == Event.CHECKOUT.value)
    )
    assert played is not None
    return Analysis(
        summary=summary_of(read, wanted),
        ranking=_ranking(read, wanted),
        session_count=played.number,
        used_seconds=played.used_seconds,
        guest_count=played.guests,
        new_members=new_members(read, wanted),
    )


def _ranking(read: Read, wanted: ReportFilter) -> list[Row]:
    """Rows (member_account, micros): members to whom most was sold, however they paid."""
    micros = int_sum(logs.cost_micros)
    return read.all(
        sa.select(sa.func.max(logs.member_account).label("member_account"), micros.label("micros"))
        .where(*conditions(wanted), logs.member_id != 0, logs.member_group_id >= 0)
        .group_by(logs.member_id)
        .having(micros > 0)
        .order_by(micros.desc(), logs.member_id)
        .limit(_RANKING)
    )
