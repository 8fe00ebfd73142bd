"""Every number of a bench's document, beside the same from its curves by other means: no run left out, none made up.

The bench is an odd one: runs that failed, that are not there yet, that never reach a target or lose it again, in one budget.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from odd_bench import BATCH, BUDGET, CELLS, GONE, LABELS, NAMES, RESULT, SEEDS, SLOW, TARGETS, accuracies, curves, hit
from odd_bench import document as odd_document
from scipy import stats
from scipy.integrate import trapezoid

from al_core.comparison.cell import ORACLE


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return odd_document()


def mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if len(values) else None


def adjusted(p_values: Mapping[str, float]) -> dict[str, float]:
    """By Holm's procedure, as it is usually written: the smallest of m times m, the next times m − 1, never falling."""
    order = sorted(p_values, key=lambda name: p_values[name])
    steps = [min(1.0, (len(order) - place) * p_values[name]) for place, name in enumerate(order)]
    return dict(zip(order, itertools.accumulate(steps, max), strict=True))


def close(value: Any) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-9, abs=1e-12)


def rows_of(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in document["strategies"]}


def at(row: dict[str, Any], target: float) -> dict[str, Any]:
    found = [place for place in row["targets"] if place["target"] == target]
    assert len(found) == 1
    return found[0]


def test_the_bench_is_as_odd_as_it_should_be() -> None:
    """Otherwise what follows would compare less than it says."""
    held = {name: [hit(curve, 0.9, 3) for curve in curves(name).values()] for name in NAMES}
    first = {name: [hit(curve, 0.9, 1) for curve in curves(name).values()] for name in NAMES}
    assert 0 < held["margin"].count(None) < len(held["margin"])
    assert set(held[SLOW]) == {None}
    assert first["random"].count(None) < held["random"].count(None)
    assert {len(curves(name)) for name in (*NAMES[:-1], ORACLE)} == {len(SEEDS) - 1}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("key", "rounds"), [("labels_to_target", 1), ("labels_to_target_held", 3)])
def test_labels_to_targets(document: dict[str, Any], name: str, key: str, rounds: int) -> None:
    row, there = rows_of(document)[name], curves(name)
    for target in TARGETS:
        hits = {seed: hit(curve, target, rounds) for seed, curve in there.items()}
        reached = [labels for labels in hits.values() if labels is not None]
        spent = [BUDGET if labels is None else labels for labels in hits.values()]
        assert at(row, target)[key] == {
            "mean": close(mean(reached)),
            "median": float(np.median(reached)) if reached else None,
            "reached": len(reached),
            "share_reached": close(len(reached) / len(hits)),
            "censored": len(hits) - len(reached),
            "per_seed": [hits.get(seed) for seed in SEEDS],
            "mean_at_least": close(mean(spent)) if reached else None,
            "median_at_least": float(np.median(spent)) if reached else None,
        }
    assert row[key] == at(row, TARGETS[0])[key]


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_saved(document: dict[str, Any], target: float) -> None:
    """Over seeds that both have, runs that never got there at the budget; adjusted among the strategies, not the references."""
    found: dict[str, dict[str, Any]] = {}
    p_values: dict[str, float] = {}
    errors: dict[str, tuple[float, float, int]] = {}
    for name in NAMES:
        pairs = [(curve, curves("random")[seed]) for seed, curve in curves(name).items() if seed in curves("random")]
        hits = [(hit(ours, target, 3), hit(theirs, target, 3)) for ours, theirs in pairs]
        ours, theirs = (np.array([BUDGET if one is None else one for one in side]) for side in zip(*hits, strict=True))
        alone, alone_random = (sum(pair[one] is not None and pair[1 - one] is None for pair in hits) for one in (0, 1))
        expected = {
            "estimate": None,
            "censored": sum(one is None for one, _ in hits),
            "censored_random": sum(other is None for _, other in hits),
            "reached_alone": alone,
            "reached_alone_random": alone_random,
            "p_value_reached": close(
                stats.binomtest(alone, max(1, alone + alone_random)).pvalue if alone + alone_random else 1
            ),
        }
        if any(one is not None or other is not None for one, other in hits):
            ratio = ours.mean() / theirs.mean()
            expected["estimate"] = close(1 - ratio)
            error = float(np.std(ours / ours.mean() - theirs / theirs.mean(), ddof=1)) / math.sqrt(len(hits))
            errors[name] = ratio, error, len(hits) - 1
            p_values[name] = float(2 * stats.t.sf(abs(math.log(ratio)) / error, len(hits) - 1)) if error else 1.0
        found[name] = expected
    family = {name: p for name, p in p_values.items() if name in ("margin", "entropy", SLOW)}
    among = p_values | adjusted(family)
    assert len(family) > 1
    assert any(among[name] != p for name, p in family.items())
    for name, expected in found.items():
        said = at(rows_of(document)[name], target)["saved_vs_random"]
        assert {key: said[key] for key in expected} == expected, name
        assert (said["p_value"], said["p_value_holm"]) == (close(p_values.get(name)), close(among.get(name))), name
        if name not in errors:
            assert (said["ci95"], said["ci_holm"]) == (None, None)
            continue
        ratio, error, freedom = errors[name]
        times = among[name] / p_values[name] if 0 < among[name] < 1 else len(family) if name in family else 1
        for key, level in (("ci95", 0.95), ("ci_holm", 1 - 0.04 / times)):
            reach = math.exp(stats.t.ppf((1 + level) / 2, freedom) * error)
            assert said[key] == [close(1 - ratio * reach), close(1 - ratio / reach)], (name, key)


