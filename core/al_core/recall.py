"""Between a plan and the results store: what is known already, and what was asked. Used by the bench and by the dashboard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace

from al_core.cells import Cell
from al_core.planning import Plan, Question
from al_core.results import Identity, ResultsStore, identify
from al_core.versions import Versions, versions


def identify_all(questions: Sequence[Question]) -> list[Identity]:
    """The identities of questions, in their order. Loads the data: a screen lets a worker do it."""
    return [identify(*question) for question in questions]


def known(store: ResultsStore, questions: Sequence[tuple[int, Question]], keys: Sequence[str]) -> dict[int, Cell]:
    """The cells of ``questions``, given with their places in ``keys``, that the store has."""
    kept = store.find([keys[index] for index, _ in questions])
    return {
        index: replace(kept[keys[index]], spec=spec)  # the target of this question, not of the first one
        for index, (spec, _) in questions
        if keys[index] in kept
    }


def recalled_keys(store: ResultsStore, plan: Plan) -> list[str] | None:
    """The keys of a plan's questions, if the same software has been asked the same before; None when they must be made anew.

    Keys hang on the data, which only a worker loads, and on versions. As long as no plug-in is involved, the versions of this
    program and of scikit-learn, which brings the data, say all there is to say about them.
    """
    mine = json.loads(json.dumps({**asdict(plan), "versions": asdict(versions()), "plugins": False}))
    for _, _, document in reversed(store.benches()):
        if {name: value for name, value in document.items() if name != "keys"} == mine:
            return [str(key) for key in document["keys"]]
    return None


def remember(store: ResultsStore, plan: Plan, identities: Sequence[Identity] | None = None) -> dict[Versions, int]:
    """Note in ``store`` what is asked, so that a report can be made of it.

    Returns
    -------
    How many of the cells were computed by other versions only, by version: they stay where they are and are not used.
    """
    asked = identify_all(plan.questions) if identities is None else identities
    keys = [identity.key for identity in asked]
    plugins = any(identity.plugins for identity in asked)
    store.record_bench({**asdict(plan), "versions": asdict(asked[0].versions), "plugins": plugins, "keys": keys})
    return store.other_versions(asked)
