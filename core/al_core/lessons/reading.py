"""The text of a lesson, read: front matter, then a part for each step. What is wrong is said with its line.

A lesson is what somebody else may have written: all of it is text, nothing of it is run, and everything passes `safe_text`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from al_core.data.facts import comes_with, describe_dataset
from al_core.ground.calls import imports_code, split_names
from al_core.ground.errors import UserError, unknown
from al_core.ground.safe_text import safe_text
from al_core.lessons.checks import read_check
from al_core.lessons.lesson import Lesson, LessonRace, Question, Step, Turn
from al_core.task.options import Option, options_of
from al_core.task.spec import TaskSpec, check_spec, suited

T = TypeVar("T")

LARGEST = 64 * 1024
"""Bytes of a lesson."""
MOST_STEPS, MOST_STRATEGIES, MOST_KEYS = 40, 8, 20
LONGEST_TITLE, LONGEST_LINE, LONGEST_WORDS = 60, 300, 900
"""Characters of a title, of what a key says, and of the text of a step: it is read on a few lines of a terminal."""

_FENCE = "---"
_SAYS = ("title", "about")
_STRATEGIES = "strategies"
_OF_STEPS = ("turn", "look", "press", "expect", "show", "ask", "check", "answer", "holds", "because")
_NUMBERS = "numbers"
_NAMED_KEYS = {
    "<": "less_than_sign",
    ">": "greater_than_sign",
    "enter": "enter",
    "tab": "tab",
    "space": "space",
    "left": "left",
    "right": "right",
    "up": "up",
    "down": "down",
    "esc": "escape",
    "+": "plus",
    "-": "minus",
    "?": "question_mark",
    ":": "colon",
}
"""Keys of more than one character, and how the terminal calls them."""


class _Value(NamedTuple):
    """What stands behind a key, and in which line."""

    text: str
    line: int


class _Part(NamedTuple):
    """One step as it was written."""

    title: _Value
    values: dict[str, _Value]
    words: list[str]


class Known(NamedTuple):
    """What there is to race with: each gives the name of a strategy or of a learner as it is written in short, or raises
    `UserError`. It needs the numerics, and lessons of this program are known to name what there is."""

    strategy: Callable[[str], str] = str
    learner: Callable[[str], object] = str


class Lines:
    """Refuses what is wrong in a file, by its line."""

    def __init__(self, path: str, known: Known) -> None:
        self._path = path
        self.known = known

    def wrong(self, line: int, what: str) -> UserError:
        """The error of a line."""
        return UserError(f"{self._path}:{line}: {what}")

    def tried(self, value: _Value, read: Callable[[str], T]) -> T:
        """What a value means; what is wrong with it is said of its line."""
        try:
            return read(value.text)
        except UserError as error:
            raise self.wrong(value.line, str(error)) from None


def read_lesson(text: str, name: str, path: str, known: Known | None = None) -> Lesson:
    """Read a lesson.

    Parameters
    ----------
    text : all of it.
    name : how the lesson is called.
    path : the file, as errors name it.
    known : looks whether there are such strategies and learners; None takes them as they are.

    Raises
    ------
    UserError
        It is no lesson; the message names file and line, and says what to do.
    """
    lines = Lines(path, known or Known())
    rows = text.splitlines()
    if not rows or rows[0].strip() != _FENCE:
        raise lines.wrong(1, f"a lesson begins with a line {_FENCE}, then says title and strategies; see docs/lessons.md")
    end = next((at for at, row in enumerate(rows[1:], 1) if row.strip() == _FENCE), None)
    if end is None:
        raise lines.wrong(1, f"nothing ends what stands at the top; write {_FENCE} behind it")
    head = _values(rows[1:end], 2, (*_SAYS, *_race_keys()), lines)
    parts = _parts(rows[end + 1 :], end + 2, lines)
    if "title" not in head:
        raise lines.wrong(end + 1, "the lesson has no title; write title: … above this line")
    if _STRATEGIES not in head:
        raise lines.wrong(end + 1, "nobody races; write strategies: random, margin above this line")
    if not parts:
        raise lines.wrong(len(rows), "there is no step; write one as: # Its heading")
    if len(parts) > MOST_STEPS:
        raise lines.wrong(parts[MOST_STEPS].title.line, f"there are more than {MOST_STEPS} steps; make two lessons of it")
    race, steps = _race(None, head, head[_STRATEGIES].line, lines), []
    for part in parts:
        turn = _turn(part, race, lines)
        own = {key: value for key, value in part.values.items() if key in _race_keys()}
        race = turn.races[0] if turn else _race(race, own, part.title.line, lines) if own else race
        steps.append(replace(_step(part, race, lines), turn=turn))
    title = _title(head["title"], lines)
    return Lesson(name, title, safe_text(head["about"].text, LONGEST_LINE) if "about" in head else "", tuple(steps))


def _race_keys() -> Mapping[str, Option | None]:
    return {_STRATEGIES: None} | {row.key: row for row in options_of(TaskSpec)}


def _values(rows: list[str], first: int, keys: tuple[str, ...], lines: Lines) -> dict[str, _Value]:
    """Keys and what is behind them; a line that is indented goes on with the one before."""
    out: dict[str, _Value] = {}
    last = ""
    for line, row in enumerate(rows, first):
        if not row.strip():
            continue
        if row[:1].isspace() and last:
            out[last] = _Value(f"{out[last].text} {row.strip()}", out[last].line)
        else:
            last, colon, text = row.partition(":")
            last = last.strip()
            if not colon:
                raise lines.wrong(line, f"{safe_text(row, 40)!r} is no key with a value; write key: value")
            if last not in keys:
                raise lines.wrong(line, str(unknown("key", last, keys)))
            if last in out:
                raise lines.wrong(line, f"{last} is said twice; leave one of them away")
            out[last] = _Value(text.strip(), line)
        if len(out[last].text) > LONGEST_LINE:
            raise lines.wrong(line, f"{last} has more than {LONGEST_LINE} characters; say it shorter")
    for key, value in out.items():
        if not value.text:
            raise lines.wrong(value.line, f"{key} says nothing; write something behind it, or leave it away")
    return out


def _parts(rows: list[str], first: int, lines: Lines) -> list[_Part]:
    """The steps: a heading, keys right below it, then text."""
    begins = [at for at, row in enumerate(rows) if row.startswith("# ")]
    for at, row in enumerate(rows[: begins[0] if begins else len(rows)]):
        if row.strip():
            raise lines.wrong(first + at, "this belongs to no step; write a heading above it: # Its heading")
    out, ends = [], [*begins[1:], len(rows)][: len(begins)]
    for begin, end in zip(begins, ends, strict=True):
        body = rows[begin + 1 : end]
        gap = next((at for at, row in enumerate(body) if not row.strip()), len(body))
        keys = (*_OF_STEPS, *_race_keys())
        values = _values(body[:gap], first + begin + 1, keys, lines)
        out.append(_Part(_Value(rows[begin][2:].strip(), first + begin), values, body[gap:]))
    return out


def _title(value: _Value, lines: Lines) -> str:
    if not value.text or len(value.text) > LONGEST_TITLE:
        raise lines.wrong(value.line, f"a title has 1 to {LONGEST_TITLE} characters, and this one {len(value.text)}")
    return safe_text(value.text, LONGEST_TITLE)


def _paragraphs(rows: list[str]) -> str:
    """The text of a step: paragraphs are apart by an empty line; a line that begins with blanks stays a line."""
    out = ""
    for row in rows:
        clean = safe_text(row.rstrip(), LARGEST)
        if not clean.strip():
            out = out.rstrip("\n ") + "\n"
        elif row.startswith("  "):
            out = out.rstrip("\n ") + f"\n{clean[2:]}\n"
        else:
            out += clean if not out or out.endswith("\n") else f" {clean}"
    return out.strip("\n")


def _race(before: LessonRace | None, values: Mapping[str, _Value], line: int, lines: Lines) -> LessonRace:
    """What is raced from here on; what is not said is as before."""
    spec = TaskSpec() if before is None else before.spec
    names = () if before is None else before.strategies
    said: dict[str, Any] = {}
    for key, value in values.items():
        row = _race_keys().get(key)
        if key == _STRATEGIES:
            names = _strategies(value, lines)
        elif row is not None:
            said[row.name] = _option(row, value, lines)
    spec = replace(spec, **said)
    try:
        sized = {*said} if before is None or "dataset" in said else {*said, "batch", "budget"}
        return LessonRace(check_spec(suited(spec, sized)), names)
    except UserError as error:
        found = getattr(error, "option", "dataset")
        raise lines.wrong(values[found].line if found in values else line, str(error)) from None


def _strategies(value: _Value, lines: Lines) -> tuple[str, ...]:
    names = tuple(lines.tried(value._replace(text=name), lines.known.strategy) for name in split_names(value.text))
    if not 1 <= len(names) <= MOST_STRATEGIES:
        raise lines.wrong(value.line, f"{len(names)} strategies race; name 1 to {MOST_STRATEGIES}")
    if twice := {name for name in names if names.count(name) > 1}:
        raise lines.wrong(value.line, f"strategies names {sorted(twice)[0]} more than once")
    return names


def _option(row: Option, value: _Value, lines: Lines) -> object:
    """The value of an option of the race."""
    text = value.text
    if row.name == "dataset" and not comes_with(text):
        raise lines.wrong(value.line, f"{text!r} does not come with this program; a lesson names one of: al-tui datasets")
    if row.name == "learner" and imports_code(text):
        raise lines.wrong(value.line, f"learner {text!r} is code to import, which no file may name; see: al-tui learners")
    try:
        typed: object = row.reader(text)
    except ValueError:
        wanted = "a number" if row.reader is float else "a whole number"
        raise lines.wrong(value.line, f"{row.key} is {text!r}; give {wanted}") from None
    if row.name == "learner":
        lines.tried(value, lines.known.learner)
    read: object = lines.tried(value, lambda _: row.read(typed))
    return read


def _step(part: _Part, race: LessonRace, lines: Lines) -> Step:
    words, said = _paragraphs(part.words), {key: safe_text(value.text, LONGEST_LINE) for key, value in part.values.items()}
    if len(words) > LONGEST_WORDS:
        what = f"the text of this step has {len(words):,} characters; write at most {LONGEST_WORDS}, or two steps"
        raise lines.wrong(part.title.line, what)
    if (show := part.values.get("show")) is not None and show.text != _NUMBERS:
        raise lines.wrong(show.line, f"show is {show.text!r}; what can be shown is: {_NUMBERS}")
    press = part.values.get("press")
    keys = () if press is None else _keys(press, lines)
    title, question = _title(part.title, lines), _question(part, race, lines)
    return Step(title, words, race, said.get("look", ""), keys, said.get("expect", ""), show is not None, question)


def _turn(part: _Part, before: LessonRace, lines: Lines) -> Turn | None:
    """What can be turned in a step, written as ``beta 0.5 1 2``; strategies have it as ``{beta}``."""
    if (value := part.values.get("turn")) is None:
        return None
    name, *values = value.text.split()
    written = part.values.get(_STRATEGIES)
    if written is None or f"{{{name}}}" not in written.text or not 2 <= len(values) <= MOST_STRATEGIES:
        example = "turn: beta 0.5 1 2 beside strategies: information_density(beta={beta})"
        raise lines.wrong(value.line, f"turn has no two to {MOST_STRATEGIES} values for what strategies name; write {example}")
    if "ask" in part.values:
        raise lines.wrong(value.line, "a step with turn asks no question, as each value may answer otherwise; make two steps")
    races = []
    for one in values:
        own = {key: entry for key, entry in part.values.items() if key in _race_keys()}
        own[_STRATEGIES] = written._replace(text=written.text.replace(f"{{{name}}}", one))
        races.append(_race(before, own, part.title.line, lines))
    return Turn(safe_text(name, 40), tuple(safe_text(one, 40) for one in values), tuple(races))


def _keys(value: _Value, lines: Lines) -> tuple[str, ...]:
    """Keys, written with blanks between them; ``n*3`` is one three times."""
    out: list[str] = []
    for word in value.text.split():
        key, star, times = word.partition("*") if len(word) > 1 else (word, "", "")
        if (len(key) != 1 or not key.isprintable()) and key not in _NAMED_KEYS:
            named = ", ".join(name for name in _NAMED_KEYS if len(name) > 1)
            raise lines.wrong(value.line, f"{key!r} is no key; write one character, or one of: {named}")
        if star and not (times.isdecimal() and 1 <= int(times) <= MOST_KEYS):
            raise lines.wrong(value.line, f"{word!r} is no key so many times; write it as n*3, at most {MOST_KEYS} times")
        out += [_NAMED_KEYS.get(key, key)] * int(times or 1)
    if len(out) > MOST_KEYS:
        raise lines.wrong(value.line, f"{len(out)} keys are too many for a step; at most {MOST_KEYS}")
    return tuple(out)


def _question(part: _Part, race: LessonRace, lines: Lines) -> Question | None:
    values = part.values
    if "ask" not in values:
        if extra := [key for key in ("check", "answer", "holds", "because") if key in values]:
            raise lines.wrong(values[extra[0]].line, f"{extra[0]} belongs to a question; write ask: … beside it")
        return None
    for key, example in (("check", "fewest labels(0.9)"), ("answer", race.strategies[0])):
        if key not in values:
            raise lines.wrong(values["ask"].line, f"the question has no {key}; write {key}: {example}")
    classes = describe_dataset(race.spec.dataset).class_names
    check = lines.tried(values["check"], lambda text: read_check(text, race.strategies, classes))
    answer, choices = values["answer"], check.choices(race.strategies)
    if answer.text not in choices:
        raise lines.wrong(answer.line, str(unknown("answer to this question", answer.text, choices)))
    holds = values.get("holds")
    if holds is not None and not (holds.text.isdecimal() and int(holds.text) <= 10):
        raise lines.wrong(holds.line, f"holds is {holds.text!r}; give on how many of the seeds 0 to 9 the answer is right")
    words, because = safe_text(values["ask"].text, LONGEST_LINE), values.get("because")
    count = None if holds is None else int(holds.text)
    after = "" if because is None else safe_text(because.text, LONGEST_LINE)
    return Question(words, check, answer.text, count, after)
