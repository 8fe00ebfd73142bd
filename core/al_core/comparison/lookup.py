"""Between a plan and the results store: what is known already, and what was asked. Used by the bench and by the dashboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from al_core.comparison.asked import Asked
from al_core.comparison.cell import Cell
from al_core.comparison.identity import Identity, identify
from al_core.comparison.plan import Plan, Question
from al_core.comparison.store import ResultsStore, within
from al_core.data.facts import comes_with, describe_dataset
from al_core.ground.versions import Versions, versions


def identify_all(questions: Sequence[Question]) -> list[Identity]:
    """The identities of questions, in their order, where they are computed: whoever is not, submits this to an executor."""
    return [identify(*question) for question in questions]


def find_cells(
    store: ResultsStore, questions: Sequence[tuple[int, Question]], keys: Sequence[str], software: Versions
) -> dict[int, Cell]:
    """The cells of ``questions``, given with their places in ``keys``, that the store has; ``software`` is what computed them.

    Raises
    ------
    UserError
        What stands under a key answers another question.
    """
    found = store.find([keys[index] for index, _ in questions], software)
    cells = {}
    for index, (spec, strategy) in questions:
        if (kept := found.get(keys[index])) is not None:
            own = not comes_with(spec.dataset)
            name = spec.dataset if own else kept.spec.dataset  # the same data may have been called otherwise
            # The target is that of this question.
            cells[index] = replace(kept, spec=replace(kept.spec, target=spec.target, dataset=name))
            fits = not own or within(kept, describe_dataset(name).rows)
            if (cells[index].spec, kept.strategy) != (spec, strategy) or not fits:
                raise store.damaged(f"cell {keys[index]} answers another question than it was kept for")
    return cells


def cells_of(store: ResultsStore, asked: Asked) -> dict[int, Cell]:
    """The finished cells of a bench, by their place among its questions.

    Raises
    ------
    UserError
        Nobody can have asked that, or cells are not where they must be.
    """
    questions = asked.plan.questions
    found = find_cells(store, list(enumerate(questions)), asked.keys, asked.versions)
    if len(found) < len(questions) and not (asked.plugins or asked.arithmetic):
        # An older program noted neither what its keys hung on nor a checksum: a run that finished must not vanish with its key.
        missing = {question for index, question in enumerate(questions) if index not in found}
        for cell, software in store.all_but(asked.keys):
            same = ((replace(cell.spec, target=spec.target), cell.strategy) for spec in asked.specs)
            if software == asked.versions and not missing.isdisjoint(same):
                raise store.damaged(f"a run of {cell.strategy} on seed {cell.seed} is not under the key that was asked for")
    return found


def recalled(store: ResultsStore, plan: Plan, machine: str) -> Asked | None:
    """What was asked before, if it is this, of the same software on the same machine; None when keys must be made anew.

    Keys hang on the data, which only a worker loads, on versions, and on how the machine adds. As long as no plug-in is
    involved, the versions of this program and of scikit-learn, which brings the data, say all there is to say about the data.
    """
    mine = Asked.of(plan, versions(), (), machine=machine)
    for bench in reversed(store.benches()):
        asked: Asked = bench.asked
        if machine and replace(asked, keys=(), failed={}, arithmetic="") == mine and len(asked.keys) == plan.cells:
            return asked
    return None


def remember(store: ResultsStore, plan: Plan, identities: Sequence[Identity], machine: str) -> dict[Versions, int]:
    """Note in ``store`` what is asked, so that a report can be made of it; ``machine`` is a mark of the one that computes.

    Returns
    -------
    How many of the cells were computed by other versions or on other machines only, by version: they stay where they are and
    are not used.
    """
    remember_failed(store, plan, identities, machine, {})
    return store.other_versions(identities)


def remember_failed(
    store: ResultsStore, plan: Plan, identities: Sequence[Identity], machine: str, errors: Mapping[int, str]
) -> None:
    """Note in ``store`` which cells of what was asked failed, by place, and why: the cells themselves are not kept."""
    asked = Asked.of(
        plan,
        identities[0].versions,
        [identity.key for identity in identities],
        plugins=any(identity.plugins for identity in identities),
        failed={identities[index].key: error for index, error in errors.items()},
        arithmetic=identities[0].arithmetic,
        machine=machine,
    )
    store.record_bench(asked)


def apart(count: int, other: Versions) -> str:
    """What to say of cells that are in the store and not used."""
    if other == versions():
        return f"{count} cells computed on another kind of processor are kept apart and computed anew here"
    return f"{count} cells computed by {other} are kept apart and computed anew by this version"


def renew(store: ResultsStore, asked: Asked) -> None:
    """Note in ``store`` that what was `recalled` is asked once more, so that it is the latest bench."""
    store.record_bench(replace(asked, failed={}))
