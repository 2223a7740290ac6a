"""The settings of members as forms of members ask for them."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import asdict

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.rules import id_number_rules, member_fields


class MemberSettingsOut(Struct, kw_only=True):
    """What the centre wants of its members."""

    member_settings: dict[str, int]
    """All eleven fields: 1 = must be filled in."""
    id_number_rules: dict[str, int]
    """`digital_only` 0/1, `limit_length` = so many characters, 0 = any number."""
    default_member_group: int
    allow_member_upload_photo: int
    allow_change_member_account: int
    license_convert_to_member_enable: int
    register_agreement_enable: int
    member_retention_months: int


def member_settings(center: Center) -> MemberSettingsOut:
    """The settings of members that their forms obey."""
    member = center.settings.member
    return MemberSettingsOut(
        member_settings=asdict(member_fields(center)),
        id_number_rules=asdict(id_number_rules(center)),
        default_member_group=member.default_member_group,
        allow_member_upload_photo=int(member.allow_member_upload_photo),
        allow_change_member_account=int(member.allow_change_member_account),
        license_convert_to_member_enable=int(member.license_convert_to_member_enable),
        register_agreement_enable=int(member.register_agreement_enable),
        member_retention_months=member.member_retention_months,
    )
