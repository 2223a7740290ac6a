"""What a person of the staff may do."""

from __future__ import annotations

import msgspec

from lanhouse.auth.rights import rights_of, rights_of_person


class PersonRights(msgspec.Struct, frozen=True, kw_only=True):
    """A person with the role's template and the differences from it (names of auth.rights)."""

    staff_id: int
    account: str
    role: str
    is_active: bool
    granted: list[str]
    withheld: list[str]

    @property
    def template(self) -> frozenset[str]:
        """What the role gives."""
        return rights_of(self.role)

    @property
    def rights(self) -> frozenset[str]:
        """What the person may do."""
        return rights_of_person(self.role, self.granted, self.withheld)