def test_areas_and_their_tests(document: dict[str, Any]) -> None:
    areas = {
        name: {seed: float(trapezoid(share, LABELS)) / (BUDGET - 20) for seed, share in accuracies(name).items()}
        for name in NAMES
    }
    p_values, effects = {}, {}
    for name in NAMES[1:]:
        both = [seed for seed in areas[name] if seed in areas["random"]]
        # In ninetieths times twenty labels these are whole numbers, so that equal ones are equal.
        gaps = np.array([round(90 * 16 * (areas[name][seed] - areas["random"][seed])) for seed in both])
        p_values[name] = float(stats.wilcoxon(gaps).pvalue)
        ranks = stats.rankdata(np.abs(gaps[gaps != 0]))
        effects[name] = float((ranks * np.sign(gaps[gaps != 0])).sum() / ranks.sum())
    among = adjusted(p_values)
    assert any(among[name] != p for name, p in p_values.items())
    whole = [seed for seed in SEEDS if all(seed in areas[name] for name in NAMES)]
    places = [stats.rankdata([-round(90 * 16 * areas[name][seed]) for name in NAMES]) for seed in whole]
    ranks_of = dict(zip(NAMES, np.mean(places, axis=0).tolist(), strict=True))
    assert document["ranked_seeds"] == len(whole) == len(SEEDS) - 4
    for name, row in rows_of(document).items():
        said = row["aulc"]
        assert said["per_seed"] == [close(areas[name].get(seed)) for seed in SEEDS]
        assert said["mean"] == close(mean(list(areas[name].values())))
        assert said["p_value"] == close(p_values.get(name))
        assert said["p_value_holm"] == close(among.get(name))
        assert said["effect_size"] == close(effects.get(name))
        low, high = said["ci95"]
        assert low < said["mean"] < high
        assert row["mean_rank"] == close(ranks_of[name])
        halves = []
        for share in accuracies(name).values():  # nine points: the fifth is the middle
            early, late = float(trapezoid(share[:5], LABELS[:5])), float(trapezoid(share[4:], LABELS[4:]))
            halves.append((early / 40, late / 40))
        assert (row["early_aulc"]["mean"], row["late_aulc"]["mean"]) == tuple(map(close, np.mean(halves, axis=0).tolist()))


def test_curves_ends_times_and_who_is_there(document: dict[str, Any]) -> None:
    for name, row in rows_of(document).items():
        shares = np.array(list(accuracies(name).values()))
        middle = {
            "labels": list(LABELS),
            "accuracy": shares.mean(axis=0),
            "median": np.median(shares, axis=0),
            "lower_quartile": np.quantile(shares, 0.25, axis=0),
            "upper_quartile": np.quantile(shares, 0.75, axis=0),
        }
        assert row["curve"].keys() == middle.keys()
        for key, values in middle.items():
            np.testing.assert_allclose(row["curve"][key], values, rtol=1e-12)
        last = {seed: float(share[-1]) for seed, share in accuracies(name).items()}
        assert row["final_accuracy"] == {
            "mean": close(mean(list(last.values()))),
            "per_seed": [last.get(seed) for seed in SEEDS],
        }
        cells = [CELLS[name, seed] for seed in SEEDS if (name, seed) in CELLS]
        rounds, fit, query = (sum(getattr(cell, key) for cell in cells) for key in ("rounds", "fit_seconds", "query_seconds"))
        assert row["seconds_per_round"] == close((fit + query) / rounds)
        assert (row["fit_seconds_per_round"], row["query_seconds_per_round"]) == (close(fit / rounds), close(query / rounds))
        assert row["seeds_finished"] == len(curves(name))
        errors = {str(seed): error for (who, seed), error in GONE.items() if who == name and error is not None}
        assert row.get("errors", {}) == errors


