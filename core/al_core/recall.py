"""Between a plan and the results store: what is known already, and what was asked. Used by the bench and by the dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from al_core.cells import Cell
from al_core.planning import Plan, Question
from al_core.results import Identity, ResultsStore, identify
from al_core.versions import Versions


def identify_all(questions: Sequence[Question]) -> list[Identity]:
    """The identities of questions, in their order. Loads the data: a screen lets a worker do it."""
    return [identify(*question) for question in questions]


def known(store: ResultsStore, questions: Sequence[tuple[int, Question]], identities: Sequence[Identity]) -> dict[int, Cell]:
    """The cells of ``questions``, given with their places in ``identities``, that the store has."""
    kept = store.find([identities[index].key for index, _ in questions])
    return {
        index: replace(kept[key], spec=spec)  # the target of this question, not of the first one
        for index, (spec, _) in questions
        if (key := identities[index].key) in kept
    }


def remember(store: ResultsStore, plan: Plan, identities: Sequence[Identity] | None = None) -> dict[Versions, int]:
    """Note in ``store`` what is asked, so that a report can be made of it.

    Returns
    -------
    How many of the cells were computed by other versions only, by version: they stay where they are and are not used.
    """
    asked = identify_all(plan.questions) if identities is None else identities
    software = {"versions": asdict(asked[0].versions), "keys": [identity.key for identity in asked]}
    store.record_bench({**asdict(plan), **software})
    return store.other_versions(asked)
