"""What strategies save against random: each alone, and as a family of which all are tried."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from al_core.comparison.documents import NONE, Saved
from al_core.comparison.verdicts import mcnemar
from al_core.measures import statistics as tests

Hits = Sequence[int | None]


def savings(pairs: Mapping[str, tuple[Hits, Hits]], budget: int, family: Collection[str]) -> dict[str, Saved]:
    """The saving of every strategy against random.

    Parameters
    ----------
    pairs : by strategy, its labels to the target and those of random, on the same seeds; None where it was not reached.
    budget : what a run that did not reach the target counts as.
    family : strategies whose p-values and intervals are adjusted together, by Holm's procedure, because whoever tries many
        finds something; any other stands for itself.
    """
    found = {name: _saving(ours, theirs, budget) for name, (ours, theirs) in pairs.items()}
    p_values = {name: p for name, saving in found.items() if saving is not None and (p := saving.p_value) is not None}
    members = {name: p for name, p in p_values.items() if name in family}
    adjusted = p_values | tests.holm(members)
    levels = {
        name: tests.family_level(p_values[name], p, len(members) if name in members else 1) for name, p in adjusted.items()
    }
    saved = {}
    for name, (ours, theirs) in pairs.items():
        saving = found[name]
        alone = sum(a is not None and b is None for a, b in zip(ours, theirs, strict=True))
        alone_random = sum(a is None and b is not None for a, b in zip(ours, theirs, strict=True))
        saved[name] = Saved(
            NONE if saving is None else saving.interval(),
            ours.count(None),
            theirs.count(None),
            p_value=p_values.get(name),
            p_value_holm=adjusted.get(name),
            adjusted=NONE if saving is None else saving.interval(levels.get(name, tests.LEVEL)),
            alone=alone,
            alone_random=alone_random,
            p_value_reached=mcnemar(alone, alone_random),
        )
    return saved


def _saving(ours: Hits, theirs: Hits, budget: int) -> tests.Saving | None:
    """None where neither ever reached the target: then there is nothing to compare."""
    if ours.count(None) == len(ours) == theirs.count(None):
        return None
    return tests.saving(tests.restricted(ours, budget), tests.restricted(theirs, budget))
