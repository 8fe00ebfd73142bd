"""Noise is a row like any other: these are the places that it reaches by being one."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from al_core.comparison.campaign import campaign
from al_core.comparison.encoding import comparison_json, from_json
from al_core.comparison.identity import identify
from al_core.comparison.live_view import open_live
from al_core.comparison.plan import complete, plan
from al_core.comparison.references import all_labels, greedy_oracle
from al_core.comparison.summary import compare
from al_core.compute.inline import Inline
from al_core.ground.errors import BadOption, UserError
from al_core.ground.versions import versions
from al_core.race.view import open_view
from al_core.reports.comparison import race_json, race_markdown
from al_core.reports.findings import findings_of
from al_core.reports.formats.methods import write as methods_report
from al_core.reports.seeds import seeds_json, seeds_markdown
from al_core.run.round import accuracy, fit, labels_given
from al_core.sessions.actions import decode, encode
from al_core.sessions.race_actions import RaceOpened
from al_core.task.options import option
from al_core.task.spec import TaskSpec, check_spec
from al_core.task.split import make_task

SPEC = TaskSpec("iris", "gaussian_field", seed=3, batch=4, budget=26, noise=0.25)


def test_noise_has_its_range() -> None:
    for noise in (-0.1, 1.0, float("nan")):
        with pytest.raises(BadOption, match="--noise is"):
            check_spec(replace(SPEC, noise=noise))
        with pytest.raises(BadOption, match="--noise is"):
            option(TaskSpec, "noise").read(noise)
    assert check_spec(replace(SPEC, noise=0.99)).noise == 0.99


def test_another_noise_is_another_question() -> None:
    keys = {identify(replace(SPEC, noise=noise), "margin").key for noise in (0.0, 0.1, 0.25)}
    assert len(keys) == 3


def test_a_race_with_noise_is_kept_with_it_and_one_without_as_ever() -> None:
    opened = RaceOpened(SPEC, ("margin",), "f" * 32, ("a", "b", "c"), versions())
    assert decode(*encode(opened)) == opened
    quiet = encode(replace(opened, spec=replace(SPEC, noise=0.0)))
    assert json.loads(quiet[2])["spec"].keys() == {"dataset", "learner", "seed", "batch", "budget", "target", "initial"}
    assert decode(*quiet).spec.noise == 0.0  # type: ignore[union-attr]


def test_a_document_says_it_in_protocol_command_and_words_and_is_read_again() -> None:
    (result,) = campaign(plan([SPEC], ("random", "margin"), references=False), Inline())
    found = compare(result)
    document = comparison_json(found)
    assert document["protocol"]["noise"] == 0.25
    assert document["command"].endswith(" --noise 0.25")
    assert "each was that of another class with probability 0.25" in document["conclusion"]
    (read,) = from_json(json.loads(json.dumps(document))).comparisons
    assert read.protocol == found.protocol
    assert comparison_json(read) == document
    for wrong in (2, -0.1, "x", True, [0.1], None):
        with pytest.raises((UserError, ValueError)):
            from_json(document | {"protocol": document["protocol"] | {"noise": wrong}})
    (quiet,) = campaign(plan([replace(SPEC, noise=0.0)], ("random", "margin"), references=False), Inline())
    plain = comparison_json(compare(quiet))
    assert "noise" not in json.dumps(plain)
    assert plain["protocol"].keys() | {"noise"} == document["protocol"].keys()
    assert plain["strategies"][1]["curve"] != document["strategies"][1]["curve"]
    paragraph, before = methods_report(findings_of([result])), methods_report(findings_of([quiet]))
    assert "each was that of another class with probability 0.25. " in paragraph
    assert "labels came from ground truth" not in paragraph
    assert "26 labels were given; labels came from ground truth. " in before


def test_references_know_the_labels_that_are_given_and_are_measured_by_the_true_ones() -> None:
    task = make_task(SPEC)
    rows = np.sort(np.concatenate([task.initial, task.pool]))
    model = fit(task, rows, labels_given(task, rows), "all labels")
    assert all_labels(SPEC).curve == ((len(rows), accuracy(task, model)),)
    quiet = replace(SPEC, noise=0.0)
    assert all_labels(quiet).curve != all_labels(SPEC).curve
    assert greedy_oracle(quiet).curve != greedy_oracle(SPEC).curve


def test_what_is_saved_of_a_race_and_of_its_seeds_says_it_where_there_is_any() -> None:
    for noise in (0.0, 0.25):
        spec = replace(SPEC, noise=noise)
        view, live = open_view(spec, ("random", "margin")), open_live(complete([spec], ("margin",), seeds=2))
        left_out = {"metric"} if noise else {"metric", "noise"}
        for document in (race_json(view), seeds_json(live)):
            task = json.loads(document)["task"]
            assert task == {name: value for name, value in asdict(spec).items() if name not in left_out}
        for text in (race_markdown(view), seeds_markdown(live)):
            assert ("noise 0.25" in text.splitlines()[0]) == bool(noise)
