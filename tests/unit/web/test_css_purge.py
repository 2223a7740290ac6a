"""Purging a stylesheet keeps what templates can use and drops the rest."""

from __future__ import annotations

from lanhouse.cli.assets_css import purge, used_names

TEMPLATE = '<main class="card {{ \'wide\' if big }}"><p class="m-0">text</p></main>'


def test_names_come_from_class_attributes_and_tags() -> None:
    classes, elements = used_names([TEMPLATE])
    assert {"card", "m-0"} <= classes
    assert elements == {"html", "body", "main", "p"}


def test_rules_of_unused_classes_and_elements_go() -> None:
    css = ".card{color:red}.modal{color:blue}table{border:0}p{margin:0}.card .modal{top:0}"
    assert purge(css, [TEMPLATE]) == ".card{color:red}p{margin:0}"


def test_one_selector_of_a_list_may_stay() -> None:
    assert purge(".modal,.card:hover{top:0}", [TEMPLATE]) == ".card:hover{top:0}"


def test_media_queries_are_searched_and_empty_ones_go() -> None:
    css = "@media print{.card{top:0}.modal{top:1px}}@media screen{.modal{top:2px}}"
    assert purge(css, [TEMPLATE]) == "@media print{.card{top:0}}"


def test_negations_do_not_count_as_use() -> None:
    assert purge(".card:not(.modal){top:0}", [TEMPLATE]) == ".card:not(.modal){top:0}"


def test_properties_that_nobody_reads_go_one_after_the_other() -> None:
    css = ':root{--a:var(--b);--b:1px;--c:2px;--d:url("data:image/svg+xml;x")}.card{top:var(--c)}'
    assert purge(css, [TEMPLATE]) == ":root{--c:2px;}.card{top:var(--c)}"


def test_properties_read_by_other_styles_stay() -> None:
    css = ":root{--a:1px;--b:2px}.card{top:0}"
    assert "--b:2px" in purge(css, [TEMPLATE], ".mine{top:var(--b)}")
    assert "--a" not in purge(css, [TEMPLATE], ".mine{top:var(--b)}")


def test_braces_and_semicolons_inside_strings_are_text() -> None:
    css = '.card{background:url("data:image/svg+xml,<svg>{;}</svg>")}.modal{top:0}'
    assert purge(css, [TEMPLATE]) == '.card{background:url("data:image/svg+xml,<svg>{;}</svg>")}'


def test_keyframes_stay_only_when_used() -> None:
    css = ".card{animation:spin 1s}@keyframes spin{to{top:0}}@keyframes fade{to{top:0}}"
    assert purge(css, [TEMPLATE]) == ".card{animation:spin 1s}@keyframes spin{to{top:0}}"
