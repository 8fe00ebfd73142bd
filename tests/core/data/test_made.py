"""Data sets that are made: what is known without making them holds, the same name is the same data, and wrong ones are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from al_core.comparison.campaign import campaign
from al_core.comparison.plan import plan
from al_core.comparison.store import ResultsStore
from al_core.compute.inline import Inline
from al_core.data.at_size import look_at
from al_core.data.dataset import Dataset
from al_core.data.facts import comes_with, describe_dataset, know
from al_core.data.given import info_of
from al_core.data.kinds import load_dataset, read_dataset
from al_core.data.looks import Card, Point, Size
from al_core.data.made import make_dataset, makers
from al_core.data.makers.plane import CENTRES, CLOUD
from al_core.ground.errors import UserError
from al_core.run.play import play
from al_core.run.round import start
from al_core.task.spec import TaskSpec, check_spec, suited
from al_core.task.split import make_task

NAMES = (
    "plane",
    "plane(separation=0)",
    "moons",
    "moons(items=100,noise=0)",
    "blobs",
    "blobs(rare=0.02)",
    "blobs(centres=20,items=2000)",
    "blobs(spread=4)",
    "classification",
    "classification(features=1,informative=1)",
    "classification(items=200,features=2,informative=2)",
)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_known_of_one_holds_when_it_is_made(name: str) -> None:
    info, data = describe_dataset(name), load_dataset(name)
    assert (len(data.y), len(data.classes)) == (info.items, info.classes)
    assert (data.y >= 0).all()
    assert sorted(set(data.y.tolist())) == list(range(info.classes))
    task = make_task(TaskSpec(name))
    sizes = (len(task.test), len(task.initial), len(task.pool))
    assert sizes == (info.test, info.start("random_per_class"), info.pool("random_per_class"))


@pytest.mark.parametrize("name", [*makers(), "classification(items=200,features=2,informative=2)"])
def test_what_suits_its_size_can_be_played(name: str) -> None:
    spec = check_spec(suited(TaskSpec(name), ()))
    assert (spec.batch, spec.budget) == (describe_dataset(name).batch, describe_dataset(name).budget)
    assert 20 <= spec.rounds <= 60
    state = play(spec, start("margin"), rounds=2).state
    assert len(state.rounds) == 1
    assert suited(TaskSpec(name, budget=20), {"budget"}).budget == 20
    assert suited(TaskSpec(), ()) == TaskSpec(), "the others are raced over as ever"


def test_the_same_name_is_the_same_data_and_a_seed_draws_another() -> None:
    first = load_dataset("moons(noise=0.3)").fingerprint
    make_dataset.cache_clear()
    assert load_dataset("moons(noise=0.3)").fingerprint == first
    assert not np.array_equal(load_dataset("moons(seed=1)").X, load_dataset("moons").X)


@pytest.mark.parametrize("written", ["plane(separation=2)", " plane( separation = 2.0 )", "plane(separation=+2)"])
def test_a_name_is_the_same_however_it_is_written(written: str) -> None:
    assert describe_dataset(written).name == "plane(separation=2.0)"
    assert load_dataset(written).name == "plane(separation=2.0)"
    assert check_spec(TaskSpec(written, budget=40)).dataset == "plane(separation=2.0)"


def test_a_spread_makes_the_clouds_wider_around_the_same_centres_and_harder_to_part() -> None:
    narrow, wide = load_dataset("blobs(spread=0.5)"), load_dataset("blobs(spread=4)")
    assert np.array_equal(load_dataset("blobs").X, load_dataset("blobs(spread=1.3)").X)
    for label in range(4):
        some, more = narrow.X[narrow.y == label], wide.X[wide.y == label]
        assert some.std(axis=0) == pytest.approx(0.5, rel=0.3)
        assert more.std(axis=0) == pytest.approx(4.0, rel=0.3)
        assert some.mean(axis=0) == pytest.approx(more.mean(axis=0), abs=1.5)
    easy, hard = (
        play(TaskSpec(name, batch=20, budget=100), start("random"), rounds=0).state.curve[-1][1]
        for name in ("blobs(spread=0.5)", "blobs(spread=4)")
    )
    assert easy > 0.99
    assert hard < 0.9


def test_the_clouds_of_a_plane_lie_as_far_apart_as_is_said() -> None:
    one, none, twice = (load_dataset(f"plane(separation={factor})") for factor in (1, 0, 2))
    for label, centre in enumerate(CENTRES):
        rows = slice(label * CLOUD, (label + 1) * CLOUD)
        np.testing.assert_allclose(one.X[rows] - none.X[rows], np.tile(centre, (CLOUD, 1)), atol=1e-9)
        np.testing.assert_allclose(twice.X[rows] - one.X[rows], np.tile(centre, (CLOUD, 1)), atol=1e-9)
    spreads = [np.cov(one.X[one.y == label].T) for label in (0, 1)]
    assert np.abs(spreads[0] - spreads[1]).max() > 1, "each cloud has a covariance of its own"


def test_a_rare_class_has_its_share_and_the_others_the_rest() -> None:
    assert np.bincount(load_dataset("blobs(items=500,centres=2,rare=0.02)").y).tolist() == [490, 10]
    assert np.bincount(load_dataset("blobs(items=401)").y).tolist() == [101, 100, 100, 100]


def test_parameters_do_what_those_of_scikit_learn_do() -> None:
    wide, narrow = load_dataset("classification(separation=3,noise=0)"), load_dataset("classification(separation=0.01,noise=0)")
    assert wide.X.shape == (600, 6)
    accuracy = [play(suited(TaskSpec(data.name), ()), start("random"), rounds=0).state.curve[-1][1] for data in (wide, narrow)]
    assert accuracy[0] > accuracy[1] + 0.1
    assert load_dataset("moons(noise=0)").X.min() == pytest.approx(-1)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("plane(separatio=2)", "no parameter of plane 'separatio'; did you mean 'separation'?"),
        ("plane(separation=-1)", "plane: separation is -1.0; it must be at least 0"),
        ("plane(separation=far)", "plane: separation is 'far'; give a number"),
        ("plane(2)", "plane: write parameters as plane(key=value)"),
        ("moons(items=1000000000)", "moons: items is 1000000000; it must be at most 20000"),
        ("blobs(rare=0.001)", "a class would have 0 of 400 items, and needs 8; give more items, or a larger rare"),
        ("blobs(items=50,centres=20)", "a class would have 2 of 50 items, and needs 8; give more items or fewer centres"),
        ("classification(informative=9)", "informative is 9, and there are 6 features; give no more"),
        ("iris(items=3)", "no parameter 'items'; there are: rare, seed, share"),
        ("plane(", "cannot read 'plane('; write name or name(key=value,…)"),
        ("plan", "did you mean 'plane'?"),
    ],
)
def test_what_is_wrong_is_one_line(written: str, words: str) -> None:
    for look in (describe_dataset, load_dataset):
        with pytest.raises(UserError) as error:
            look(written)
        assert words in str(error.value)
        assert "\n" not in str(error.value)


def test_whatever_parameters_are_written_a_name_of_the_program_is_no_path(tmp_path: Path) -> None:
    assert all(comes_with(word) for word in ("plane", "plane(separation=2)", "plane(nonsense=1)", "digits(rare=8)"))
    assert not any(comes_with(word) for word in ("./plane", "/plane(seed=1)", "planes", "x(seed=1)", "", "(", "pots.npz"))
    assert read_dataset("plane(seed=1)").name == "plane(seed=1)"
    with pytest.raises(UserError, match="give yours another name"):
        know(info_of(Dataset("plane", [[0.0], [1.0]], [0, 1]), "plane(seed=1)"))


def test_a_point_looks_like_its_place_among_the_others_and_a_row_like_a_card() -> None:
    data = load_dataset("plane")
    look = look_at(data, 3, Size(100, 100))
    assert isinstance(look, Point)
    places = np.frombuffer(look.others, dtype=np.uint16).reshape(-1, 2)
    assert places[3].tolist() == [look.across, look.down]
    left = data.X[:, 0].argsort()
    assert (np.diff(places[left, 0].astype(int)) >= 0).all(), "the first number goes from left to right"
    low = data.X[:, 1].argsort()
    assert (np.diff(places[low, 1].astype(int)) <= 0).all(), "the second from the bottom to the top"
    assert look.fields == (("x1", f"{data.X[3, 0]:.3g}"), ("x2", f"{data.X[3, 1]:.3g}"))
    assert isinstance(look_at(load_dataset("classification"), 3, Size(100, 100)), Card)


def test_finished_runs_are_found_again(tmp_path: Path) -> None:
    asked = plan([check_spec(TaskSpec("plane(separation=2)", batch=1, budget=6))], ["random"], seeds=1, references=False)
    with ResultsStore(tmp_path / "results.sqlite3") as store:
        first = campaign(asked, Inline(), store=store)
        again = campaign(asked, Inline(), store=store)
    assert again[0].cells == first[0].cells, "to the second that they took"
