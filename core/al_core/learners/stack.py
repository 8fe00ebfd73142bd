"""Several learners as one, each believed as far as it knew the labels before it learnt them.

The mix is Σₖ wₖ pₖ(y|x), and the weights maximise Σᵢ log Σₖ wₖ p₋ᵢₖ(yᵢ|xᵢ), where p₋ᵢₖ is what member k says of label i without
having learnt its fold: stacking of predictive distributions (Yao, Vehtari, Simpson & Gelman 2018). While there are few labels a
weak Dirichlet prior keeps the weights near each other. Members are first made as sure as they are right, by the same evidence:
otherwise one that leads with the right class, but by little, would have no voice.

A label that is the only one of its class nobody could have known, so it is no such evidence. It is a reason, though, to believe
those that go by more than labels, a semi-supervised member or the person's own model: one example of a class says little to a
learner that looks at nothing else. Until the class has a second label, the prior leans towards them by one label's worth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.parameters import Parameter
from al_core.learners.held_out import folds_of, held_out
from al_core.learners.model import Model, Training
from al_core.learners.registry import learner, resolve_learner
from al_core.learners.voices import Voice
from al_core.learners.vote import OwnModel
from al_core.measures.calibration import chosen_temperature, tempered

AUTO = ("gaussian_field", "logistic", "random_forest", "svm")
"""Members of `auto`: labels that spread, a line, boxes, and distances to the border."""
PRIOR = 2.0
"""Labels' worth of belief, over all members together, that all are equally right."""
ALONE = 1.0
"""Labels' worth of belief in the members that go by more than labels, for every label that is the only one of its class."""
PATIENCE = 1.0
"""How much a member's own probabilities weigh against the labels, when it is made as sure as it is right."""
OWN = "your own model"
"""What the person's own model is called among the members."""
_STEPS = 1000
_SETTLED = 1e-9


@dataclass(frozen=True, eq=False)
class StackModel:
    """The weighted mean of the members' tempered probabilities; the class with the largest mean is the prediction.

    Parameters
    ----------
    members : fitted, in the order of their voices.
    voices : what each has to say.
    spoken : for each member an int array, the classes that it speaks of.
    """

    members: tuple[Model, ...]
    voices: tuple[Voice, ...]
    spoken: tuple[IntArray, ...]

    def predict(self, rows: IntArray) -> IntArray:
        return np.asarray(self.probabilities(rows).argmax(axis=1), dtype=np.int64)

    def probabilities(self, rows: IntArray) -> FloatArray:
        told = (
            voice.weight * _tempered(member.probabilities(rows), spoken, voice.temperature)
            for member, voice, spoken in zip(self.members, self.voices, self.spoken, strict=True)
        )
        return np.asarray(sum(told))


def _tempered(probabilities: FloatArray, spoken: IntArray, temperature: float) -> FloatArray:
    """Probabilities at a temperature; classes that are not spoken of stay at 0."""
    full = np.zeros_like(probabilities)
    full[:, spoken] = tempered(probabilities[:, spoken], temperature)
    return full


@learner(
    "stack",
    summary="Mean of the members, weighted by how well each knew labels before it learnt them, e.g. stack(gaussian_field,svm)",
    source="stacking of predictive distributions: Yao, Vehtari, Simpson & Gelman 2018",
    parameters={"folds": Parameter("parts of the labels, each told by what was learnt from the others", low=2, high=1000)},
    labelled_only=True,
)
def stack(training: Training, *members: str, folds: int = 10) -> Model:
    unheard = replace(training, predictions=None)  # what the person's own model says is heard once, as one more member
    fold = folds_of(training, min(folds, max(2, len(training.rows))))
    fitted, told, spoken, ahead = list[Model](), list[FloatArray](), [training.seen[0]] * len(members), list[bool]()
    for position, name in enumerate(members):
        own = replace(unheard, seed=(*training.seed, "member", position))
        resolved = resolve_learner(name)
        fitted.append(resolved.fit(own))
        told.append(held_out(resolved, fitted[-1], own, fold))
        ahead.append(resolved.semi_supervised)
    names = list(members)
    if training.predictions is not None:
        fitted.append(OwnModel(training.predictions))
        told.append(np.asarray(training.predictions[training.rows]))
        spoken.append(np.arange(training.n_classes))
        names.append(OWN)
        ahead.append(True)
    return StackModel(tuple(fitted), voices_of(names, told, spoken, ahead, training.labels, fold), tuple(spoken))


@learner(
    "auto",
    summary=f"stack({','.join(AUTO)}): finds its own mix",
    source="stacking of predictive distributions: Yao, Vehtari, Simpson & Gelman 2018",
    semi_supervised=True,
)
def auto(training: Training) -> Model:
    return stack(training, *AUTO)


def voices_of(
    names: list[str],
    told: list[FloatArray],
    spoken: list[IntArray],
    ahead: list[bool],
    labels: IntArray,
    folds: IntArray,
) -> tuple[Voice, ...]:
    """Weight and temperature of every member, by what each said of labels that it had not learnt.

    A label that is the only one of its class nobody could know: it counts for the members that go by more than labels.

    Parameters
    ----------
    names : of the members.
    told : for each member a float array, shape (m, n_classes), NaN where it said nothing.
    spoken : for each member an int array, the classes that it speaks of.
    ahead : for each member whether it goes by more than labels.
    labels, folds : int arrays, shape (m,).
    """
    elsewhere = np.array([np.any((labels == label) & (folds != fold)) for label, fold in zip(labels, folds, strict=True)])
    heard = elsewhere & np.all([np.isfinite(said).all(axis=1) for said in told], axis=0)
    truth = labels[heard]
    rows, likelihood, found = np.arange(len(truth)), np.empty((len(told), len(truth))), []
    for position, (said, classes) in enumerate(zip(told, spoken, strict=True)):
        heat = chosen_temperature(said[np.ix_(heard, classes)], np.searchsorted(classes, truth), patience=PATIENCE)
        likelihood[position] = _tempered(said[heard], classes, heat)[rows, truth]
        found.append((heat, int((said[heard].argmax(axis=1) == truth).sum())))
    lone = int((~elsewhere).sum()) if any(ahead) else 0
    prior = PRIOR / len(names) + (ALONE * lone * np.array(ahead) / sum(ahead) if lone else np.zeros(len(names)))
    weights = stacked(likelihood, prior).tolist()
    return tuple(
        Voice(name, weight, heat, right, len(truth), lone if more else 0)
        for name, weight, more, (heat, right) in zip(names, weights, ahead, found, strict=True)
    )


def stacked(likelihood: FloatArray, prior: FloatArray) -> FloatArray:
    """The weights, shape (members,), at which Σᵢ log Σₖ wₖ likelihoodₖᵢ + Σₖ priorₖ log wₖ is largest.

    Expectation maximisation: the objective is concave, and every step raises it. Without labels they are as the prior.

    Parameters
    ----------
    likelihood : float array, shape (members, labels), above 0: what each member gave to what is true.
    prior : float array, shape (members,), above 0: labels' worth of belief in each.
    """
    count, labels = likelihood.shape
    weights = np.full(count, 1.0 / count)
    for _ in range(_STEPS):
        shares = weights[:, None] * likelihood
        shares /= shares.sum(axis=0)
        new = (shares.sum(axis=1) + prior) / (labels + prior.sum())
        settled = np.abs(new - weights).max() < _SETTLED
        weights = new
        if settled:
            break
    return weights
