"""How a comparison is asked for on the command line."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from al_core.comparison.documents import Comparison
from al_core.comparison.plan import PlanOptions
from al_core.data.facts import comes_with
from al_core.race.view import OWN
from al_core.task.options import options_of
from al_core.task.spec import TaskSpec


def command_of(parts: Sequence[Comparison]) -> str:
    """The command that computes these comparisons anew; of files of one's own, in the folder where they have their name.

    A comment of the shell, which says why, where no command does.
    """
    protocols = [part.protocol for part in parts]
    first, references = protocols[0], parts[0].references
    datasets = list(dict.fromkeys(protocol.dataset for protocol in protocols))
    learners = list(dict.fromkeys(protocol.learner for protocol in protocols))
    several = len(datasets) > 1
    own = {part.data.name: part.data for part in parts if part.data is not None and part.data.own}
    unsaid = [name for name in datasets if not comes_with(name) and (name not in own or own[name].own != "files")]
    if unsaid:
        kind = "files with such a name" if unsaid[0] in own and own[unsaid[0]].own == "unnamed" else "data that a script gave"
        return f"# no command has {kind}: {', '.join(unsaid)}"
    if own:
        words = ["al-tui", "bench", *(f"./{name}" if name in own else name for name in datasets)]
        words += [word for name, value in next(iter(own.values())).read_with for word in (f"--{name}", value)]
    else:
        words = ["al-tui", "bench", "--datasets" if several else "--dataset", ",".join(datasets)]
    words += ["--learners" if len(learners) > 1 else "--learner", ",".join(learners)]
    words += ["--strategies", ",".join(dict.fromkeys(row.name.removeprefix(OWN) for row in parts[0].strategies))]
    budget = max(protocol.budget for protocol in protocols)
    rows = {row.name: row for kind in (TaskSpec, PlanOptions) for row in options_of(kind)}
    words += rows["seed"].words(first.seeds[0]) + rows["seeds"].words(first.planned)
    words += rows["batch"].words(first.batch) + rows["budget"].words(budget) + rows["target"].words(first.target)
    words += [word for level in first.targets[1:2] for word in rows["second_target"].words(level)]
    if first.planned > 1 and None in (references.baseline, references.control):
        words += rows["references"].words(False)
    words += rows["oracle"].words(references.greedy_oracle is not None)
    if first.initial_method != rows["initial"].default:
        words += rows["initial"].words(first.initial_method)
    if first.least_saving not in (None, rows["least_saving"].default):
        words += rows["least_saving"].words(first.least_saving)
    for name, value in first.further.items():
        words += rows[name].words(value) if name in rows else []
    return shlex.join(words)
