"""Whether the hint that few items are wrong may be believed: what models claim while labelling, beside what is true.

    python benchmarks/hints.py [--sessions 3] [--only digits,wine] [--learners logistic,knn] [--out FILE]

Sessions are labelled from ground truth, round by round, by the worker's own function. A round claims when the model expects to
be wrong on at most 2 % of the unlabelled items; whether the hint is given hangs on the check (`al_core.labelling.folds`). The
truth is the share of the unlabelled items that the same model gets wrong. Goes on where it was stopped: a line of the file is
one session. Writes results/hints.md and .json.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from al_core.compute.one_thread import one_thread
from al_core.labelling import model as worker
from al_core.labelling import opening
from al_core.labelling.messages import ModelRequest
from al_core.measures.stopping import ERROR_BOUND
from al_core.run.warm_up import warm_up
from al_core.task.spec import TaskSpec

LEARNERS = (
    "gaussian_field",
    "knn",
    "logistic",
    "mlp",
    "naive_bayes",
    "random_forest",
    "soft_vote(logistic,naive_bayes)",
    "svm",
)
SETS = {"digits": (10, 400), "wine": (4, 100), "breast_cancer": (8, 240)}
"""By set: the batch, and labels at the end."""
STRATEGIES = ("margin", "random")
FILE = Path(__file__).parent / "bank" / "hints.jsonl"
WRONG = 0.04


def session(dataset: str, learner: str, strategy: str, seed: int) -> list[tuple[float, bool, float]]:
    """By round: the expected error, whether the check was passed, and the share of the unlabelled items that is wrong."""
    batch, budget = SETS[dataset]
    spec = TaskSpec(dataset, learner, seed, batch, initial="typical")
    items = opening.open_items(spec)
    given = {items.ids[row]: items.truth[row] for row in items.start}
    rounds = []
    while len(given) <= budget:
        request = ModelRequest(spec, strategy, tuple(given.items()), (), len(given))
        reply = worker.model_round(request)
        if reply.expected_error is None:
            break
        wrong = 0.0
        if reply.expected_error <= ERROR_BOUND:
            wrong = share_wrong(request)
        claims = reply.expected_error is not None and reply.expected_error <= ERROR_BOUND
        rounds.append((reply.expected_error, claims and worker.claim_holds(request), wrong))
        given |= {items.ids[pick.row]: items.truth[pick.row] for pick in reply.picks}
    return rounds


def share_wrong(request: ModelRequest) -> float:
    """Share of the unlabelled items that the model of ``request`` gets wrong."""
    task = opening.label_task(request.spec)
    given = worker._known(task, request)
    guess = worker._fit(task, given).predict(given.candidates)
    return float(np.mean(guess != task.dataset.y[given.candidates]))


def read(path: Path) -> dict[tuple[str, str, str, int], list[tuple[float, bool, float]]]:
    """The sessions that are there."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            *key, rounds = json.loads(line)
        except ValueError:
            continue  # half a line, from a kill
        found[tuple(key)] = rounds
    return found


def fill(path: Path, sessions: int, sets: list[str], learners: list[str]) -> None:
    """Play what is not there."""
    warm_up()
    path.parent.mkdir(parents=True, exist_ok=True)
    known = read(path)
    for seed in range(sessions):
        for key in ((name, learner, strategy, seed) for learner in learners for name in sets for strategy in STRATEGIES):
            if key not in known:
                with one_thread():
                    line = json.dumps([*key, session(*key)])
                with path.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")


def main() -> None:
    """Play, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=3)
    parser.add_argument("--only", default=",".join(SETS))
    parser.add_argument("--learners", default=";".join(LEARNERS), help="separated by ;")
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--no-fill", action="store_true")
    options = parser.parse_args()
    if not options.no_fill:
        fill(options.out, options.sessions, options.only.split(","), options.learners.split(";"))
    rows = []
    total = [0, 0, 0, 0]
    found = read(options.out)
    for learner in LEARNERS:
        for name in SETS:
            rounds = [entry for key, played in found.items() if key[:2] == (name, learner) for entry in played]
            if not rounds:
                continue
            claims = [entry for entry in rounds if entry[0] <= ERROR_BOUND]
            hints = [entry for entry in claims if entry[1]]
            bad, told = (sum(wrong > WRONG for *_, wrong in entries) for entries in (claims, hints))
            total = [a + b for a, b in zip(total, (len(claims), bad, len(hints), told), strict=True)]
            note = f"{len(rounds)} rounds, {len(claims)} claims ({bad} wrong by more), {len(hints)} hints"
            rows.append((f"{name}, {learner}: hints above {WRONG:.0%} in truth", told / max(1, len(hints)), "≤ 0.05", note))
    claims, bad, hints, told = total
    note = f"{hints} hints of {claims} claims; of all claims {bad / max(1, claims):.0%} were wrong by more"
    from report import write

    write("hints", [(f"of rounds that hint at ≤ 2 %, above {WRONG:.0%} in truth", told / max(1, hints), "≤ 0.05", note), *rows])


if __name__ == "__main__":
    main()
