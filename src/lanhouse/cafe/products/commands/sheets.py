"""Bringing a file of goods in: all of its lines, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.products.commands import (
    NewProduct,
    ProductChange,
    change_product,
    create_product,
)
from lanhouse.cafe.products.commands.groups import NewGroup, create_group
from lanhouse.cafe.products.locks import lock_products
from lanhouse.cafe.products.queries import groups_of_center, products_of_center
from lanhouse.cafe.products.rules import changed
from lanhouse.cafe.products.schemas import GroupValues, Product, ProductValues
from lanhouse.db.store import Tx
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.said import say


class SheetLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a file. `product_id` None: the product of that name, or a new one; `group` "": as
    it is; `quantity` is what is there of a new one, None: nothing is said; `changes` are by the
    names of ProductValues and of its window, the name among them."""

    number: int
    product_id: int | None = None
    group: str = ""
    quantity: int | None = None
    changes: Mapping[str, Any]


class SheetImport(msgspec.Struct, frozen=True, kw_only=True):
    """A file of goods to bring in; `is_trial`: only to be told what would happen."""

    center: Center
    actor: Actor
    lines: Sequence[SheetLine]
    is_trial: bool = False


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """How many products were made and changed, how many were so already, and the new groups."""

    made: int = 0
    changed: int = 0
    same: int = 0
    groups: list[str] = []
    stock_kept: list[str] = []
    """Products whose stock differs from the file: it is changed by restocks and counts alone."""


class OnlyTried(AppError):
    """A trial came to its end: nothing is kept of it. `brought` is what would have happened."""

    def __init__(self, brought: Brought) -> None:
        super().__init__(say("This was a trial; nothing was changed."))
        self.brought = brought


def bring_in(tx: Tx, sheet: SheetImport) -> Brought:
    """Make and change products as a file says; all of it or nothing.

    The same commands decide as for a single product. Raises InvalidInput by `line 2` with every
    line that is refused, OnlyTried at the end of a trial, Refused at MAX_PRODUCT products.
    """
    center_id = sheet.center.id
    lock_center(tx, center_id)
    known = {each.id: each for each in products_of_center(tx, center_id)}
    lock_products(tx, center_id, known)
    work = _Work(sheet, tx, known)
    errors: dict[str, str] = {}
    for line in sheet.lines:
        try:
            work.take(line)
        except AppError as refused:
            errors[f"line {line.number}"] = refused.said
    if errors:
        raise InvalidInput(errors)
    if sheet.is_trial:
        raise OnlyTried(work.brought())
    tx.audit("products", center_id, after={"made": work.made, "changed": work.changed})
    return work.brought()


class _Work:
    """A file on its way in."""

    def __init__(self, sheet: SheetImport, tx: Tx, known: dict[int, Product]) -> None:
        self._sheet, self._tx = sheet, tx
        self._known = known
        self._by_name = {each.values.name.casefold(): each.id for each in known.values()}
        self._groups = {
            each.values.name.casefold(): each.id for each in groups_of_center(tx, sheet.center.id)
        }
        self._seen: dict[int, int] = {}
        self.made = self.changed = self._same = 0
        self._new_groups: list[str] = []
        self._stock_kept: list[str] = []

    def brought(self) -> Brought:
        """What was done so far."""
        return Brought(
            made=self.made,
            changed=self.changed,
            same=self._same,
            groups=self._new_groups,
            stock_kept=self._stock_kept,
        )

    def take(self, line: SheetLine) -> None:
        """Bring one line in. Raises what the commands raise."""
        name = line.changes["name"]
        product_id = line.product_id or self._by_name.get(name.casefold())
        if product_id is not None and product_id not in self._known:
            raise InvalidInput({"id": say("is the number of no product; leave it empty for a new")})
        if product_id in self._seen:
            raise InvalidInput(
                {"name": say("is the product of line %(number)s", number=self._seen[product_id])}
            )
        changes = dict(line.changes)
        if line.group:
            changes["group_id"] = self._group(line.group)
        if product_id is None:
            product = self._make(line, changes)
        else:
            product = self._change(line, self._known[product_id], changes)
        self._known[product.id] = product
        self._by_name[product.values.name.casefold()] = product.id
        self._seen[product.id] = line.number

    def _make(self, line: SheetLine, changes: dict[str, Any]) -> Product:
        values = changed(ProductValues(name=changes["name"]), changes)
        sheet = self._sheet
        new = NewProduct(
            center=sheet.center, actor=sheet.actor, values=values, quantity=line.quantity or 0
        )
        product = create_product(self._tx, new)
        self.made += 1
        return product

    def _change(self, line: SheetLine, before: Product, changes: dict[str, Any]) -> Product:
        if before.values.combo:
            # Its parts are counted, whatever the file says.
            changes.pop("is_unlimited", None)
        is_counted = not (before.values.is_unlimited or before.values.combo)
        if is_counted and line.quantity not in (None, before.quantity):
            self._stock_kept.append(before.values.name)
        if changed(before.values, changes) == before.values:
            self._same += 1
            return before
        center = self._sheet.center
        change = ProductChange(center=center, product_id=before.id, changes=changes)
        product = change_product(self._tx, change)
        self.changed += 1
        return product

    def _group(self, name: str) -> int:
        key = name.casefold()
        if key not in self._groups:
            new = NewGroup(self._sheet.center, GroupValues(name=name))
            self._groups[key] = create_group(self._tx, new).id
            self._new_groups.append(name)
        return self._groups[key]
