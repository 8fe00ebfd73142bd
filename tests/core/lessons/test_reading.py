"""A lesson's text: what is read of it, and how what is wrong is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import LESSON

from al_core.ground.errors import UserError
from al_core.lessons.bundled import find_lesson
from al_core.lessons.checks import Check
from al_core.lessons.lesson import Question
from al_core.lessons.reading import LARGEST, MOST_STEPS, read_lesson

ESCAPES = "\x1b]52;c;aGk=\x07\x9b31m\u202e"


def test_all_of_it_is_read() -> None:
    lesson = read_lesson(LESSON, "mine", "mine.md")
    step, asks = lesson.steps
    assert (lesson.title, lesson.about, step.title, step.words) == ("A lesson", "", "A step", "Words.")
    assert (step.look, step.press, step.expect, step.question) == ("there", ("n", "n", "space"), "something", None)
    assert asks.question == Question("Who?", Check("most", "area"), "margin", 7, "so it is")
    assert (step.race.strategies, step.race.spec.batch, step.race.spec.budget) == (("random", "margin"), 2, 12)
    assert asks.race == step.race


def test_a_step_may_race_something_else_from_there_on() -> None:
    lesson = read_lesson(LESSON + "\n# Noise\nnoise: 0.2\n\n# Still\n\n# Moons\ndataset: moons\n", "mine", "mine.md")
    first, _, noisy, still, moons = (step.race.spec for step in lesson.steps)
    assert (first.noise, noisy.noise, still, noisy.dataset, moons.dataset) == (0.0, 0.2, noisy, "plane", "moons")
    assert noisy.budget == 12


def test_what_can_be_turned_is_a_race_for_each_value() -> None:
    step = "\n# Turn\nstrategies: random, power_margin(beta={b})\nturn: b 1 2 4\nbatch: 1\n\n# Next\n"
    turned, after = read_lesson(LESSON + step, "mine", "mine.md").steps[2:]
    assert turned.turn is not None
    assert (turned.turn.name, turned.turn.values) == ("b", ("1", "2", "4"))
    assert [race.strategies[1] for race in turned.turn.races] == [f"power_margin(beta={value})" for value in (1, 2, 4)]
    assert {race.spec.batch for race in turned.turn.races} == {1}
    assert turned.race == turned.turn.races[0] == after.race


def test_paragraphs_are_filled_and_lines_that_begin_with_blanks_stay_lines() -> None:
    lesson = read_lesson(LESSON.replace("Words.", "One\ntwo.\n\nThree\n  a   table\n  b\nfour"), "mine", "mine.md")
    assert lesson.steps[0].words == "One two.\nThree\na   table\nb\nfour"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("---\ntitle", "title", 1, "a lesson begins with a line ---"),
        ("12\n---", "12", 1, "nothing ends what stands at the top"),
        ("title: A lesson\n", "", 6, "the lesson has no title; write title"),
        ("title: A lesson", "title: " + "x" * 61, 2, "a title has 1 to 60 characters, and this one 61"),
        ("strategies: random, margin\n", "", 6, "nobody races; write strategies"),
        ("random, margin", "random, random", 3, "strategies names random more than once"),
        ("random, margin", ",", 3, "0 strategies race; name 1 to 8"),
        ("batch: 2", "bach: 2", 5, "no key 'bach'; did you mean 'batch'?"),
        ("batch: 2", "batch: two", 5, "batch is 'two'; give a whole number"),
        ("batch: 2", "batch: 0", 5, "--batch is 0; a batch needs at least 1 item"),
        ("batch: 2", "batch:", 5, "batch says nothing"),
        ("batch: 2", "batch: 2\nbatch: 3", 6, "batch is said twice"),
        ("batch: 2", "batch 2", 5, "'batch 2' is no key with a value; write key: value"),
        ("budget: 12", "budget: 2", 6, "--budget is 2; it must exceed the 4 labels"),
        ("dataset: plane", "dataset: ./mine.csv", 4, "'./mine.csv' does not come with this program"),
        ("dataset: plane", "learner: os:system", 4, "learner 'os:system' is code to import, which no file may name"),
        ("\n# A step", "\nlost\n# A step", 9, "this belongs to no step; write a heading above it"),
        ("# A step", "# ", 9, "a title has 1 to 60 characters, and this one 0"),
        ("press: n*2 space", "press: ctrl+alt+del", 10, "'ctrl+alt+del' is no key; write one character, or one of: enter"),
        ("press: n*2 space", "press: n*99", 10, "'n*99' is no key so many times"),
        ("look: there", "show: me", 11, "show is 'me'; what can be shown is: numbers"),
        ("look: there", "answer: margin", 11, "answer belongs to a question; write ask: … beside it"),
        ("check: most area\n", "", 17, "the question has no check; write check: fewest labels(0.9)"),
        ("most area", "most beauty", 18, "no measure 'beauty'; there are: accuracy"),
        ("most area", "many area", 18, "'many area' is no way to answer"),
        ("most area", "most area(3)", 18, "area takes nothing in its parentheses"),
        ("most area", "fewest labels(90)", 18, "labels(90) has no number that can be meant; write labels(0.9)"),
        ("most area", "most found(z)", 18, "no class 'z'; there are: left, right"),
        ("most area", "same(margin, entropy)", 18, "no strategy in this race 'entropy'; there are: margin, random"),
        ("most area", "same(margin)", 18, "'same(margin)' compares 1 strategies; write same(one, other)"),
        ("answer: margin", "answer: magin", 19, "no answer to this question 'magin'; did you mean 'margin'?"),
        ("holds: 7", "holds: 11", 20, "holds is '11'; give on how many of the seeds 0 to 9"),
        ("look: there", "turn: beta 1 2", 11, "turn has no two to 8 values for what strategies name; write turn: beta"),
        ("check: most area", "turn: beta 1 2\nstrategies: power_margin(beta={beta})", 18, "a step with turn asks no question"),
        ("Words.", "word " * 200, 9, "the text of this step has 999 characters; write at most 900"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert old in LESSON
    with pytest.raises(UserError) as raised:
        read_lesson(LESSON.replace(old, new, 1), "mine", "mine.md")
    assert str(raised.value).startswith(f"mine.md:{line}: ")
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_lesson_of_no_steps_and_one_of_too_many_are_refused() -> None:
    head = LESSON.partition("\n# ")[0]
    with pytest.raises(UserError, match=r"mine.md:7: there is no step; write one as: # Its heading"):
        read_lesson(head, "mine", "mine.md")
    with pytest.raises(UserError, match=f"there are more than {MOST_STEPS} steps; make two lessons of it"):
        read_lesson(head + "\n" + "# Step\n" * (MOST_STEPS + 1), "mine", "mine.md")


def test_nothing_of_it_is_obeyed_by_a_terminal() -> None:
    text = LESSON
    for old in ("A lesson", "A step", "there", "something", "Words.", "Who?", "so it is"):
        text = text.replace(old, old + ESCAPES)
    lesson = read_lesson(text, "mine", "mine.md")
    step, asks = lesson.steps
    assert asks.question is not None
    said = (lesson.title, step.title, step.look, step.expect, step.words, asks.question.words, asks.question.because)
    assert not any(set(ESCAPES) & set("\x1b\x07\x9b\u202e") & set(words) for words in said)
    assert all("52;c" in words for words in said)


def test_a_file_of_ones_own_is_checked_for_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_text(LESSON.replace("random, margin", "random, maargin").replace("answer: margin", "answer: random"))
    with pytest.raises(UserError, match=r"mine.md:3: no strategy 'maargin'; did you mean 'margin'"):
        find_lesson(str(path))
    path.write_text(LESSON.replace("dataset: plane", "learner: logistik"))
    with pytest.raises(UserError, match=r"mine.md:4: no learner 'logistik'; did you mean 'logistic'"):
        find_lesson(str(path))
    path.write_text(LESSON)
    assert find_lesson(str(path)).name == "mine.md"


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    with pytest.raises(UserError, match=r"mine.md: No such file or directory; see what there is with"):
        find_lesson(str(path))
    path.write_bytes(b"---\ntitle: \xff\n")
    with pytest.raises(UserError, match=r"mine.md:2: is not written in UTF-8; save the file as UTF-8"):
        find_lesson(str(path))
    path.write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(UserError, match=r"mine.md: has more than 64 kB"):
        find_lesson(str(path))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.integers(0, len(LESSON)), st.integers(0, len(LESSON)))
def test_whatever_is_written_is_a_lesson_or_one_line(put: str, start: int, end: int) -> None:
    said = ""
    try:
        lesson = read_lesson(LESSON[:start] + put + LESSON[max(start, end) :], "mine", "mine.md")
    except UserError as error:
        said = str(error)
    assert lesson.steps if not said else said.startswith("mine.md:")
    assert "\n" not in said
