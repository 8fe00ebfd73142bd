"""How a comparison is asked for on the command line."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from al_core.comparison.documents import Comparison
from al_core.task.spec import LEAST_SAVING, TaskSpec


def command_of(parts: Sequence[Comparison]) -> str:
    """The command that computes these comparisons anew."""
    protocols = [part.protocol for part in parts]
    first, references = protocols[0], parts[0].references
    datasets = list(dict.fromkeys(protocol.dataset for protocol in protocols))
    learners = list(dict.fromkeys(protocol.learner for protocol in protocols))
    several = len(datasets) > 1
    words = ["al-tui", "bench", "--datasets" if several else "--dataset", ",".join(datasets)]
    words += ["--learners" if len(learners) > 1 else "--learner", ",".join(learners)]
    words += ["--strategies", ",".join(row.name for row in parts[0].strategies)]
    words += ["--seed", str(first.seeds[0]), "--seeds", str(first.planned), "--batch", str(first.batch)]
    words += ["--budget", str(max(protocol.budget for protocol in protocols)), "--target", f"{first.target:g}"]
    words += [word for level in first.targets[1:2] for word in ("--second-target", f"{level:g}")]
    if first.planned > 1 and None in (references.baseline, references.control):
        words.append("--no-references")
    words += ["--oracle"] if references.greedy_oracle is not None else []
    if first.initial_method != TaskSpec().initial:
        words += ["--initial", first.initial_method]
    if first.least_saving not in (None, LEAST_SAVING):
        words += ["--least-saving", f"{first.least_saving:g}"]
    return shlex.join(words)
