"""Sessions of three people over data that grew twice: in whatever order they are merged, and in however many steps, the same
comes out; what was decided stays decided until somebody says something new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from al_core.exchange.merging import merge
from al_core.exchange.records import records
from al_core.ground.errors import UserError
from al_core.sessions.actions import (
    Choice,
    ClassAdded,
    Flagged,
    Labelled,
    MachineLabelled,
    Named,
    Settings,
    Skipped,
)
from al_core.sessions.class_actions import ClassDeleted, ClassDescribed, ClassMerged, ClassRenamed, ClassSplit
from al_core.sessions.store import SessionFile

FIRST = Settings("/data/pots", "a" * 32, ("bowl", "jug", "pot"), "logistic", "margin", 1, 0, own_classes=True)
SECOND = replace(FIRST, fingerprint="b" * 32, share="1/2", overlap=0.1)
THIRD = replace(FIRST, fingerprint="c" * 32, classes=("bowl", "jug", "pot", "vase"), seed=4)


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """Ann knows 8 items, ben 12, carl 16 and a class more; ben has renamed a class and added one."""
    paths = [tmp_path / f"{name}.session" for name in ("ann", "ben", "carl")]
    with SessionFile.create(paths[0], FIRST, "ann") as file:
        file.append([Named((("i0", "pots/0.png"), ("i1", "pots/1.png")))], "ann")
        file.append([Labelled(f"i{number}", number % 3, Choice("start")) for number in range(6)], "ann")
        file.append([Skipped("i6", "unsure", Choice("audit", 0.125)), Skipped("i7", "bad"), Flagged("i0", "a; chip")], "ann")
    with SessionFile.create(paths[1], SECOND, "ben") as file:
        file.append([ClassRenamed(2, "tea pot")], "ben")
        file.append([ClassAdded(3, "lid", step=True)], "ben")
        file.append([ClassDescribed(1, "has a spout")], "ben")
        file.append([Named((("i1", "new/1.png"), ("i9", "new/9.png")))], "ben")
        file.append([Labelled(f"i{number}", label) for number, label in enumerate((0, 1, 2, 1, 1, 3), 0)], "ben")
        file.append([Labelled("i9", 3), Labelled("i6", 0, Choice("strategy")), Skipped("i7", "later")], "ben")
        file.append([MachineLabelled("model", 0.9, (("i10", 0),))], "ben")
        file.append([Flagged("i0", "crack")], "ben")
    with SessionFile.create(paths[2], THIRD, "carl") as file:
        file.append([Labelled("i2", 2), Labelled("i3", 0), Labelled("i4", 1), Labelled("i5", 3), Labelled("i9", 3)], "carl")
        file.append([Labelled("i15", 3, Choice("search")), Skipped("i14", "bad")], "carl")
    return paths


def holds(path: Path) -> dict[str, Any]:
    """All that a session says, but for when it was written and how."""
    with SessionFile.open(path, read_only=True) as file:
        ledger = file.ledger
    names = ledger.classes
    return {
        "records": [replace(record, time="") for record in records(ledger)],
        "voices": {item: [(who, names[label]) for who, label in said] for item, said in ledger.disagreements.items()},
        "open": set(ledger.open_disagreements),
        "classes": set(ledger.living),
        "ever": {one.names[-1]: set(one.names) for number, one in enumerate(ledger.scheme.classes) if one.now == number},
        "says": {one.names[-1]: one.says for one in ledger.scheme.classes if one.says},
        "settings": ledger.settings,
        "choices": dict(ledger.choices),
        "names": ledger.names,
        "notes": ledger.flags,
    }


def merged(paths: Sequence[Path], out: Path) -> dict[str, Any]:
    merge(paths, out)
    return holds(out)


def test_all_at_once_in_any_order(three: list[Path], tmp_path: Path) -> None:
    results = [merged(order, tmp_path / f"{number}.session") for number, order in enumerate(permutations(three))]
    assert all(result == results[0] for result in results)
    found = results[0]
    assert found["classes"] == {"bowl", "jug", "tea pot", "vase", "lid"}
    assert found["open"] == {"i3", "i5", "i9"}
    assert found["voices"]["i5"] == [("ann", "tea pot"), ("ben", "lid"), ("carl", "vase")]
    assert found["voices"]["i4"] == [("ann", "jug"), ("ben", "jug"), ("carl", "jug")], "who agreed is known, too"
    labels = {record.item: (record.label, record.status, record.annotator) for record in found["records"]}
    assert labels["i6"] == ("bowl", "label", "ben"), "a label counts before what nobody knew"
    assert labels["i7"] == ("", "bad", "merge"), "that it is bad counts before later"
    assert found["voices"]["i9"] == [("ben", "lid"), ("carl", "vase")]
    assert found["choices"]["i6"] == Choice("audit", 0.125), "what was drawn to measure by stays that"
    assert found["notes"] == {"i0": "ann: a, chip; ben: crack"}
    assert found["settings"].share is None, "all of it is asked of whoever goes on"
    assert found["says"] == {"jug": "has a spout"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_one_after_the_other_in_any_order(three: list[Path], tmp_path: Path, order: tuple[int, ...]) -> None:
    first, second, third = (three[place] for place in order)
    whole = merged(three, tmp_path / "whole.session")
    merge([first, second], tmp_path / "two.session")
    assert merged([tmp_path / "two.session", third], tmp_path / "all.session") == whole
    assert merged([third, tmp_path / "two.session"], tmp_path / "turned.session") == whole
    assert merged([tmp_path / "all.session", first], tmp_path / "again.session") == whole, "one that is in it adds nothing"
    assert merged([tmp_path / "all.session", tmp_path / "turned.session"], tmp_path / "twice.session") == whole


def decided(path: Path, item: str, label: int, who: str = "dora") -> None:
    with SessionFile.open(path) as file:
        file.append([Labelled(item, label)], who)


def test_a_source_of_a_merged_session_decides_nothing(three: list[Path], tmp_path: Path) -> None:
    both = tmp_path / "both.session"
    assert "i3" in merged(three[:2], both)["open"]
    for number, source in enumerate(three[:2]):
        assert "i3" in merged([both, source], tmp_path / f"{number}.session")["open"]


def test_what_was_decided_stays_decided_until_somebody_says_something_new(three: list[Path], tmp_path: Path) -> None:
    both = tmp_path / "both.session"
    merge(three[:2], both)
    decided(both, "i3", 0)  # which neither had said
    result = merge([both, three[0]], tmp_path / "again.session")
    assert (result.decided, "i3" in {one.item for one in result.disagreements}) == (1, False)
    with SessionFile.open(tmp_path / "again.session", read_only=True) as file:
        assert (file.ledger.answers["i3"].label, file.ledger.answers["i3"].annotator) == (0, "dora")
    assert "i3" not in merged([both, three[2]], tmp_path / "same.session")["open"], "carl says so as well"
    with SessionFile.open(three[2]) as file:
        file.append([Labelled("i0", 0)], "carl")
    decided(both, "i5", 1)
    found = merged([both, three[2]], tmp_path / "new.session")
    assert "i5" in found["open"], "carl says vase, of which nobody had heard"
    assert ("dora", "jug") in found["voices"]["i5"]
    assert merged([three[2], both], tmp_path / "turned.session") == found


def test_two_decisions_that_differ_are_open(three: list[Path], tmp_path: Path) -> None:
    for name, label in (("one", 0), ("two", 1)):
        merge(three[:2], tmp_path / f"{name}.session")
        decided(tmp_path / f"{name}.session", "i5", label, name)
    found = merged([tmp_path / "one.session", tmp_path / "two.session"], tmp_path / "out.session")
    assert "i5" in found["open"]
    assert {("one", "bowl"), ("two", "jug")} < set(found["voices"]["i5"])


def test_agreement_of_three_is_alpha_and_of_two_is_kappa(three: list[Path], tmp_path: Path) -> None:
    two, all_ = merge(three[:2], tmp_path / "two.session"), merge(three, tmp_path / "all.session")
    assert (two.agreement.statistic, two.shared, two.agreed) == ("kappa", 6, 4)
    assert (all_.agreement.statistic, all_.names, all_.shared) == ("alpha", ("ann", "ben", "carl"), 7)
    assert all_.agreement.overall.low < all_.agreement.overall.value < all_.agreement.overall.high


def test_agreement_of_two_is_the_same_when_they_are_merged_again_with_one_of_them(three: list[Path], tmp_path: Path) -> None:
    """What nobody labelled is put aside in the name of the merge, which is no annotator."""
    first = merge(three[:2], tmp_path / "two.session")
    assert first.names == ("ann", "ben")
    assert merge([tmp_path / "two.session", three[0]], tmp_path / "again.session") == first


def test_two_who_began_in_one_large_folder_at_once_have_the_same_data(tmp_path: Path) -> None:
    """Each begins with the thousand files that were read first, and these are not the same: nor is their fingerprint."""
    paths = tmp_path / "a.session", tmp_path / "b.session"
    for path, item, fingerprint in zip(paths, ("i1", "i2"), ("d" * 32, "e" * 32), strict=True):
        with SessionFile.create(path, replace(FIRST, fingerprint=fingerprint), path.stem) as file:
            file.append([Labelled(item, 0)], path.stem)
    assert merge(paths, tmp_path / "both.session").labels == 2
    with SessionFile.create(tmp_path / "c.session", replace(FIRST, fingerprint="9" * 32, dataset="/data/jugs"), "c") as file:
        file.append([Labelled("i3", 0)], "c")
    with pytest.raises(UserError, match="different data"):
        merge([paths[0], tmp_path / "c.session"], tmp_path / "none.session")
    assert not (tmp_path / "none.session").exists()


def test_sessions_that_have_nothing_in_common_but_by_way_of_a_third_are_merged(tmp_path: Path) -> None:
    paths = []
    for name, items, fingerprint in (("a", "pq", "1"), ("b", "qr", "2"), ("c", "rs", "3")):
        paths.append(tmp_path / f"{name}.session")
        with SessionFile.create(paths[-1], replace(FIRST, dataset=f"/of/{name}", fingerprint=fingerprint * 32), name) as file:
            file.append([Labelled(item, 0) for item in items], name)
    assert all(merged(order, tmp_path / f"{number}.out.session")["records"] for number, order in enumerate(permutations(paths)))


CHANGES = {
    "merged": [ClassMerged(2, 0)],
    "deleted": [ClassDeleted(1)],
    "split": [ClassSplit(2, ("tall pot", "flat pot"))],
    "renamed": [ClassRenamed(0, "dish")],
    "turned": [ClassRenamed(0, "x"), ClassRenamed(1, "bowl"), ClassRenamed(0, "jug")],
    "crossed": [ClassRenamed(1, "y"), ClassRenamed(0, "jug")],
    "called again": [ClassRenamed(0, "dish"), ClassAdded(3, "bowl", step=True)],
    "all gone": [ClassAdded(3, "new", step=True), ClassDeleted(0), ClassDeleted(1), ClassDeleted(2)],
}


@pytest.mark.parametrize("one", CHANGES)
@pytest.mark.parametrize("other", CHANGES)
def test_classes_that_were_changed_by_one_or_both(tmp_path: Path, one: str, other: str) -> None:
    paths = []
    for name, changes in (("ann", CHANGES[one]), ("ben", CHANGES[other])):
        paths.append(tmp_path / f"{name}.session")
        with SessionFile.create(paths[-1], FIRST, name) as file:
            for action in changes:
                file.append([action], name)
            alive = file.ledger.scheme.alive
            file.append([Labelled(f"i{place}", alive[place % len(alive)]) for place in range(4)], name)
    found = merged(paths, tmp_path / "both.session")
    assert found == merged(paths[::-1], tmp_path / "turned.session")
    for number, path in enumerate(paths):
        assert merged([tmp_path / "both.session", path], tmp_path / f"again{number}.session") == found
    said = [holds(path) for path in paths]
    assert {record.item for each in said for record in each["records"]} == {
        *(record.item for record in found["records"]),
        *found["open"],
    }


labels = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2), max_size=6)


@given(said=st.lists(labels, min_size=3, max_size=3), seed=st.permutations(range(3)))
@settings(max_examples=25)
def test_any_labels_of_three_people(
    tmp_path_factory: pytest.TempPathFactory, said: list[dict[str, int]], seed: list[int]
) -> None:
    home = tmp_path_factory.mktemp("m")
    paths = []
    for number, given_labels in enumerate(said):
        paths.append(home / f"{number}.session")
        with SessionFile.create(paths[-1], FIRST, f"p{number}") as file:
            if given_labels:
                file.append([Labelled(item, label) for item, label in given_labels.items()], f"p{number}")
    whole = merged(paths, home / "whole.session")
    first, second, third = (paths[place] for place in seed)
    merge([first, second], home / "two.session")
    assert merged([third, home / "two.session"], home / "out.session") == whole
    votes: dict[str, set[int]] = {}
    for given_labels in said:
        for item, label in given_labels.items():
            votes.setdefault(item, set()).add(label)
    assert whole["open"] == {item for item, labels_ in votes.items() if len(labels_) > 1}
    assert {record.item for record in whole["records"]} == {item for item, labels_ in votes.items() if len(labels_) == 1}
