"""Parts of the items for several people: disjoint, random, the same on every machine, and a part that all are asked about."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from al_core.ground.errors import UserError
from al_core.labelling.items import Items
from al_core.labelling.offers import Offers
from al_core.labelling.session import LabelSession
from al_core.labelling.share import Share, of_share, share_of
from al_core.sessions.actions import Settings

from ..conftest import CLASSES, item

MANY = tuple(item(number) for number in range(3000))
ITEMS = Items("pets", "f" * 32, CLASSES, MANY, (3, 1, 8, 5), tuple(range(3000)), None)
SETTINGS = Settings("pets", "f" * 32, CLASSES, "logistic", "margin", 1, 0, "random_per_class")


def asked(settings: Settings, items: Items = ITEMS) -> set[str]:
    return set(of_share(items, settings).row_of)


@pytest.mark.parametrize("people", [2, 3, 7])
def test_parts_are_disjoint_but_for_what_all_are_asked(people: int) -> None:
    parts = [asked(replace(SETTINGS, share=f"{part}/{people}")) for part in range(1, people + 1)]
    common = set.intersection(*parts)
    assert set.union(*parts) == set(MANY)
    for one, other in pairwise(parts):
        assert one & other == common
    assert 0.075 < len(common) / len(MANY) < 0.125, "one in ten, give or take 4.5 standard deviations"
    for part in parts:
        assert len(part - common) == pytest.approx(0.9 * len(MANY) / people, abs=4.5 * (len(MANY) / people) ** 0.5)


def test_neither_order_nor_others_nor_the_machine_change_a_part() -> None:
    mine = replace(SETTINGS, share="1/2", overlap=0.2)
    fewer = replace(ITEMS, ids=tuple(reversed(MANY[:500])), pool=tuple(range(500)), start=())
    assert asked(mine, fewer) == asked(mine) & set(MANY[:500])
    assert asked(replace(mine, seed=9)) == asked(mine)
    assert [Share(1, 2, 0.1).holds(one) for one in MANY[:6]] == [False, False, False, True, False, True]


def test_everything_is_common_or_nothing_is() -> None:
    assert asked(replace(SETTINGS, share="2/2", overlap=1.0)) == set(MANY)
    one, other = (asked(replace(SETTINGS, share=f"{part}/2", overlap=0.0)) for part in (1, 2))
    assert not one & other
    assert one | other == set(MANY)


@pytest.mark.parametrize("share", ["0/2", "3/2", "1", "1/0", "a/b", "1/2/3", "-1/2", "1/2000", "01/2", "1/2\n", "½"])
def test_what_is_no_part_is_refused(share: str) -> None:
    with pytest.raises(UserError, match="give your number and how many you are"):
        share_of(replace(SETTINGS, share=share))


def test_an_overlap_without_a_part_is_refused() -> None:
    with pytest.raises(UserError, match="say which is yours"):
        share_of(replace(SETTINGS, overlap=0.1))


def test_a_session_asks_for_its_part_alone_after_a_restart_too(tmp_path) -> None:
    path, items = tmp_path / "a.session", replace(ITEMS, ids=MANY[:40], pool=tuple(range(40)))
    mine = replace(SETTINGS, share="1/2", overlap=0.2)
    expected = asked(mine, items)
    seen = set()
    with_breaks = LabelSession.create(path, mine, items, "ann")
    while (offer := with_breaks.next()) is not None:
        seen.add(offer.item)
        with_breaks.label(offer.item, 0)
        if len(seen) == 5:
            with_breaks.close()
            with_breaks = LabelSession.resume(path, items, "ann")
    request = Offers(with_breaks.file, with_breaks.items).describe()
    with_breaks.close()
    assert seen == expected
    assert 0 < len(expected) < 40
    assert request is not None
    assert {*request.aside} == set(MANY[:40]) - expected, "no strategy asks for what others are asked"
    assert "a part of 40" in with_breaks.items.drawn


def test_what_is_common_is_measured_with_first_in_one_order_by_everybody(tmp_path) -> None:
    items, seen = replace(ITEMS, ids=MANY[:400], pool=tuple(range(400))), {}
    for part in ("1/2", "2/2"):
        settings = replace(SETTINGS, share=part, audit=0.5, seed=int(part[0]))
        session = LabelSession.create(tmp_path / f"{part[0]}.session", settings, items, f"annotator {part}")
        for _ in range(30):
            offer = session.next()
            assert offer is not None
            session.label(offer.item, 0)
        seen[part] = session.ledger.choices.audited
        session.close()
    one, other = (set(audited) for audited in seen.values())
    common = asked(replace(SETTINGS, share="1/2"), items) & asked(replace(SETTINGS, share="2/2"), items)
    assert min(len(one), len(other)) > 10
    assert one | other <= common
    assert len(one & other) > 0.5 * min(len(one), len(other)), "both have these by now, and can be compared"


def test_where_nothing_is_common_or_nobody_else_works_any_item_may_be_measured_with(tmp_path) -> None:
    items = replace(ITEMS, ids=MANY[:40], pool=tuple(range(40)))
    for number, changed in enumerate(({"share": "1/2", "overlap": 0.0}, {})):
        settings = replace(SETTINGS, audit=0.5, **changed)
        session = LabelSession.create(tmp_path / f"{number}.session", settings, items, "ann")
        while (offer := session.next()) is not None:
            session.label(offer.item, 0)
        assert len(session.ledger.choices.audited) > 5
        session.close()
