"""What models are measured by is a row of the task: these are the places that it reaches."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from al_core import Dataset, Inline, bench
from al_core.comparison.campaign import campaign
from al_core.comparison.encoding import comparison_json, from_json
from al_core.comparison.identity import identify
from al_core.comparison.plan import plan
from al_core.comparison.references import all_labels, greedy_oracle
from al_core.comparison.summary import compare
from al_core.data.facts import dataset_names, describe_dataset
from al_core.data.kinds import load_dataset
from al_core.ground.errors import BadOption, UserError
from al_core.ground.records import Unreadable
from al_core.ground.versions import versions
from al_core.measures.metrics import metric_of
from al_core.race.view import open_view
from al_core.reports.comparison import bench_table, race_csv, race_header, race_markdown
from al_core.reports.findings import findings_of
from al_core.reports.formats.csv import write as csv_report
from al_core.reports.formats.html import write as html_report
from al_core.reports.formats.methods import write as methods_report
from al_core.reports.formats.seeds import write as seeds_report
from al_core.run.play import labels_to_give, play
from al_core.run.round import accuracy, learn, measure, start
from al_core.sessions.actions import decode, encode
from al_core.sessions.race_actions import RaceOpened
from al_core.task.options import option
from al_core.task.spec import TaskSpec, check_spec
from al_core.task.split import make_task, split

PLAIN = TaskSpec("iris", "gaussian_field", seed=3, batch=4, budget=26)
SPEC = replace(PLAIN, metric="recall(virginica)")


def test_it_is_checked_with_the_task() -> None:
    assert check_spec(SPEC) is SPEC
    for word, message in (
        ("acuracy", "no metric 'acuracy'; did you mean 'accuracy'"),
        ("recall(rose)", "no such class; the classes are: setosa, versicolor, virginica"),
        ("recall", "name the class"),
    ):
        with pytest.raises(BadOption, match=message) as found:
            check_spec(replace(SPEC, metric=word))
        assert found.value.option == "metric"
    with pytest.raises(BadOption, match="no metric 'f1'"):
        option(TaskSpec, "metric").read("f1")
    with pytest.raises(UserError, match="the classes are: setosa"):
        labels_to_give(replace(SPEC, metric="recall(rose)"))  # of one's own data only who reads it knows


@pytest.mark.parametrize("name", dataset_names())
def test_classes_are_known_without_the_data(name: str) -> None:
    assert describe_dataset(name).class_names == load_dataset(name).classes


def test_accuracy_is_the_question_that_it_was_and_every_other_metric_is_another() -> None:
    assert "metric" not in identify(PLAIN, "margin").question
    words = ("accuracy", "balanced_accuracy", "macro_f1", "recall(setosa)", "recall(virginica)")
    assert len({identify(replace(PLAIN, metric=word), "margin").key for word in words}) == len(words)


def test_a_run_asks_as_ever_and_is_measured_by_it() -> None:
    task = make_task(SPEC)
    state = play(SPEC, start("margin"), 0).state
    plain = play(PLAIN, start("margin"), 0).state
    assert [entry.query.picks for entry in state.rounds] == [entry.query.picks for entry in plain.rounds]
    model = learn(task, state)
    assert state.curve[-1][1] == measure(task, model, metric_of(SPEC.metric))
    assert plain.curve[-1][1] == accuracy(task, model)
    assert state.curve != plain.curve
    rows = task.test[task.y[task.test] == 2]
    assert state.curve[-1][1] == np.mean(model.predict(rows) == 2)


def test_references_are_measured_by_it_too() -> None:
    assert all_labels(SPEC).curve[0][1] != all_labels(PLAIN).curve[0][1]
    assert greedy_oracle(SPEC).curve != greedy_oracle(PLAIN).curve


def test_documents_and_reports_say_its_name_and_are_read_again() -> None:
    (result,) = campaign(plan([SPEC], ("random", "margin"), references=False), Inline())
    found = compare(result)
    document = comparison_json(found)
    assert document["protocol"]["metric"] == "recall(virginica)"
    assert "--metric 'recall(virginica)'" in document["command"]
    assert "labels to 90% test recall of virginica over" in document["conclusion"]
    assert "Curves, targets and areas are of recall(virginica) on the test items, not of accuracy." in document["conclusion"]
    (read,) = from_json(json.loads(json.dumps(document))).comparisons
    assert (read.protocol, comparison_json(read)) == (found.protocol, document)
    for wrong in (2, "kappa", "recall(", True, None):
        with pytest.raises((UserError, Unreadable)):
            from_json(document | {"protocol": document["protocol"] | {"metric": wrong}})
    findings = findings_of([result])
    assert "Recall of virginica with all pool labels: " in bench_table(found)
    assert "recall of virginica was measured on the test items" in methods_report(findings)
    assert "(90% and 95% test recall of virginica; the first" in methods_report(findings)
    page = html_report(findings)
    assert "median test recall of virginica over labels" in page
    assert "test accuracy" not in page
    for report in (csv_report, seeds_report):
        row = next(csv.DictReader(io.StringIO(report(findings))))
        assert float(row["final_recall(virginica)"]) <= 1
        assert "final_accuracy" not in row


def test_a_race_is_kept_with_it_and_its_tables_are_titled_by_it() -> None:
    opened = RaceOpened(SPEC, ("margin",), "f" * 32, ("a", "b", "c"), versions())
    assert decode(*encode(opened)) == opened
    assert "metric" not in json.loads(encode(replace(opened, spec=PLAIN))[2])["spec"]
    view = open_view(SPEC, ("random", "margin"))
    assert "recall of virginica" in race_header(view)
    assert "accuracy" not in race_header(view)
    assert "metric recall(virginica)" in race_markdown(view).splitlines()[0]
    assert "recall(virginica)" in race_csv(view).splitlines()[0].split(",")
    plain = open_view(PLAIN, ("random", "margin"))
    assert "accuracy" in race_header(plain)
    assert "accuracy" in race_csv(plain).splitlines()[0].split(",")


def pets(test: list[int] | None = None) -> Dataset:
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    return Dataset("pets", 2.5 * np.eye(3, 5)[y] + rng.normal(size=(90, 5)), [("cat", "dog", "owl")[n] for n in y], test=test)


def test_a_bench_over_data_of_a_script_is_measured_by_it() -> None:
    spec = TaskSpec(batch=5, budget=20, metric="macro_f1")
    found = bench(spec, ["random", "margin"], Inline(), data=pets())
    plain = bench(replace(spec, metric="accuracy"), ["random", "margin"], Inline(), data=pets())
    assert [cell.picks for cell in found.cells] == [cell.picks for cell in plain.cells]
    assert [cell.curve for cell in found.cells] != [cell.curve for cell in plain.cells]
    with pytest.raises(UserError, match=r"recall\(emu\), and there is no such class; the classes are: cat, dog, owl"):
        bench(replace(spec, metric="recall(emu)"), ["random"], Inline(), data=pets())


def test_a_class_without_a_test_item_is_told() -> None:
    data = pets([row for row in range(30) if row % 3])
    with pytest.raises(BadOption, match=r"no test item is of class 'cat', and --metric is recall\(cat\)"):
        split(data, TaskSpec("pets", batch=5, budget=20, metric="recall(cat)"))
