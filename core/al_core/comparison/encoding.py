"""The JSON of a comparison: the one place that spells its keys. Free of numerics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from al_core.comparison.command import command_of
from al_core.comparison.documents import (
    Across,
    AtTarget,
    Comparison,
    Curves,
    DataSource,
    Document,
    Hits,
    Oracle,
    PerSeed,
    Presence,
    Protocol,
    StrategyRow,
)
from al_core.comparison.soundness import problem_of
from al_core.ground.records import Reader, Unreadable
from al_core.ground.safe_text import safe_text
from al_core.measures.estimates import Estimate
from al_core.task.options import late_options
from al_core.task.spec import TaskSpec

Json = dict[str, Any]
_DOCUMENTS = Reader(Document, exact=False)

FORMAT = "al-tui comparison 2"
"""What a document is, and which version of its format; 1, without this field, was that of al-tui 0.1."""


def to_json(document: Document) -> Json:
    """One comparison is a document of its own; several stand under ``"comparisons"``, with ``"across"`` beside them."""
    parts = [comparison_json(part) for part in document.comparisons]
    if len(parts) == 1:
        return parts[0]
    head = {"format": FORMAT, "version": document.version, "command": command_of(document.comparisons)}
    return {**head, "comparisons": parts, "across": [_across(entry) for entry in document.across]}


def from_json(value: Any) -> Document:
    """The document that `to_json` wrote, also by an earlier version of this program; every value in it is checked.

    Raises
    ------
    Unreadable
        It is no such document; the message says where it is not.
    """
    try:
        shaped = _read_document(value)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise Unreadable(f"cannot be read: {type(error).__name__} {safe_text(str(error), 100)}") from None
    document = _DOCUMENTS.take(shaped)
    if problem := problem_of(document):
        raise Unreadable(f"cannot be right: {problem}")
    return document


def opened(found: Document | Comparison | Mapping[str, Any]) -> Document:
    """The same as a document; JSON is read, for whoever has nothing else, in a notebook."""
    if isinstance(found, Comparison):
        return Document(found.version, (found,))
    return found if isinstance(found, Document) else from_json(found)


def _data(source: DataSource) -> Json:
    """Where every item has a label, how many there are is not said; nor is anything of own data where it is none."""
    left_out = (() if source.unlabelled else ("items", "unlabelled")) + (() if source.groups else ("groups",))
    left_out += () if source.own else ("own", "read_with")
    return {name: value for name, value in asdict(source).items() if name not in left_out}


def comparison_json(one: Comparison) -> Json:
    """The document of one data set and one learner."""
    references = one.references
    document: Json = {
        "format": FORMAT,
        "version": one.version,
        "command": command_of([one]),
        "data": None if one.data is None else _data(one.data),
        "protocol": protocol_json(one.protocol),
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


def protocol_json(protocol: Protocol) -> Json:
    """The protocol alone; options that came later stand beside those of the beginning, where they say something."""
    values: Json = asdict(protocol) | {"seeds": list(protocol.seeds), "targets": list(protocol.targets)}
    further: Json = values.pop("further")
    return values | further


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


# Reading: the same values in the shape of the records, which then are made of them and checked by their types


def _read_document(value: Json) -> Json:
    parts = value.get("comparisons") or [value]
    across = [_read_across(entry) for entry in value.get("across", ())]
    return {"version": value.get("version", ""), "comparisons": [_read_comparison(part) for part in parts], "across": across}


def _read_comparison(value: Json) -> Json:
    references = value["references"]
    planned, oracle = len(value["protocol"]["seeds"]), references["greedy_oracle"]
    every = references["accuracy_all_labels"]
    return {
        "version": value.get("version", ""),
        "protocol": _read_protocol(value["protocol"]),
        "strategies": [_read_row(row, planned) for row in value["strategies"]],
        "ranked_seeds": value.get("ranked_seeds", planned),
        "references": {
            "baseline": references["baseline"],
            "control": references["control"],
            "all_labels": {"accuracy": _read_per_seed(every), "presence": _read_presence(every, planned)},
            "greedy_oracle": None if oracle is None else _read_oracle(oracle, planned),
        },
        "similarity": value.get("similarity", ()),
        "intervals": value.get("intervals"),
        "versions": value["versions"],
        "conclusion": value["conclusion"],
        "data": value.get("data"),
    }


def _read_protocol(value: Json) -> Json:
    late = late_options(TaskSpec)
    named = {name: entry for name, entry in value.items() if name in Protocol.__slots__ and name != "further"}
    return named | {"further": {name: entry for name, entry in value.items() if name in late}}


def _read_row(row: Json, planned: int) -> Json:
    areas = row["aulc"]
    tests = {name: areas[name] for name in ("p_value", "p_value_holm", "effect_size")}
    alike = ("name", "curve", "naulc", "deficiency", "data_utilisation_rate", "mean_rank", "verdict", "verdict_words")
    return {name: row[name] for name in alike} | {
        "targets": [_read_at(place) for place in row["targets"]],
        "aulc": {"mean": _estimate(areas["mean"], areas["ci95"]), "per_seed": areas["per_seed"], **tests},
        "early_aulc": row["early_aulc"]["mean"],
        "late_aulc": row["late_aulc"]["mean"],
        "final_accuracy": _read_per_seed(row["final_accuracy"]),
        "seconds": {
            "total": row["seconds_per_round"],
            "fit": row["fit_seconds_per_round"],
            "query": row["query_seconds_per_round"],
        },
        "presence": _read_presence(row, planned),
        "person": row.get("by_person"),
    }


def _read_at(place: Json) -> Json:
    saved = place["saved_vs_random"]
    share = saved["estimate"]
    return {
        "target": place["target"],
        "first": place["labels_to_target"],
        "held": place["labels_to_target_held"],
        "saved": {
            "share": _estimate(share, saved["ci95"]),
            "censored": saved["censored"],
            "censored_random": saved["censored_random"],
            "p_value": saved.get("p_value"),
            "p_value_holm": saved.get("p_value_holm"),
            "adjusted": _estimate(share, saved.get("ci_holm")),
            "alone": saved.get("reached_alone"),
            "alone_random": saved.get("reached_alone_random"),
            "p_value_reached": saved.get("p_value_reached"),
        },
    }


def _read_per_seed(value: Json) -> Json:
    return {"mean": value["mean"], "values": value["per_seed"]}


def _read_presence(value: Json, planned: int) -> Json:
    errors = {int(seed): error for seed, error in value.get("errors", {}).items()}
    return {"finished": value.get("seeds_finished", planned), "errors": errors}


def _read_oracle(value: Json, planned: int) -> Json:
    return {
        "presence": _read_presence(value, planned),
        "targets": [(entry["target"], entry) for entry in value["labels_to_target"]],
        "aulc": value["aulc"]["mean"],
        "final_accuracy": value["final_accuracy"]["mean"],
        "curve": value["curve"],
    }


def _read_across(entry: Json) -> Json:
    return {field.name: entry[field.name] for field in fields(Across)}


def _estimate(value: Any, bounds: Any) -> Json:
    low, high = (None, None) if bounds is None else bounds
    return {"value": value, "low": low, "high": high}
