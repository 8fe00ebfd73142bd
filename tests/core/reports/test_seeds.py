"""A race over seeds as it stands, in every form it is taken home in: means over seeds that all have, and what failed."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from odd_bench import BUDGET, CELLS, GONE, LABELS, NAMES, RESULT, SEEDS, SLOW, curves, hit, made_up
from scipy.integrate import trapezoid

from al_core.comparison.cell import ORACLE, BenchResult, Cell
from al_core.comparison.encoding import comparison_json
from al_core.comparison.live_view import CellsFinished, LiveView, Summarised, open_live, reduce_live
from al_core.comparison.plan import complete
from al_core.comparison.summary import compare
from al_core.ground.numbers import fixed, milliseconds, signed_percent, whole
from al_core.ground.release import __version__
from al_core.measures import statistics
from al_core.race.view import Standing
from al_core.reports.seeds import (
    is_final,
    seeds_cells,
    seeds_csv,
    seeds_failures,
    seeds_header,
    seeds_json,
    seeds_markdown,
    seeds_note,
    seeds_rows,
    seeds_title,
)

SPEC = replace(RESULT.spec, seed=SEEDS[0], target=0.8)
TARGET = SPEC.target
PLAN = complete([SPEC], NAMES, seeds=len(SEEDS))
THERE = [cell for (name, _), cell in CELLS.items() if name != ORACLE]
LATE = made_up("entropy", 5)
SHARED = [seed for seed in SEEDS if seed != 5]
"""Seeds that every strategy has finished or failed on."""


def seen(*cells: Cell) -> LiveView:
    """These are there, and summed up."""
    view = reduce_live(open_live(PLAN), CellsFinished(cells))
    result = BenchResult(SPEC, SEEDS, NAMES, cells, RESULT.targets)
    return reduce_live(view, Summarised(compare(result)))


@pytest.fixture(autouse=True, scope="module")
def few_resamples() -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(statistics, "RESAMPLES", 100)
        yield


@pytest.fixture(scope="module")
def view() -> LiveView:
    return seen(*THERE)


def expected(view: LiveView, name: str) -> dict[str, Any]:
    """What a line holds, from the curves."""
    mine = {seed: curve for seed, curve in curves(name).items() if seed in SHARED}
    held = [hit(curve, TARGET, 3) for curve in mine.values()]
    reached = [labels for labels in held if labels is not None]
    areas = [float(trapezoid([share for _, share in curve], LABELS)) / (BUDGET - LABELS[0]) for curve in mine.values()]
    cells = [cell for cell in THERE if cell.strategy == name]
    assert view.comparison is not None
    row = next(row for row in view.comparison.strategies if row.name == name)
    saving = (None, None, None) if name == "random" else (row.saved.share.value, row.saved.share.low, row.saved.share.high)
    words = {"random": "", "random#2": "A/A control"}.get(name, f"preview: {len(curves(name))} of 10 seeds")
    return {
        "strategy": name,
        "finished": len(curves(name)),
        "compared": len(mine),
        "failed": sum(error is not None for (who, _), error in GONE.items() if who == name),
        "to_target": float(np.mean([BUDGET if labels is None else labels for labels in held])) if reached else None,
        "reached": len(reached),
        "saved": saving[0],
        "words": words,
        "aulc": float(np.mean(areas)),
        "accuracy": float(np.mean([curve[-1][1] for curve in mine.values()])),
        "seconds_per_round": sum(cell.seconds for cell in cells) / sum(cell.rounds for cell in cells),
        "saved_low": saving[1],
        "saved_high": saving[2],
        "aulc_low": row.aulc.mean.low,
        "aulc_high": row.aulc.mean.high,
    }


def in_order(view: LiveView) -> list[dict[str, Any]]:
    return sorted((expected(view, name) for name in NAMES), key=lambda line: -line["aulc"])


def test_the_table_for_a_spreadsheet(view: LiveView) -> None:
    lines = list(csv.DictReader(io.StringIO(seeds_csv(view))))
    assert [line["strategy"] for line in lines] == [line["strategy"] for line in in_order(view)]
    for line, wanted in zip(lines, in_order(view), strict=True):
        assert list(line) == list(wanted)
        for name, value in wanted.items():
            if isinstance(value, float):
                assert float(line[name]) == pytest.approx(value), name
            else:
                assert line[name] == ("" if value is None else str(value)), name


def test_the_lines_on_the_screen(view: LiveView) -> None:
    target = f"→{100 * TARGET:g}%"
    titles = ["strategy", "seeds", target, "saved, 95%", "verdict", "reached", "AULC, 95%", "final", "per round"]
    assert seeds_header(view) == titles
    for row, wanted in zip(seeds_rows(view), in_order(view), strict=True):
        low, high = (signed_percent(bound) if bound is not None else "" for bound in (row.saved_interval or (None,) * 2))
        some = wanted["to_target"] is not None and wanted["reached"] < wanted["compared"]
        saving = "baseline" if row.strategy == "random" else signed_percent(wanted["saved"])
        assert seeds_cells(row, 10) == [
            row.strategy,
            f"{wanted['finished']}/10" + (f" ✗{wanted['failed']}" if wanted["failed"] else ""),
            "≥ " * some + whole(wanted["to_target"]),
            saving + (f" ({low} to {high})" if low else ""),
            wanted["words"],
            f"{wanted['reached']}/{wanted['compared']}",
            f"{fixed(wanted['aulc'])} ({fixed(wanted['aulc_low'])} to {fixed(wanted['aulc_high'])})",
            fixed(wanted["accuracy"]),
            milliseconds(wanted["seconds_per_round"]),
        ]
    assert any(cells[3].endswith(")") for cells in (seeds_cells(row, 10) for row in seeds_rows(view)))


NOTE = (
    "Preview: 9 of 10 seeds; intervals may be looked at, verdicts wait for all of them."
    " Means are over the seeds that all strategies have."
)


def test_what_is_said_of_it(view: LiveView) -> None:
    assert seeds_title(view) == "digits · logistic · seeds 3 to 12 · batch 10 · budget 100"
    assert seeds_note(view) == f"{NOTE} Savings and intervals are those of 9 seeds."
    assert seeds_note(reduce_live(open_live(PLAN), CellsFinished(tuple(THERE)))) == NOTE
    failures = [
        "random failed on seed 7: oh",
        "margin failed on seed 4: no memory",
        f'{SLOW} failed on seed 6: too slow, "again"',
    ]
    assert seeds_failures(view) == failures
    more = replace(LATE, curve=(), error="one"), Cell(replace(SPEC, seed=2), "entropy", error="two")
    twice = reduce_live(view, CellsFinished(more))
    assert seeds_failures(twice)[2] == "entropy failed on seeds 2, 5: two"
    page = seeds_markdown(view).split("\n\n")
    assert page[0] == seeds_title(view)
    table = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in page[1].splitlines()]
    assert table[0] == seeds_header(view)
    assert table[2:] == [[cell.strip() for cell in seeds_cells(row, 10)] for row in seeds_rows(view)]
    assert page[2:] == [seeds_note(view), *failures[:-1], f"{failures[-1]}\n"]


def test_before_the_end_the_document_says_that_it_is_a_preview(view: LiveView) -> None:
    text = seeds_json(view)
    assert text.startswith('{\n  "format": "al-tui preview 2",\n')
    assert text.endswith("}\n")
    found = json.loads(text)
    assert (found["version"], found["note"], found["seeds"]) == (__version__, seeds_note(view), list(SEEDS))
    assert (found["task"]["dataset"], found["task"]["seed"], found["task"]["budget"]) == ("digits", 3, BUDGET)
    for line, wanted in zip(found["strategies"], in_order(view), strict=True):
        wanted |= {f"{name}_interval": [wanted.pop(f"{name}_low"), wanted.pop(f"{name}_high")] for name in ("saved", "aulc")}
        wanted["saved_interval"] = wanted["saved_interval"] if wanted["saved_interval"][0] is not None else None
        assert {name: line[name] for name in wanted} == {
            name: pytest.approx(value) if isinstance(value, float) else value for name, value in wanted.items()
        }


def test_at_the_end_it_is_that_of_the_bench(view: LiveView) -> None:
    added = reduce_live(view, CellsFinished((LATE,)))
    assert added.complete
    assert not is_final(added)
    assert seeds_note(added) == "All seeds are finished; intervals are being computed."
    final = seen(*THERE, LATE)
    assert is_final(final)
    assert final.comparison is not None
    assert seeds_note(final) == final.comparison.conclusion
    assert seeds_json(final) == json.dumps(comparison_json(final.comparison), indent=2) + "\n"
    verdicts = {row.name: row.verdict_words for row in final.comparison.strategies} | {"random#2": "A/A control"}
    assert {row.strategy: row.words for row in seeds_rows(final)} == verdicts
    assert verdicts["random"] == "no verdict: failed on 1 of 10 seeds"


def test_the_leaderboard(view: LiveView) -> None:
    """What a strategy that is not in the plan has not begun; of the others means over the seeds that all have."""
    lines = view.standings((*NAMES, "other"))
    order = [line["strategy"] for line in in_order(view)]
    assert [row.strategy for row in lines] == [*order, "other"]
    base = expected(view, "random")["to_target"]
    for row in lines[:-1]:
        wanted = expected(view, row.strategy)
        cells = [cell for cell in THERE if cell.strategy == row.strategy]
        to_target = wanted["to_target"]
        assert row == Standing(
            run=NAMES.index(row.strategy),
            strategy=row.strategy,
            labels=BUDGET,
            accuracy=pytest.approx(wanted["accuracy"]),
            aulc=pytest.approx(wanted["aulc"]),
            to_target=to_target,
            held=None,
            saved=None if to_target is None or base is None else pytest.approx(1 - to_target / base),
            seconds_per_round=pytest.approx(wanted["seconds_per_round"]),
            seconds_per_query=pytest.approx(sum(cell.query_seconds for cell in cells) / sum(cell.rounds for cell in cells)),
            status="failed" if wanted["failed"] else "done" if wanted["finished"] == len(SEEDS) else "racing",
        )
    assert {row.status for row in lines} == {"failed", "done", "racing"}
    assert lines[-1] == Standing(len(NAMES), "other", BUDGET, None, None, None, None, None, None, None, "racing")
    assert any(row.saved for row in lines)