def test_areas_between_random_and_everything_known(document: dict[str, Any]) -> None:
    ceiling = round(90 * 0.97) / 90
    for name, row in rows_of(document).items():
        both = [seed for seed in curves(name) if seed in curves("random")]
        ours = np.mean([accuracies(name)[seed] for seed in both], axis=0)
        theirs = np.mean([accuracies("random")[seed] for seed in both], axis=0)
        area, base = (float(trapezoid(share, LABELS)) / (BUDGET - 20) for share in (ours, theirs))
        assert row["naulc"] == close((area - base) / (ceiling - base))
        assert row["deficiency"] == close((ceiling - area) / (ceiling - base))
        there = [labels for labels, share in zip(LABELS, ours.tolist(), strict=True) if share >= theirs[-1]]
        needed = [labels for labels, share in zip(LABELS, theirs.tolist(), strict=True) if share >= theirs[-1]]
        assert row["data_utilisation_rate"] == (close(there[0] / needed[0]) if there else None)


def test_references_and_similarity(document: dict[str, Any]) -> None:
    references = document["references"]
    assert (references["baseline"], references["control"]) == ("random", "random#2")
    share = round(90 * 0.97) / 90
    everything = {"mean": close(share), "per_seed": [share] * len(SEEDS), "seeds_finished": len(SEEDS)}
    assert references["accuracy_all_labels"] == everything
    oracle, shares = references["greedy_oracle"], accuracies(ORACLE)
    assert (oracle["seeds_finished"], oracle["errors"]) == (len(SEEDS) - 1, {"8": "dark"})
    area = np.mean([float(trapezoid(share, LABELS)) / (BUDGET - 20) for share in shares.values()])
    assert oracle["aulc"]["mean"] == close(area)
    assert oracle["final_accuracy"]["mean"] == close(np.mean([share[-1] for share in shares.values()]))
    np.testing.assert_allclose(oracle["curve"]["accuracy"], np.mean(list(shares.values()), axis=0), rtol=1e-12)
    for target, said in zip(TARGETS, oracle["labels_to_target"], strict=True):
        hits = {seed: hit(curve, target, 1) for seed, curve in curves(ORACLE).items()}
        assert (said["target"], said["per_seed"]) == (target, [hits.get(seed) for seed in SEEDS])
        assert said["censored"] == list(hits.values()).count(None)
        assert said["share_reached"] == close(1 - said["censored"] / len(hits))
    assert len(document["similarity"]) == math.comb(len(NAMES), 2)
    for said, (one, other) in zip(document["similarity"], itertools.combinations(NAMES, 2), strict=True):
        assert said["strategies"] == [one, other]
        values = []
        for seed in SEEDS:
            if seed in curves(one) and seed in curves(other):
                mine, theirs = ({item for batch in CELLS[name, seed].picks for item in batch} for name in (one, other))
                values.append(len(mine & theirs) / len(mine | theirs))
        assert said["jaccard"] == close(mean(values))


def test_what_was_asked(document: dict[str, Any]) -> None:
    protocol = document["protocol"]
    assert {key: protocol[key] for key in ("dataset", "learner", "seeds", "batch", "budget", "target", "targets")} == {
        "dataset": "digits",
        "learner": "logistic",
        "seeds": list(SEEDS),
        "batch": BATCH,
        "budget": BUDGET,
        "target": RESULT.spec.target,
        "targets": list(TARGETS),
    }
    assert (protocol["initial"], protocol["pool"], protocol["test"]) == (20, 1237, 540)
    assert (protocol["initial_method"], protocol["least_saving"]) == (RESULT.spec.initial, RESULT.least_saving)
    intervals = document["intervals"]
    assert (intervals["level"], intervals["resamples"]) == (0.95, 300)
    assert "BCa" in intervals["method"]
    assert "Student" in intervals["saved"]
