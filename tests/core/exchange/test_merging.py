"""Two annotators, one session."""

from __future__ import annotations

from dataclasses import replace

import pytest

from al_core.exchange.merging import Disagreement, merge
from al_core.ground.errors import UserError
from al_core.sessions.actions import Choice, ClassAdded, Disagreed, Flagged, Labelled, MachineLabelled, Named, Skipped
from al_core.sessions.store import SessionFile


@pytest.fixture
def two(tmp_path, settings):
    paths = tmp_path / "ann.session", tmp_path / "ben.session"
    with SessionFile.create(paths[0], settings, "ann") as file:
        file.append([Labelled(item, label) for item, label in zip("abcde", (0, 1, 2, 0, 1), strict=True)], "ann")
        file.append([Skipped("x"), Skipped("y"), Flagged("a", "tail?")], "ann")
        file.append([MachineLabelled("truth", None, (("m", 1),))], "ann")
    with SessionFile.create(paths[1], settings, "ben") as file:
        file.append([Labelled(item, label) for item, label in zip("abcdy", (0, 1, 2, 2, 0), strict=True)], "ben")
        file.append([Flagged("a", "ears"), Flagged("b", "")], "ben")
    return paths


def test_what_is_agreed_is_kept_and_what_is_not_is_listed(two, tmp_path):
    before = [path.read_bytes() for path in two]
    result = merge(two, tmp_path / "both.session")
    assert (result.names, result.shared, result.agreed, result.labels) == (("ann", "ben"), 4, 3, 5)
    # By hand: 3 of 4 alike; chance (2·1 + 1·1 + 1·2) / 16 = 5/16; (12/16 − 5/16) / (11/16).
    assert result.kappa == pytest.approx(7 / 11)
    assert result.disagreements == (Disagreement("d", (("ann", 0), ("ben", 2))),)
    assert [path.read_bytes() for path in two] == before
    with SessionFile.open(tmp_path / "both.session") as file:
        ledger = file.ledger
        assert ledger.person_labels == {"a": 0, "b": 1, "c": 2, "e": 1, "y": 0}
        assert {item: given.annotator for item, given in ledger.answers.items()} == {
            "a": "ann",
            "b": "ann",
            "c": "ann",
            "e": "ann",
            "y": "ben",
            "x": "merge",
        }
        assert ledger.machine == {}
        assert ledger.flags == {"a": "ann: tail?; ben: ears", "b": "ben: "}
        voices = {item: (("ann", label), ("ben", label)) for item, label in zip("abc", (0, 1, 2), strict=True)}
        assert ledger.disagreements == voices | {"d": (("ann", 0), ("ben", 2))}, "who agreed is known, too"
        assert ledger.open_disagreements == ("d",)
        file.append([Labelled("d", 2)], "cat")
        assert ledger.open_disagreements == ()
        assert len(ledger.done) == 9


def test_annotators_of_the_same_name_go_by_their_files(two, tmp_path, settings):
    third = tmp_path / "again.session"
    with SessionFile.create(third, settings, "ann") as file:
        file.append([Labelled("a", 1)], "ann")
    result = merge([two[0], third], tmp_path / "both.session")
    assert result.names == ("ann", "again")
    assert result.kappa == 0.0


def test_a_label_stays_in_the_name_of_who_gave_it_also_where_a_session_has_several(two, tmp_path):
    with SessionFile.open(two[0]) as file:
        file.append([Labelled("f", 2), Labelled("g", 1)], "cat")
    first = two[0].rename(tmp_path / "monday.session")
    assert merge([first, two[1]], tmp_path / "both.session").names == ("ann", "ben", "cat")
    with SessionFile.open(tmp_path / "both.session", read_only=True) as file:
        given = {item: answer.annotator for item, answer in file.ledger.answers.items() if answer.label is not None}
    assert given == {"a": "ann", "b": "ann", "c": "ann", "e": "ann", "f": "cat", "g": "cat", "y": "ben"}


def test_sessions_of_other_data_are_not_merged(two, tmp_path, settings):
    third = tmp_path / "third.session"
    SessionFile.create(third, replace(settings, fingerprint="0" * 32), "cat").close()
    with pytest.raises(UserError, match="different data"):
        merge([two[0], third], tmp_path / "both.session")
    assert not (tmp_path / "both.session").exists()


def test_a_session_is_not_merged_over_another(two):
    with pytest.raises(UserError, match="is there already"):
        merge(two, two[0])


def test_a_disagreement_names_classes_that_there_are(two):
    with SessionFile.open(two[0]) as file, pytest.raises(UserError, match="class 9 of 3"):
        file.append([Disagreed("z", (("ann", 9),))], "ann")


def test_sessions_on_data_that_has_grown_are_merged_by_content_and_by_the_names_of_classes(tmp_path, settings):
    first, second = tmp_path / "ann.session", tmp_path / "ben.session"
    with SessionFile.create(first, settings, "ann") as file:
        file.append([Named((("a", "pots/a.png"), ("s", "pots/s.png")))], "ann")
        file.append([Labelled("a", 0, Choice("start")), Labelled("b", 1), Skipped("s", "bad", Choice("audit", 0.5))], "ann")
    others = replace(settings, fingerprint="0" * 32, classes=("eel", "dog", "cat"))
    with SessionFile.create(second, others, "ben") as file:
        file.append([ClassAdded(3, "fox"), Named((("a", "new/a.png"), ("c", "new/c.png")))], "ben")
        file.append([Labelled("a", 2), Labelled("b", 0), Labelled("c", 3, Choice("search")), Skipped("t", "later")], "ben")
    result = merge([first, second], tmp_path / "both.session")
    assert (result.shared, result.agreed, result.disagreements) == (2, 1, (Disagreement("b", (("ann", 1), ("ben", 2))),))
    with SessionFile.open(tmp_path / "both.session", read_only=True) as file:
        ledger = file.ledger
    assert ledger.classes == ("cat", "dog", "eel", "fox")
    assert ledger.person_labels == {"a": 0, "c": 3}
    assert ledger.disagreements == {"a": (("ann", 0), ("ben", 0)), "b": (("ann", 1), ("ben", 2))}
    assert ledger.choices == {"a": Choice("start"), "c": Choice("search"), "s": Choice("audit", 0.5)}
    assert {item: ledger.answers[item].status for item in "st"} == {"s": "bad", "t": "later"}
    assert ledger.names == {"a": "pots/a.png", "s": "pots/s.png", "c": "new/c.png"}
