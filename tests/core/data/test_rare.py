"""Data sets of the program in which one class is made rare: by a word, the same for everybody who says it."""

from __future__ import annotations

import numpy as np
import pytest

from al_core import Inline, TaskSpec, bench
from al_core.comparison.identity import identify
from al_core.data.facts import comes_with, dataset_names, describe_dataset, is_bundled
from al_core.data.kinds import load_dataset, read_dataset
from al_core.data.origin import Origin, class_word, file_stem, short_name
from al_core.data.sources import names_for
from al_core.ground.errors import UserError
from al_core.labelling.opening import open_items
from al_core.task.spec import check_spec
from al_core.task.split import make_task

WORD = "digits(rare=8,share=0.02)"


@pytest.mark.parametrize("name", filter(is_bundled, dataset_names()))
def test_how_many_items_a_class_has_is_known_without_the_data(name: str) -> None:
    assert describe_dataset(name).class_counts == tuple(np.bincount(load_dataset(name).y))


@pytest.mark.parametrize("word", [WORD, "iris(rare=setosa,share=0.1,seed=3)", "wine(rare=class_2,share=0.05)"])
def test_what_is_known_of_it_is_what_there_is(word: str) -> None:
    data, info, base = load_dataset(word), describe_dataset(word), load_dataset(word.partition("(")[0])
    assert (data.name, info.name) == (word, word)
    assert info.class_counts == tuple(np.bincount(data.y))
    assert info.items == len(data.y)
    rare = np.argmin(info.class_counts)
    assert info.class_counts[rare] / info.items == pytest.approx(
        float(word.partition("share=")[2].split(",")[0].strip(")")), abs=0.01
    )
    assert data.classes == base.classes
    others = data.y != rare
    np.testing.assert_array_equal(data.X[others], base.X[base.y != rare])
    assert {row.tobytes() for row in data.X[~others]} < {row.tobytes() for row in base.X[base.y == rare]}


def test_digits_keep_their_pictures_and_the_seed_says_which_are_left() -> None:
    data = load_dataset(WORD)
    assert data.images is not None
    assert len(data.images) == len(data.y) == 1656
    assert load_dataset(WORD) is data
    other = load_dataset("digits(rare=8,share=0.02,seed=1)")
    assert len(other.y) == len(data.y)
    assert other.fingerprint != data.fingerprint != load_dataset("digits").fingerprint
    assert len({identify(TaskSpec(word), "margin").key for word in ("digits", WORD, other.name)}) == 3


@pytest.mark.parametrize("word", [" digits(share=.02, rare='8')", "digits(rare=8)", "digits(rare=8,share=0.02,seed=0)"])
def test_words_that_say_the_same_are_one_name(word: str) -> None:
    assert describe_dataset(word).name == WORD
    assert comes_with(word)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("digits(rare=x)", "there is no class 'x'; the classes of digits are: 0, 1"),
        ("digits()", "does not say which class is to be rare; write e.g. digits(rare=8,share=0.02)"),
        ("digits(8)", "does not say which class is to be rare"),
        ("digits(rar=8)", "no parameter 'rar'; did you mean 'rare'"),
        ("digits(rare=8,share=0.5)", "share is 0.5; of class 8 give 0.0025 to 0.097"),
        ("digits(rare=8,share=0.001)", "share is 0.001; of class 8 give"),
        ("digits(rare=8,share=-1)", "cannot read the value|share is -1"),
        ("digits(rare=8,share=few)", "share is 'few'; give a number"),
        ("digits(rare=8,seed=1.5)", "seed is 1.5; give a whole number"),
        ("digits(rare=8", "no data set 'digits"),
        ("digit(rare=8)", "no data set 'digit"),
    ],
)
def test_what_cannot_be_is_one_line(word: str, message: str) -> None:
    with pytest.raises(UserError, match=message.replace("(", "\\(").replace(")", "\\)")) as found:
        check_spec(TaskSpec(word))
    assert "\n" not in str(found.value)


def test_it_is_a_data_set_of_the_program_wherever_it_is_named() -> None:
    assert Origin(WORD).bundled
    assert (short_name(WORD), class_word(WORD), file_stem(WORD)) == (WORD, "digit", "digits-rare-8-share-0-02")
    assert read_dataset(WORD) is load_dataset(WORD)
    assert names_for(["/home/anna/digits(2)"]) == ("anna/digits(2)",)
    items = open_items(TaskSpec(WORD, initial="typical"))
    assert len(items.ids) == 1656
    task = make_task(TaskSpec(WORD))
    assert np.count_nonzero(task.y[task.test] == 8) == 10


def test_a_bench_over_it_is_measured_by_the_recall_of_the_rare_class() -> None:
    spec = TaskSpec("iris(rare=setosa,share=0.1)", batch=5, budget=30, metric="recall(setosa)")
    result = bench(spec, ["random", "margin"], Inline())
    rows = np.count_nonzero(make_task(spec).y[make_task(spec).test] == 0)
    values = {value for cell in result.cells for _, value in cell.curve}
    assert values <= {hits / rows for hits in range(rows + 1)}
