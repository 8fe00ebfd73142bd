"""Between a plan and the results store: what is known already, and what was asked. Used by the bench and by the dashboard."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from al_core.comparison.cell import Cell
from al_core.comparison.identity import Identity, identify
from al_core.comparison.plan import Plan, Question
from al_core.comparison.store import ResultsStore
from al_core.ground.versions import Versions, versions


def identify_all(questions: Sequence[Question]) -> list[Identity]:
    """The identities of questions, in their order. Loads the data: a screen lets a worker do it."""
    return [identify(*question) for question in questions]


def find_cells(store: ResultsStore, questions: Sequence[tuple[int, Question]], keys: Sequence[str]) -> dict[int, Cell]:
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
    mine = _asked(plan, plugins=False)
    for _, _, document in reversed(store.benches()):
        if {name: value for name, value in document.items() if name not in ("keys", "failed")} == mine:
            return [str(key) for key in document["keys"]]
    return None


def remember(store: ResultsStore, plan: Plan, identities: Sequence[Identity] | None = None) -> dict[Versions, int]:
    """Note in ``store`` what is asked, so that a report can be made of it.

    Returns
    -------
    How many of the cells were computed by other versions only, by version: they stay where they are and are not used.
    """
    asked = identify_all(plan.questions) if identities is None else identities
    remember_failed(store, plan, asked, {})
    return store.other_versions(asked)


def remember_failed(store: ResultsStore, plan: Plan, identities: Sequence[Identity], errors: Mapping[int, str]) -> None:
    """Note in ``store`` which cells of what was asked failed, by place, and why: the cells themselves are not kept."""
    plugins = any(identity.plugins for identity in identities)
    document = {**_asked(plan, plugins=plugins), "keys": [identity.key for identity in identities]}
    failed = {"failed": {identities[index].key: error for index, error in errors.items()}} if errors else {}
    store.record_bench({**document, **failed})


def renew(store: ResultsStore, plan: Plan, keys: Sequence[str]) -> None:
    """Note in ``store`` that what `recalled_keys` found is asked once more, so that it is the latest bench."""
    store.record_bench({**_asked(plan, plugins=False), "keys": list(keys)})


def _asked(plan: Plan, *, plugins: bool) -> dict[str, Any]:
    """What is asked, as it comes back from a store."""
    document: dict[str, Any] = json.loads(json.dumps({**asdict(plan), "versions": asdict(versions()), "plugins": plugins}))
    return document
