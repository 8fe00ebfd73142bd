"""What may be said of a session: counts, the estimate, figures of classes where there are enough, and what is not said."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from labelled_digits import begun, pictures, save, truth

from al_core.data.origin import Places
from al_core.ground.errors import UserError
from al_core.labelling.certificate import FEWEST_OF_A_CLASS, Share, certify
from al_core.labelling.delivery import deliver, described, items_of
from al_core.labelling.model import model_round
from al_core.measures.audit import audit_interval
from al_core.reports.certificate import as_document, as_markdown
from al_core.sessions.actions import Choice, Labelled, MachineLabelled, Settings, Skipped
from al_core.sessions.store import SessionFile

ROWS = np.arange(300)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return save(tmp_path / "scans.npz", ROWS)


def test_the_figures_are_those_of_the_session_and_of_the_model_that_it_makes(tmp_path: Path, data: Path) -> None:
    file, items = begun(tmp_path / "s.session", data, ROWS, labels=60, audit=30)
    with file:
        found, delivered = certify(file, items), deliver(file, items)
        request, _ = described(file, items)
        assert model_round(request).audit == tuple(
            int(np.argmax(entry.probabilities)) if entry.probabilities else guess
            for entry, guess in zip(_entries(delivered, request.audit), model_round(request).audit, strict=True)
        )
    assert (found.estimate, found.population, found.most_wrong) == (
        delivered.estimate,
        delivered.population,
        delivered.most_wrong,
    )
    assert (found.labels, found.pool, found.predicted, found.gone, found.same) == (60, 300, 208, 0, True)
    assert found.annotators == {"ann": (90, 0), "ben": (0, 4)}
    assert (found.statuses, found.chosen) == ({"bad": 2, "unsure": 2}, {"audit": 30, "strategy": 60})
    assert (found.session, found.events, found.checksum) == ("s", file.ledger.sequence, file.ledger.checksum)
    assert (found.accuracy, found.tested) == (None, 0)
    assert found.since == 31, "all but the bad one came after the last label that is learnt"
    assert sum(entry.labels for entry in found.classes) == 90
    assert sum(entry.called for entry in found.classes) == found.population
    assert sum(entry.found.right for entry in found.classes) == found.estimate.right
    assert sum(entry.found.asked for entry in found.classes) == sum(entry.correct.asked for entry in found.classes) == 30


def _entries(delivered, wanted):
    known = {entry.item: entry for entry in delivered.items}
    return [known[item] for item in wanted]


def of_two_classes(path: Path, data: Path, drawn: int) -> SessionFile:
    """Zeros and others, with two of ``drawn`` items to measure by that somebody did not know."""
    settings = Settings(str(data), "", ("zero", "other"), "logistic", own_classes=True, audit=0.2)
    items = items_of(settings)
    file = SessionFile.create(path, replace(settings, fingerprint=items.fingerprint), "ann")
    labels = (truth(ROWS) != 0).astype(int)
    order = np.random.default_rng(0).permutation(len(ROWS)).tolist()
    file.append([Labelled(items.ids[row], int(labels[row]), Choice("strategy")) for row in order[:60]], "ann")
    for place, row in enumerate(order[60 : 60 + drawn]):
        choice = Choice("audit", 0.1)
        file.append(
            [Skipped(items.ids[row], "unsure", choice) if place < 2 else Labelled(items.ids[row], int(labels[row]), choice)],
            "ann",
        )
    return file


def test_a_class_has_an_interval_from_thirty_drawn_items_on(tmp_path: Path, data: Path) -> None:
    with of_two_classes(tmp_path / "s.session", data, 60) as file:
        found = certify(file, items_of(file.ledger.settings))
    zero, other = found.classes
    assert zero.found.asked < FEWEST_OF_A_CLASS <= other.found.asked
    assert zero.found == Share(zero.found.right, zero.found.asked)
    assert (other.found.lower, other.found.upper) == audit_interval(
        other.found.right, other.found.asked + 2, found.population, unknown=2
    )
    assert other.correct.lower is not None
    assert zero.found.asked + other.found.asked == zero.correct.asked + other.correct.asked == 58
    assert 0 < other.correct.lower < other.correct.right / other.correct.asked <= other.correct.upper <= 1
    text = as_markdown(found)
    assert f"| zero | {zero.labels} | {zero.called} | {zero.found.right} of {zero.found.asked}: too few |" in text
    assert "Answers without a label, which may be either: 2." in text


def test_the_intervals_of_a_class_hold_the_truth(tmp_path: Path, data: Path) -> None:
    with of_two_classes(tmp_path / "s.session", data, 90) as file:
        items = items_of(file.ledger.settings)
        found, delivered = certify(file, items), deliver(file, items)
        learnt = {item for item, _ in described(file, items)[0].labels}
        guess = dict(zip(items.ids, _guesses(file, items), strict=True))
    other = found.classes[1]
    labels = truth(ROWS) != 0
    left = [row for row, item in enumerate(items.ids) if item not in learnt]
    right = [labels[row] and guess[items.ids[row]] == 1 for row in left]
    assert other.found.lower <= sum(right) / sum(labels[left]) <= other.found.upper
    assert other.correct.lower <= sum(right) / sum(guess[items.ids[row]] == 1 for row in left) <= other.correct.upper
    wrong = sum(labels[row] != guess[items.ids[row]] for row in left)
    assert found.most_wrong >= wrong - 2
    assert delivered.count("predicted") == found.predicted


def _guesses(file, items):
    from al_core.labelling.messages import Wanted
    from al_core.labelling.model import predict

    return predict(described(file, items)[0], Wanted()).probabilities.argmax(axis=1).tolist()


def test_where_nothing_was_drawn_nothing_is_said_of_how_often_it_is_right(tmp_path: Path, data: Path) -> None:
    file, items = begun(tmp_path / "s.session", data, ROWS, labels=20, audit=0)
    with file:
        found = certify(file, items)
    assert (found.estimate, found.most_wrong, found.since) == (None, None, 0)
    text = as_markdown(found)
    assert "nobody knows how often the model is right" in text
    assert "%" not in text.partition("## How right the model is")[2].partition("## Class by class")[0]
    assert as_document(found)["not_said"] == ["Whether the persons are right: whatever they said counts as true."]


def test_what_was_known_before_is_measured_on_what_was_held_back(tmp_path: Path) -> None:
    np.savez(tmp_path / "known.npz", images=pictures(ROWS), y=truth(ROWS), classes=[*"0123456789"])
    settings = Settings(str(tmp_path / "known.npz"), "", tuple("0123456789"))
    items = items_of(settings)
    with SessionFile.create(tmp_path / "s.session", replace(settings, fingerprint=items.fingerprint), "ann") as file:
        file.append([Labelled(items.ids[row], items.truth[row], Choice("strategy")) for row in items.pool[:60]], "ann")
        known = [(items.ids[row], items.truth[row]) for row in items.pool[55:75]]  # five of them have a person's label
        file.append([MachineLabelled("truth", None, tuple(known))], "ann")
        file.append([MachineLabelled("model", 0.9, ((items.ids[items.pool[80]], 1),))], "ann")
        found = certify(file, items)
    assert found.truth == 15
    assert found.tested == 300 - len(items.pool)
    assert found.accuracy is not None
    assert f"Of {found.tested} items whose labels were known before, and that were held back, it has" in as_markdown(found)


def test_other_data_is_said_and_what_is_gone_counted(tmp_path: Path, data: Path) -> None:
    file, _ = begun(tmp_path / "s.session", data, ROWS, labels=60, audit=30)
    fewer = save(tmp_path / "fewer.npz", np.arange(20, 310))
    with file:
        found = certify(file, items_of(file.ledger.settings, Places(str(fewer))))
        gone = sum(int(item in file.ledger.answers) for item in items_of(file.ledger.settings).ids[:20])
        with pytest.raises(UserError, match="is about another data set"):
            certify(file, items_of(file.ledger.settings, Places(str(save(tmp_path / "none.npz", np.arange(600, 640))))))
    assert (found.same, found.gone, found.pool) == (False, gone, 290)
    assert gone > 0
    text = as_markdown(found)
    assert "not the one that the session began with" in text
    assert f"Anything of the {gone} answered items that are gone" in text


def test_both_forms_say_the_same_and_nothing_hostile(tmp_path: Path, data: Path) -> None:
    file, items = begun(tmp_path / "s.session", data, ROWS, labels=60, audit=30)
    with file:
        found = certify(file, items)
    hostile = replace(
        found,
        session="a|b\n# x",
        dataset="/x/\x1b[2J`y`\n",
        annotators={"[x](javascript:1)|\x9b2J": (1, 0)},
        classes=(replace(found.classes[0], name="| a\n\u202e"), *found.classes[1:]),
    )
    text = as_markdown(hostile)
    assert all(char.isprintable() or char == "\n" for char in text)
    assert {line.count("|") - 2 * line.count("\\|") for line in text.splitlines() if line.startswith("| ")} <= {
        3,
        4,
        6,
        1,
        2,
        5,
    }
    assert [line for line in text.splitlines() if line.startswith("# ")] == [text.splitlines()[0]]
    document = json.loads(json.dumps(as_document(found)))
    assert document["estimate"]["asked"] == found.estimate.asked
    assert document["classes"][3]["found"]["right"] == found.classes[3].found.right
    assert document["software"]["sklearn"] == found.software.sklearn
