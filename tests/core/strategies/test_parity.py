"""Picks and scores against independent implementations: scikit-activeml where it has the strategy, else the plain formula."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from peers import peer
from scipy.special import rel_entr, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import pairwise_distances
from sklearn.mixture import GaussianMixture

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.readers.bundled import load_digits
from al_core.learners.linear_head import linear_head
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.strategies.cluster_margin import round_robin
from al_core.strategies.cover import pure_radius, typical_of_clusters
from al_core.strategies.gradient import GradientEmbedding, draw_proportional
from al_core.strategies.parts.clusters import linkage_clusters
from al_core.strategies.parts.committees import committee_members
from al_core.strategies.parts.neighbours import Distances
from al_core.strategies.registry import QueryContext, resolve_strategy

PEERS, CLASSIFIERS = peer("skactiveml.pool"), peer("skactiveml.classifier")
K = 10


def context_of(X: FloatArray, y: IntArray, labelled: IntArray, n_classes: int, seed: int = 0) -> QueryContext:
    training = Training(X, labelled, y[labelled], n_classes, np.arange(len(X)), (0,))
    return QueryContext(
        model=resolve_learner("logistic").fit(training),
        features=X,
        candidates=np.setdiff1d(np.arange(len(X)), labelled),
        labelled=labelled,
        labels=y[labelled],
        n_classes=n_classes,
        rng=np.random.default_rng(seed),
    )


def digits() -> QueryContext:
    data = load_digits()
    return context_of(data.X, data.y, np.sort(np.random.default_rng(5).permutation(1797)[:60]), 10)


def gaussians() -> QueryContext:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(700, 12)) + 3 * rng.normal(size=(6, 12))[np.arange(700) % 6]
    return context_of(X, np.arange(700) % 6, np.arange(30), 6)


@pytest.fixture(params=[digits, gaussians], ids=["digits", "gaussians"])
def context(request: pytest.FixtureRequest) -> QueryContext:
    made: QueryContext = request.param()
    return made


def masked(context: QueryContext) -> FloatArray:
    """Labels as scikit-activeml wants them: NaN where there is none."""
    y = np.full(len(context.features), np.nan)
    y[context.labelled] = context.labels
    return y


def picks(context: QueryContext, name: str, k: int = K) -> list[int]:
    chosen = resolve_strategy(name).choose(context, k).indices
    return [int(row) for row in context.candidates[chosen]]


def predict_proba(context: QueryContext) -> FloatArray:
    head = linear_head(context.model)
    assert head is not None
    return np.asarray(softmax(context.X @ head.coef.T + head.intercept, axis=1))


def converged() -> LogisticRegression:
    """Scikit-learn's learner where it does not stop early: with its own tolerance, probabilities are 0.01 off."""
    return LogisticRegression(solver="newton-cg", tol=1e-9, max_iter=10_000)


@pytest.mark.parametrize(
    ("name", "method"), [("least_confidence", "least_confident"), ("margin", "margin_sampling"), ("entropy", "entropy")]
)
def test_uncertainty_picks_what_scikit_activeml_picks(context: QueryContext, name: str, method: str) -> None:
    peer = PEERS.UncertaintySampling(method=method, random_state=0)
    clf = CLASSIFIERS.SklearnClassifier(converged(), classes=list(range(context.n_classes)))
    theirs = peer.query(context.features, masked(context), clf=clf, batch_size=K)
    assert sorted(picks(context, name)) == sorted(theirs)


