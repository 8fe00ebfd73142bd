"""Expected error reduction: ask for the label after which the retrained model is expected to err least on the pool.

With 0/1 loss the error of a model at an item is 1 − max_y P(y|x); with log loss it is the entropy −Σ_y P log P. Nobody knows
the label of the candidate yet, so its error is averaged over the current P(y|x).

On a Gaussian field retraining is a rank-one update: a label y at candidate k moves the field at item i to
f_i + (e_y − f_k) g_ik with g_ik = cov(i, k) / var(k). Beyond 5,000 items the field lives on anchors, and so does the error that
is expected: of every anchor, by how many items hang on it. For any other learner it is done by retraining.
"""

from __future__ import annotations

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.parameters import Parameter
from al_core.learners.anchor_graph import AnchoredCovariance
from al_core.learners.gaussian_field import GaussianField
from al_core.learners.model import Model
from al_core.strategies.parts.field_errors import lessons_of, with_label
from al_core.strategies.parts.numbers import MOST_TERMS, Asked, number, weighted_words
from al_core.strategies.registry import Choice, Numbers, QueryContext, strategy


def _errors_of(context: QueryContext, asked: Asked, *, loss: str = "zero_one", tries: int = 20) -> Numbers | None:
    model = context.model
    if isinstance(model, GaussianField) and isinstance(model.prior, AnchoredCovariance):
        return None  # what hangs on a thousand anchors is no formula that one reads
    if isinstance(model, GaussianField) and model.graph.positions(context.candidates)[1].all():
        p, errors = _field_errors_of(context, model, asked, loss)
    elif context.refit is not None:
        p = context.probabilities[asked.at]
        rows = np.append(context.labelled, context.candidates[asked.at])
        order = np.argsort(rows)
        models = [context.refit(rows[order], np.append(context.labels, label)[order]) for label in range(len(p))]
        errors = np.array([_error(one, context.candidates, asked.at, loss) for one in models])
    else:
        return None
    likely = np.argsort(-p, kind="stable")[:MOST_TERMS].tolist()
    lines = (f"if it is {{{label}}}, the error on the pool is expected to be {number(errors[label])}" for label in likely)
    return Numbers(weighted_words(p, errors), tuple(lines))


def _field_errors_of(context: QueryContext, model: GaussianField, asked: Asked, loss: str) -> tuple[FloatArray, FloatArray]:
    """What the field believes of the item, and its mean error once it has each label, both of shape (n_classes,)."""
    from scipy.special import entr

    f, covariance = model.field(context.candidates), model.covariance(context.candidates, context.candidates)
    for at in asked.before:
        f, covariance = with_label(f, covariance, float(covariance[at, at]), at, at)
    p, response = f[asked.at], covariance[asked.at] / covariance[asked.at, asked.at]
    after = [f + np.outer(response, label - p) for label in np.eye(f.shape[1])]
    each = [1.0 - one.max(axis=1) if loss == "zero_one" else entr(np.clip(one, 0.0, None)).sum(axis=1) for one in after]
    return p, np.array([errors.mean() for errors in each])


@strategy(
    "expected_error_reduction",
    family="expected error",
    formula="Σ_y P(y|x) · mean_i [1 − max_c P⁺⁽ˣʸ⁾(c|xᵢ)], or the entropy of P⁺⁽ˣʸ⁾ with loss=log",
    source="Roy & McCallum 2001; on the Gaussian field Zhu, Lafferty & Ghahramani 2003",
    cost="Gaussian field: O(n²·(C + labels)), on anchors O(n·anchors·C); other learners: C fits for each tried candidate",
    why="With its label the model is expected to be wrong on {score:.1%} of the pool, the least of all that were tried.",
    parameters={
        "loss": Parameter("what counts as error of the retrained model", choices=("zero_one", "log")),
        "tries": Parameter("random candidates to try where trying all is out of reach; a Gaussian field tries all", low=1),
    },
    numbers=_errors_of,
)
def expected_error_reduction(context: QueryContext, k: int, *, loss: str = "zero_one", tries: int = 20) -> Choice:
    """Smallest expected error on the pool after learning the candidate's label.

    A batch is chosen one by one: each pick is given its most probable label before the next is chosen, so that a batch does not
    ask for the same news twice. Scores are the expected error at the time of the pick.
    """
    model, n = context.model, len(context.candidates)
    if not isinstance(model, GaussianField) or not model.graph.positions(context.candidates)[1].all():
        return _by_retraining(context, _sample(context, max(k, tries)), k, loss)
    tried = np.arange(n) if model.prior is not None else _sample(context, max(k, tries))
    return _on_field(context, model, tried, k, loss)


def _sample(context: QueryContext, size: int) -> IntArray:
    n = len(context.candidates)
    return np.sort(context.rng.choice(n, size=min(n, size), replace=False))


def _on_field(context: QueryContext, model: GaussianField, tried: IntArray, k: int, loss: str) -> Choice:
    lessons = lessons_of(model, context.candidates, tried)
    eligible = np.ones(len(tried), dtype=bool)
    picks, scores = np.empty(k, dtype=np.int64), np.empty(k)
    for position in range(k):
        errors = lessons.errors(eligible, loss)
        best = int(_smallest(np.where(eligible, errors, np.inf), 1, context.rng)[0])
        picks[position], scores[position] = tried[best], max(errors[best], 0.0)  # at an anchor the field may be above 1
        if position + 1 < k:
            lessons.learn(best, eligible)
        eligible[best] = False
    return Choice(picks, scores, np.arange(1, k + 1))


def _by_retraining(context: QueryContext, tried: IntArray, k: int, loss: str) -> Choice:
    if context.refit is None:
        raise ValueError("it needs to retrain the learner, and this context has none to retrain")
    errors = np.zeros(len(tried))
    for position, index in enumerate(tried):
        rows = np.append(context.labelled, context.candidates[index])
        order = np.argsort(rows)
        for label in np.flatnonzero(context.probabilities[index]):
            model = context.refit(rows[order], np.append(context.labels, label)[order])
            errors[position] += context.probabilities[index, label] * _error(model, context.candidates, int(index), loss)
    best = _smallest(errors, k, context.rng)
    return Choice(tried[best], errors[best], 1 + np.searchsorted(errors[best], errors[best]))


def _smallest(errors: FloatArray, k: int, rng: np.random.Generator) -> IntArray:
    """Positions of the ``k`` smallest, smallest first, ties in random order."""
    return np.lexsort((rng.random(len(errors)), errors))[:k]


def _error(model: Model, candidates: IntArray, known: int, loss: str) -> float:
    """Mean error of a retrained model over the pool; the candidate whose label it has learnt has none."""
    from scipy.special import entr

    p = model.probabilities(candidates)
    if not np.isfinite(p).all():
        raise ValueError("the retrained learner gave probabilities that are no numbers")
    errors = 1.0 - p.max(axis=1) if loss == "zero_one" else entr(p).sum(axis=1)
    errors[known] = 0.0
    return float(errors.sum() / len(candidates))
