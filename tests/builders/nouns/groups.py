"""Groups of PCs and of members."""

from __future__ import annotations

from dataclasses import dataclass

from lanhouse.cafe.groups.commands import (
    GroupChange,
    MemberGroupValues,
    PcGroupValues,
    create_member_group,
    create_pc_group,
)
from tests.builders.nouns.ground import Ground


@dataclass
class GroupBuilder(Ground):
    """Groups."""

    def add_pc_group(self, name: str) -> int:
        """A PC group; answers its id."""
        change = GroupChange(self.center, None, PcGroupValues(name))
        return self.run(create_pc_group, change).id

    def add_member_group(
        self,
        name: str,
        pc_time_discount: int = 0,
        *,
        offer_discount: int = 0,
        product_discount: int = 0,
        **more: int,
    ) -> int:
        """A member group; discounts are in hundredths of a percent. Answers its id."""
        values = MemberGroupValues(
            name=name,
            pc_time_discount=pc_time_discount,
            offer_discount=offer_discount,
            product_discount=product_discount,
            **more,
        )
        return self.run(create_member_group, GroupChange(self.center, None, values)).id
