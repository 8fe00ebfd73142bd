"""Several learners as one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.learners.model import Model, Training
from al_core.learners.registry import learner, resolve_learner


@dataclass(frozen=True, eq=False)
class VoteModel:
    """The mean of the members' probabilities; the class with the largest mean is the prediction."""

    members: tuple[Model, ...]

    def predict(self, rows: IntArray) -> IntArray:
        return np.asarray(self.probabilities(rows).argmax(axis=1), dtype=np.int64)

    def probabilities(self, rows: IntArray) -> FloatArray:
        return np.asarray(sum(member.probabilities(rows) for member in self.members) / len(self.members))


@dataclass(frozen=True, eq=False)
class OwnModel:
    """What the person's own model says."""

    told: FloatArray

    def predict(self, rows: IntArray) -> IntArray:
        return np.asarray(self.told[rows].argmax(axis=1), dtype=np.int64)

    def probabilities(self, rows: IntArray) -> FloatArray:
        return np.asarray(self.told[rows])


@learner(
    "soft_vote",
    summary="Mean of the members' probabilities, e.g. soft_vote(gaussian_field,random_forest)",
    source="soft voting; members may be semi-supervised, and what a model of your own says is one more",
    labelled_only=True,
)
def soft_vote(training: Training, *members: str) -> Model:
    # Each member draws from a stream of its own, so that two equal forests in one vote are two different forests.
    alone = replace(training, predictions=None)  # what the person's own model says is heard once, however votes are nested
    trainings = [replace(alone, seed=(*training.seed, "member", position)) for position in range(len(members))]
    fitted = tuple(resolve_learner(name).fit(own) for name, own in zip(members, trainings, strict=True))
    own = () if training.predictions is None else (OwnModel(training.predictions),)
    return VoteModel((*fitted, *own))
