"""Learners by name: parameters, votes, imported classifiers, and what is said about a name that cannot be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from al_core.ground.calls import imports_code
from al_core.ground.errors import UserError
from al_core.learners.estimator import EstimatorModel
from al_core.learners.model import Training
from al_core.learners.registry import learner, learners, resolve_learner
from al_core.learners.vote import VoteModel


def training() -> Training:
    X = np.random.default_rng(0).normal(size=(30, 4))
    rows = np.arange(12)
    return Training(X, rows, rows % 3, 3, np.arange(12, 30), ("test",), {})


def test_lists_all_learners() -> None:
    names = [found.name for found in learners()]
    expected = ["auto", "gaussian_field", "knn", "logistic", "mlp", "naive_bayes", "random_forest", "soft_vote", "stack", "svm"]
    assert names == expected
    assert all(found.summary and found.source for found in learners())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("knnn", "no learner 'knnn'; did you mean 'knn'?"),
        ("knn(n=3)", "no parameter of knn 'n'; there are: k"),
        ("knn(k=0)", "knn: k is 0; it must be at least 1"),
        ("knn(k=2.5)", "knn: k is 2.5; give a whole number"),
        ("knn(3)", "knn: write parameters as knn(key=value)"),
        ("svm(kernel=round)", "no kernel of svm 'round'; there are: linear, poly, rbf"),
        ("svm(C=1e999)", "svm: C is inf; it must be finite"),
        ("logistic(C=2)", "logistic takes no parameters, but C was given"),
        ("soft_vote", "soft_vote is made of other learners; write soft_vote(a,b), e.g. soft_vote(logistic,knn)"),
        ("soft_vote(knn,svn)", "no learner 'svn'; did you mean 'svm'?"),
        ("soft_vote(logistic,knn(k=-1))", "knn: k is -1; it must be at least 1"),
        ("sklearn.svm:", "cannot read the learner 'sklearn.svm:'; write module:factory"),
        ("no.such.module:X", "learner 'no.such.module:X': cannot import no.such.module: ModuleNotFoundError"),
        ("sklearn.svm:SVX", "the module sklearn.svm has nothing to call named 'SVX'"),
        ("sklearn.svm:SVC(c=1)", "sklearn.svm:SVC raised TypeError"),
        ("sklearn.svm:SVR", "gives SVR, no classifier"),
        ("collections:OrderedDict", "gives OrderedDict, no classifier"),
    ],
)
def test_says_what_is_wrong_with_a_name(text: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        resolve_learner(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["svm(C=2.5,kernel=linear)", "soft_vote(gaussian_field(neighbours=5),knn(k=3))", "soft_vote(knn,'sklearn.svm:SVC(C=2)')"],
)
def test_a_name_can_be_read_back(text: str) -> None:
    found = resolve_learner(text)
    assert str(found) == text
    assert str(resolve_learner(str(found))) == text


def test_whole_numbers_are_taken_for_numbers() -> None:
    assert str(resolve_learner("svm(C=3)")) == "svm(C=3.0)"


def test_parameters_reach_the_classifier() -> None:
    model = resolve_learner("svm(C=3,kernel=linear)").fit(training())
    assert isinstance(model, EstimatorModel)
    assert model.estimator.estimator.get_params()["C"] == 3.0
    assert model.estimator.estimator.get_params()["kernel"] == "linear"
    imported = resolve_learner("sklearn.neighbors:KNeighborsClassifier(n_neighbors=2)").fit(training())
    assert isinstance(imported, EstimatorModel)
    assert imported.estimator.n_neighbors == 2


def test_a_learner_describes_exactly_its_parameters() -> None:
    with pytest.raises(TypeError, match="describe exactly"):

        @learner("undescribed", summary="", source="")
        def undescribed(training: Training, *, size: int = 3) -> EstimatorModel:
            raise NotImplementedError


def test_a_vote_is_the_mean_of_its_members() -> None:
    rows = np.arange(30)
    model = resolve_learner("soft_vote(gaussian_field,logistic,knn(k=3))").fit(training())
    members = [resolve_learner(text).fit(training()).probabilities(rows) for text in ("gaussian_field", "logistic", "knn(k=3)")]
    np.testing.assert_allclose(model.probabilities(rows), np.mean(members, axis=0), atol=1e-12)


def test_two_forests_of_a_vote_are_different() -> None:
    model = resolve_learner("soft_vote(random_forest(trees=3),random_forest(trees=3))").fit(training())
    assert isinstance(model, VoteModel)
    first, second = (member.probabilities(np.arange(30)) for member in model.members)
    assert (first != second).any()


@pytest.mark.parametrize(
    "text", ["random_forest(trees=3)", "mlp(hidden=5)", "sklearn.ensemble:ExtraTreesClassifier(n_estimators=3)"]
)
def test_randomness_comes_from_the_seed(text: str) -> None:
    rows = np.arange(30)
    found = resolve_learner(text)
    first = found.fit(training()).probabilities(rows)
    other = found.fit(replace(training(), seed=("other",))).probabilities(rows)
    assert (first != other).any()


def test_knows_which_names_import_code() -> None:
    assert imports_code("soft_vote(knn,'os:system')")
    assert not imports_code("soft_vote(knn,svm(C=2))")
