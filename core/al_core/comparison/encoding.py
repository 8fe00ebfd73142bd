"""The JSON of a comparison: the one place that spells its keys. Free of numerics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from al_core.comparison.command import command_of
from al_core.comparison.documents import (
    Across,
    AllLabels,
    Areas,
    AtTarget,
    Comparison,
    Cost,
    Curves,
    DataSource,
    Document,
    Hits,
    Intervals,
    Oracle,
    PerSeed,
    Presence,
    Protocol,
    References,
    Saved,
    Similarity,
    StrategyRow,
)
from al_core.measures.estimates import Estimate, FriedmanResult
from al_core.run.state import PersonsAnswers

Json = dict[str, Any]

FORMAT = "al-tui comparison 2"
"""What a document is, and which version of its format; 1, without this field, was that of al-tui 0.1."""


def to_json(document: Document) -> Json:
    """One comparison is a document of its own; several stand under ``"comparisons"``, with ``"across"`` beside them."""
    parts = [comparison_json(part) for part in document.comparisons]
    if len(parts) == 1:
        return parts[0]
    head = {"format": FORMAT, "version": document.version, "command": command_of(document.comparisons)}
    return {**head, "comparisons": parts, "across": [_across(entry) for entry in document.across]}


def from_json(value: Mapping[str, Any]) -> Document:
    """The document that `to_json` wrote, also by an earlier version of this program.

    Raises
    ------
    KeyError, TypeError, ValueError, AttributeError
        It is no such document.
    """
    parts = value.get("comparisons") or [value]
    across = tuple(_read_across(entry) for entry in value.get("across", ()))
    return Document(str(value.get("version", "")), tuple(_read_comparison(part) for part in parts), across)


def opened(found: Document | Comparison | Mapping[str, Any]) -> Document:
    """The same as a document; JSON is read, for whoever has nothing else, in a notebook."""
    if isinstance(found, Comparison):
        return Document(found.version, (found,))
    return found if isinstance(found, Document) else from_json(found)


def comparison_json(one: Comparison) -> Json:
    """The document of one data set and one learner."""
    references = one.references
    document: Json = {
        "format": FORMAT,
        "version": one.version,
        "command": command_of([one]),
        "data": None if one.data is None else asdict(one.data),
        "protocol": asdict(one.protocol) | {"seeds": list(one.protocol.seeds), "targets": list(one.protocol.targets)},
        "strategies": [_row(row) for row in one.strategies],
        "ranked_seeds": one.ranked_seeds,
        "references": {
            "baseline": references.baseline,
            "control": references.control,
            "accuracy_all_labels": _per_seed(references.all_labels.accuracy) | _presence(references.all_labels.presence),
            "greedy_oracle": None if references.greedy_oracle is None else _oracle(references.greedy_oracle),
        },
        "similarity": [{"strategies": list(pair.strategies), "jaccard": pair.jaccard} for pair in one.similarity],
    }
    intervals = {} if one.intervals is None else {"intervals": asdict(one.intervals)}
    return document | intervals | {"versions": dict(one.versions), "conclusion": one.conclusion}


def _row(row: StrategyRow) -> Json:
    areas = row.aulc
    return {
        "name": row.name,
        **{name: value for name, value in _at(row.headline).items() if name != "target"},
        "targets": [_at(place) for place in row.targets],
        "aulc": {
            "mean": areas.mean.value,
            "per_seed": list(areas.per_seed),
            "ci95": _bounds(areas.mean),
            "p_value": areas.p_value,
            "p_value_holm": areas.p_value_holm,
            "effect_size": areas.effect_size,
        },
        "early_aulc": {"mean": row.early_aulc},
        "late_aulc": {"mean": row.late_aulc},
        "final_accuracy": _per_seed(row.final_accuracy),
        "curve": _curves(row.curve),
        "seconds_per_round": row.seconds.total,
        "fit_seconds_per_round": row.seconds.fit,
        "query_seconds_per_round": row.seconds.query,
        "naulc": row.naulc,
        "deficiency": row.deficiency,
        "data_utilisation_rate": row.data_utilisation_rate,
        **_presence(row.presence),
        "mean_rank": row.mean_rank,
        "verdict": row.verdict,
        "verdict_words": row.verdict_words,
        **({} if row.person is None else {"by_person": row.person._asdict()}),
    }


def _at(place: AtTarget) -> Json:
    saved = place.saved
    return {
        "target": place.target,
        "labels_to_target": _hits(place.first),
        "labels_to_target_held": _hits(place.held),
        "saved_vs_random": {
            "estimate": saved.share.value,
            "ci95": _bounds(saved.share),
            "censored": saved.censored,
            "censored_random": saved.censored_random,
            "p_value": saved.p_value,
            "p_value_holm": saved.p_value_holm,
            "ci_holm": _bounds(saved.adjusted),
            "reached_alone": saved.alone,
            "reached_alone_random": saved.alone_random,
            "p_value_reached": saved.p_value_reached,
        },
    }


def _hits(hits: Hits) -> Json:
    return asdict(hits) | {"per_seed": list(hits.per_seed)}


def _curves(curves: Curves) -> Json:
    return {name: list(values) for name, values in asdict(curves).items()}


def _per_seed(values: PerSeed) -> Json:
    return {"mean": values.mean, "per_seed": list(values.values)}


def _presence(presence: Presence) -> Json:
    errors = {str(seed): error for seed, error in presence.errors.items()}
    return {"seeds_finished": presence.finished, **({"errors": errors} if errors else {})}


def _oracle(oracle: Oracle) -> Json:
    return {
        **_presence(oracle.presence),
        "labels_to_target": [{"target": target, **_hits(hits)} for target, hits in oracle.targets],
        "aulc": {"mean": oracle.aulc},
        "final_accuracy": {"mean": oracle.final_accuracy},
        "curve": _curves(oracle.curve),
    }


def _across(entry: Across) -> Json:
    lists = {name: list(scores) for name, scores in entry.mean_aulc.items()}
    partial = {dataset: list(names) for dataset, names in entry.partial.items()}
    found = None if entry.friedman is None else asdict(entry.friedman)
    fields = {name: getattr(entry, name) for name in ("learner", "datasets", "seeds")} | {"datasets": list(entry.datasets)}
    return fields | {"mean_aulc": lists, "partial": partial, "friedman": found, "conclusion": entry.conclusion}


def _bounds(estimate: Estimate) -> list[float] | None:
    return None if estimate.bounds is None else list(estimate.bounds)


# Reading


def _read_comparison(value: Mapping[str, Any]) -> Comparison:
    protocol, references = value["protocol"], value["references"]
    planned, oracle = len(protocol["seeds"]), references["greedy_oracle"]
    every = references["accuracy_all_labels"]
    return Comparison(
        version=str(value.get("version", "")),
        protocol=Protocol(**{name: _frozen(entry) for name, entry in protocol.items() if name in Protocol.__slots__}),
        strategies=tuple(_read_row(row, planned) for row in value["strategies"]),
        ranked_seeds=value.get("ranked_seeds", planned),
        references=References(
            references["baseline"],
            references["control"],
            AllLabels(_read_per_seed(every), _read_presence(every, planned)),
            None if oracle is None else _read_oracle(oracle, planned),
        ),
        similarity=tuple(_read_similarity(entry) for entry in value.get("similarity", ())),
        intervals=Intervals(**value["intervals"]) if "intervals" in value else None,
        versions={str(name): str(version) for name, version in value["versions"].items()},
        conclusion=str(value["conclusion"]),
        data=DataSource(**value["data"]) if value.get("data") else None,
    )


def _read_row(row: Mapping[str, Any], planned: int) -> StrategyRow:
    areas = row["aulc"]
    return StrategyRow(
        name=str(row["name"]),
        targets=tuple(_read_at(place) for place in row["targets"]),
        aulc=Areas(
            _estimate(areas["mean"], areas["ci95"]),
            tuple(areas["per_seed"]),
            areas["p_value"],
            areas["p_value_holm"],
            areas["effect_size"],
        ),
        early_aulc=row["early_aulc"]["mean"],
        late_aulc=row["late_aulc"]["mean"],
        final_accuracy=_read_per_seed(row["final_accuracy"]),
        curve=_read_curves(row["curve"]),
        seconds=Cost(row["seconds_per_round"], row["fit_seconds_per_round"], row["query_seconds_per_round"]),
        naulc=row["naulc"],
        deficiency=row["deficiency"],
        data_utilisation_rate=row["data_utilisation_rate"],
        presence=_read_presence(row, planned),
        mean_rank=row["mean_rank"],
        verdict=row["verdict"],
        verdict_words=str(row["verdict_words"]),
        person=PersonsAnswers(**row["by_person"]) if "by_person" in row else None,
    )


def _read_at(place: Mapping[str, Any]) -> AtTarget:
    saved = place["saved_vs_random"]
    share = _estimate(saved["estimate"], saved["ci95"])
    return AtTarget(
        place["target"],
        _read_hits(place["labels_to_target"]),
        _read_hits(place["labels_to_target_held"]),
        Saved(
            share,
            saved["censored"],
            saved["censored_random"],
            saved.get("p_value"),
            saved.get("p_value_holm"),
            _estimate(share.value, saved.get("ci_holm")),
            saved.get("reached_alone"),
            saved.get("reached_alone_random"),
            saved.get("p_value_reached"),
        ),
    )


def _read_hits(hits: Mapping[str, Any]) -> Hits:
    return Hits(**{name: _frozen(value) for name, value in hits.items() if name in Hits.__slots__})


def _read_curves(curves: Mapping[str, Any]) -> Curves:
    return Curves(**{name: tuple(curves[name]) for name in Curves.__slots__})


def _read_per_seed(value: Mapping[str, Any]) -> PerSeed:
    return PerSeed(value["mean"], tuple(value["per_seed"]))


def _read_presence(value: Mapping[str, Any], planned: int) -> Presence:
    errors = {int(seed): str(error) for seed, error in value.get("errors", {}).items()}
    return Presence(value.get("seeds_finished", planned), errors)


def _read_oracle(value: Mapping[str, Any], planned: int) -> Oracle:
    return Oracle(
        _read_presence(value, planned),
        tuple((entry["target"], _read_hits(entry)) for entry in value["labels_to_target"]),
        value["aulc"]["mean"],
        value["final_accuracy"]["mean"],
        _read_curves(value["curve"]),
    )


def _read_similarity(entry: Mapping[str, Any]) -> Similarity:
    first, second = entry["strategies"]
    return Similarity((first, second), entry["jaccard"])


def _read_across(entry: Mapping[str, Any]) -> Across:
    found = entry["friedman"]
    return Across(
        learner=str(entry["learner"]),
        datasets=tuple(entry["datasets"]),
        seeds=entry["seeds"],
        mean_aulc={name: tuple(scores) for name, scores in entry["mean_aulc"].items()},
        partial={dataset: tuple(names) for dataset, names in entry["partial"].items()},
        friedman=None if found is None else FriedmanResult(**found | {"groups": tuple(map(tuple, found["groups"]))}),
        conclusion=str(entry["conclusion"]),
    )


def _estimate(value: float | None, bounds: Sequence[float] | None) -> Estimate:
    return Estimate(value, *(bounds or ()))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