FORMULAS = {
    "least_confidence": lambda p: 1 - p.max(axis=1),
    "margin": lambda p: np.sort(p, axis=1)[:, -1] - np.sort(p, axis=1)[:, -2],
    "entropy": lambda p: -(p * np.log(p)).sum(axis=1),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_scores_from_logits_are_those_of_the_probabilities(context: QueryContext, name: str) -> None:
    scores = resolve_strategy(name).scores(context)
    np.testing.assert_allclose(scores, FORMULAS[name](predict_proba(context)), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("name", FORMULAS)
def test_two_classes_of_four_are_scored_as_four(name: str) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(50, 3)), np.arange(50) % 2 * 2
    made = context_of(X, y, np.arange(12), 4)
    p = made.probabilities
    assert p.shape == (38, 4)
    np.testing.assert_allclose(made.score_columns(np.array), p.T, rtol=1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = FORMULAS[name](p) if name != "entropy" else np.nansum(-p * np.log(p), axis=1)
    np.testing.assert_allclose(resolve_strategy(name).scores(made), expected, rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["margin", "entropy", "coreset", "badge", "expected_gradient_length"])
def test_a_read_only_memory_map_gives_the_same_picks(tmp_path: Path, name: str, dtype: Any) -> None:
    made = gaussians()
    X = made.features.astype(dtype)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    in_memory = replace(made, features=X.astype(np.float64))
    on_disk = replace(made, features=mapped, rng=np.random.default_rng(0), memo={}, round_memo={})
    assert picks(on_disk, name) == picks(in_memory, name)


def test_coreset_picks_what_scikit_activeml_picks() -> None:
    made = gaussians()
    assert picks(made, "coreset") == list(PEERS.CoreSet(random_state=0).query(made.features, masked(made), batch_size=K))


@pytest.mark.parametrize("labelled", [0, 1, 40, 300])
@pytest.mark.parametrize("kind", ["gaussian", "grid", "outliers"])
def test_lazy_coreset_picks_what_all_distances_pick(labelled: int, kind: str) -> None:
    rng = np.random.default_rng(labelled)
    X = rng.normal(size=(1500, 5))
    if kind == "outliers":
        X[rng.choice(1500, 40, replace=False)] *= 30
    elif kind == "grid":  # many distances tie exactly
        X = np.round(X)
    made = replace(
        context_of(X, np.arange(1500) % 3, np.arange(max(labelled, 6)), 3),
        candidates=np.arange(labelled, 1500),
        labelled=np.arange(labelled),
        labels=np.arange(labelled) % 3,
    )
    chosen = picks(made, "coreset", 25)
    assert len(set(chosen)) == 25
    centers = list(range(labelled)) or chosen[:1]
    for row in chosen[0 if labelled else 1 :]:
        nearest = pairwise_distances(X[labelled:], X[centers]).min(axis=1)
        assert nearest[row - labelled] == pytest.approx(nearest.max(), abs=1e-6)
        centers.append(row)


def test_every_coreset_pick_lies_farthest_from_all_before_it() -> None:
    made = digits()
    chosen = picks(made, "coreset")
    for position, row in enumerate(chosen):
        centers = np.concatenate([made.labelled, np.array(chosen[:position], dtype=int)])
        nearest = pairwise_distances(made.X, made.features[centers]).min(axis=1)
        assert nearest.max() == pytest.approx(pairwise_distances(made.features[[row]], made.features[centers]).min(), abs=1e-9)


def opinions(context: QueryContext, name: str = "mixed") -> FloatArray:
    """Members' probabilities, shape (M, n, C)."""
    return np.stack([member.probabilities(context.X).T for member in committee_members(context, name)])


def test_the_committee_is_the_published_one(context: QueryContext) -> None:
    names = [type(member.estimator).__name__ for member in committee_members(context, "mixed")]
    assert names == ["LogisticRegression", "DecisionTreeClassifier", "GaussianNB", "KNeighborsClassifier"]
    hard = [type(member.estimator).__name__ for member in committee_members(context, "hard")]
    assert hard == ["SVC", "SVC", "SVC", "SGDClassifier", "DecisionTreeClassifier", "GaussianNB", "KNeighborsClassifier"]
    assert committee_members(context, "mixed") is committee_members(context, "mixed")
    p = opinions(context)
    np.testing.assert_allclose(p.sum(axis=2), 1, rtol=1e-7)
    first = LogisticRegression(max_iter=1000).fit(context.features[context.labelled], context.labels)
    np.testing.assert_allclose(p[0], first.predict_proba(context.X), rtol=1e-9)


@pytest.mark.parametrize("committee", ["mixed", "forest", "hard"])
def test_vote_entropy_is_scikit_activemls(context: QueryContext, committee: str) -> None:
    scores = resolve_strategy(f"vote_entropy(committee={committee})").scores(context)
    votes = opinions(context, committee).argmax(axis=2).T
    np.testing.assert_allclose(scores, PEERS.vote_entropy(votes, np.arange(context.n_classes)), rtol=1e-9, atol=1e-12)


def test_disagreement_and_bald_are_scikit_activemls_divergence(context: QueryContext) -> None:
    p = opinions(context)
    disagreement, bald = (resolve_strategy(name).scores(context) for name in ("max_disagreement", "bald"))
    np.testing.assert_allclose(disagreement / 4, PEERS.average_kl_divergence(p.copy()), atol=5e-5)  # adds 1e-7 to p, in place
    exact = rel_entr(p, p.mean(axis=0)).sum(axis=2).sum(axis=0)
    np.testing.assert_allclose(disagreement, exact, rtol=1e-9)
    np.testing.assert_allclose(bald, exact / 4, rtol=1e-9, atol=1e-12)


def test_consensus_entropy_is_the_entropy_of_the_mean(context: QueryContext) -> None:
    mean = opinions(context).mean(axis=0)
    expected = -np.sum(mean * np.log(np.where(mean > 0, mean, 1)), axis=1)
    np.testing.assert_allclose(resolve_strategy("consensus_entropy").scores(context), expected, rtol=1e-9)


def test_expected_gradient_length_is_that_of_the_written_out_gradients(context: QueryContext) -> None:
    p = predict_proba(context)
    inputs = np.c_[context.X, np.ones(len(p))]
    expected = np.zeros(len(p))
    for label in range(context.n_classes):
        residual = p - np.eye(context.n_classes)[label]
        gradients = (residual[:, :, None] * inputs[:, None, :]).reshape(len(p), -1)
        expected += p[:, label] * np.linalg.norm(gradients, axis=1)
    np.testing.assert_allclose(resolve_strategy("expected_gradient_length").scores(context), expected, rtol=1e-9)


def test_badge_samples_by_the_distances_of_the_written_out_embedding(context: QueryContext) -> None:
    p = predict_proba(context)
    residual = p - np.eye(context.n_classes)[p.argmax(axis=1)]
    written = (residual[:, :, None] * context.X[:, None, :]).reshape(len(p), -1)
    embedding = GradientEmbedding(context)
    np.testing.assert_allclose(embedding.squared_norms, (written**2).sum(axis=1), rtol=1e-9)
    ours = theirs = np.full(len(p), np.inf)
    for center in (int(embedding.squared_norms.argmax()), 3, 77):
        ours = np.minimum(ours, embedding.squared_distances(center))
        theirs = np.minimum(theirs, ((written - written[center]) ** 2).sum(axis=1))
        np.testing.assert_allclose(ours / ours.sum(), theirs / theirs.sum(), rtol=0, atol=1e-9)
        np.testing.assert_allclose(ours, theirs, atol=1e-9 * theirs.max())


def test_badge_starts_at_the_largest_norm_and_draws_by_weight(context: QueryContext) -> None:
    norms = GradientEmbedding(context).squared_norms
    assert picks(context, "badge")[0] == context.candidates[norms.argmax()]
    weights, rng = np.array([0.0, 1.0, 0.0, 3.0, 0.0]), np.random.default_rng(0)
    drawn = np.bincount([draw_proportional(weights, weights < 0, rng) for _ in range(4000)], minlength=5)
    assert drawn[[0, 2, 4]].tolist() == [0, 0, 0]
    assert abs(drawn[3] - 3000) < 5 * np.sqrt(4000 * 0.25 * 0.75)


@dataclass(frozen=True)
class Undecided:
    """Gives every item the same probabilities."""

    p: FloatArray

    def predict(self, rows: IntArray) -> IntArray:
        return np.zeros(len(rows), dtype=np.int64)

    def probabilities(self, rows: IntArray) -> FloatArray:
        return np.tile(self.p, (len(rows), 1))


def test_badge_never_picks_twice_where_only_rounding_errors_are_left() -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        undecided = Undecided(rng.dirichlet(np.ones(3)))
        X = (1e5 * rng.normal(size=(2, 7)))[np.arange(40) % 2]
        made = replace(context_of(X, np.arange(40) % 2, np.arange(4), 3), model=undecided)
        assert len(set(picks(made, "badge", 30))) == 30


class Given:
    """A clustering that is known beforehand, in the shape scikit-activeml asks for."""

    def __init__(self, labels: Any = None, n_clusters: int = 0) -> None:
        self.labels = labels

    def fit_predict(self, X: FloatArray) -> Any:
        return self.labels


def test_typiclust_picks_what_scikit_activeml_picks_given_the_clustering() -> None:
    made = gaussians()
    made = replace(made, labelled=made.labelled[:6], labels=made.labels[:6], candidates=np.arange(6, 700))
    sizes = np.array([150, 120, 100, 90, 70, 50, 40, 30, 20, 12, 7, 5, 3, 2, 1])
    clusters = np.random.default_rng(0).permutation(np.repeat(np.arange(15), sizes))
    free = 15 - len(np.unique(clusters[:6]))
    peer = PEERS.TypiClust(
        cluster_algo=Given, cluster_algo_dict={"labels": clusters}, n_cluster_param_name="n_clusters", k=20, random_state=0
    )
    theirs = list(peer.query(made.features, masked(made), batch_size=free))
    ours = typical_of_clusters(made, clusters, free, 20)
    assert [int(row) for row in made.candidates[ours.indices]] == theirs


def test_typiclust_goes_on_to_the_least_labelled_clusters_when_none_is_free() -> None:
    made = gaussians()
    clusters = (np.arange(700) >= 400).astype(np.int64)
    ours = typical_of_clusters(made, clusters, 40, 20)
    rows = made.candidates[ours.indices]
    assert (rows[:30] >= 400).all(), "30 items of the first cluster are labelled, none of the second"
    assert np.count_nonzero(rows[30:] >= 400) == 5


@pytest.mark.parametrize("delta", [2.0, 3.5, 5.0])
def test_probcover_gains_are_scikit_activemls_at_every_step(delta: float) -> None:
    made = gaussians()
    choice = resolve_strategy(f"probcover(delta={delta})").choose(made, 20)
    assert choice.scores is not None
    y = masked(made)
    for index, gain in zip(choice.indices, choice.scores, strict=True):
        peer = PEERS.ProbCover(deltas=[delta], random_state=0)
        _, utilities = peer.query(made.features, y, batch_size=1, return_utilities=True)
        row = made.candidates[index]
        assert utilities[0][row] == np.nanmax(utilities[0]) == gain
        y[row] = 0


@pytest.mark.parametrize("labelled", [0, 30])
def test_herding_without_weights_picks_what_scikit_activemls_maxherding_picks(context: QueryContext, labelled: int) -> None:
    made = replace(context, labelled=context.labelled[:labelled], labels=context.labels[:labelled])
    made = replace(made, candidates=np.setdiff1d(np.arange(len(made.features)), made.labelled))
    squared = np.sort(pairwise_distances(made.features) ** 2, axis=1)[:, 1:21]
    peer = PEERS.MaxHerding(normalize_samples=False, metric_dict={"gamma": 1 / (2 * np.median(squared))}, random_state=0)
    theirs = [int(row) for row in peer.query(made.features, masked(made), batch_size=K)]
    assert picks(made, f"herding(weight=none,neighbors={len(made.features)})") == theirs


@pytest.mark.parametrize("purity", [0.5, 0.9, 0.95, 1.0])
def test_the_radius_of_probcover_is_the_largest_that_is_pure_enough(purity: float) -> None:
    X = gaussians().features
    clusters = GaussianMixture(4, random_state=0).fit_predict(X)
    radius = pure_radius(Distances(X), clusters, purity)
    foreign = np.where(clusters[:, None] != clusters, pairwise_distances(X), np.inf).min(axis=1)
    assert np.mean(foreign > radius) >= purity
    beyond = np.sort(foreign[foreign > radius])[0]
    assert np.mean(foreign > beyond) < purity


def nearest_means(context: QueryContext, k: int) -> FloatArray:
    """Mean distance of each candidate to its k nearest among pool and labels, the plain way."""
    distances = np.sort(pairwise_distances(context.X, context.features), axis=1)
    return np.asarray(distances[:, 1 : k + 1].mean(axis=1))


def test_density_is_its_formula(context: QueryContext) -> None:
    expected = (1 - predict_proba(context).max(axis=1)) / nearest_means(context, 5)
    np.testing.assert_allclose(resolve_strategy("density").scores(context), expected, rtol=1e-7)


@pytest.mark.parametrize("beta", [0, 0.5, 2])
@pytest.mark.parametrize("estimate", ["cosine", "gaussian", "knn"])
@pytest.mark.parametrize("base", ["margin", "entropy"])
def test_information_density_is_its_formula(context: QueryContext, base: str, estimate: str, beta: float) -> None:
    p = predict_proba(context)
    score = 1 - FORMULAS["margin"](p) if base == "margin" else FORMULAS["entropy"](p)
    if estimate == "cosine":
        unit = context.X / np.linalg.norm(context.X, axis=1, keepdims=True)
        density = np.maximum((unit @ unit.T).mean(axis=1), 0)
    elif estimate == "gaussian":
        width = nearest_means(context, 5).mean()
        density = np.exp(-(pairwise_distances(context.X) ** 2) / (2 * width**2)).mean(axis=1)
    else:
        density = 1 / nearest_means(context, 5)
    name = f"information_density(base={base},density={estimate},beta={beta})"
    expected = score * (density / density.max()) ** beta
    np.testing.assert_allclose(resolve_strategy(name).scores(context), expected, rtol=1e-7, atol=1e-12)


def test_power_margin_draws_in_proportion_to_the_powered_score() -> None:
    made = replace(gaussians(), candidates=np.array([100, 333, 207, 512]))
    weight = (1 - FORMULAS["margin"](predict_proba(made))) ** 2
    power = resolve_strategy("power_margin(beta=2)")
    rng = np.random.default_rng(0)
    first = np.bincount([power.choose(replace(made, rng=rng), 1).indices[0] for _ in range(3000)], minlength=4) / 3000
    np.testing.assert_allclose(first, weight / weight.sum(), atol=5 * np.sqrt(0.25 / 3000))


def test_cluster_margin_takes_the_smallest_margins_in_turn_from_their_clusters(context: QueryContext) -> None:
    margins = FORMULAS["margin"](predict_proba(context))
    nearest = np.argsort(margins)[: 3 * K]
    everything = np.arange(len(context.features))
    clusters = linkage_clusters(context.features, everything, 8, {})[context.candidates[nearest]]
    queues = {cluster: [int(i) for i in nearest[clusters == cluster]] for cluster in np.unique(clusters)}
    laps = sorted(len(queue) for queue in queues.values())
    chosen = resolve_strategy("cluster_margin(oversample=3,clusters=8)").choose(context, K).indices.tolist()
    for cluster, queue in queues.items():
        taken = [index for index in chosen if index in queue]
        assert taken == queue[: len(taken)], f"cluster {cluster} gives its smallest margins first"
    first_lap = [next(cluster for cluster, queue in queues.items() if index in queue) for index in chosen[: len(laps)]]
    assert len(set(first_lap)) == min(len(laps), K)
    assert [len(queues[cluster]) for cluster in first_lap] == laps[:K]


def test_round_robin_passes_over_what_is_used_up() -> None:
    order = round_robin(np.array([7, 7, 7, 7, 2, 5, 5]), np.random.default_rng(0))
    assert order.tolist() == [4, 5, 0, 6, 1, 2, 3]
