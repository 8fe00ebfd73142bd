"""``al-tui learn`` as far as it needs no screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from al_core.lessons.bundled import bundled_lessons, short_name
from al_tui.cli.learn import LessonWord

Run = Callable[..., tuple[int, str, str]]


def test_the_list_has_a_line_for_each_lesson_and_what_it_is_about(run: Run) -> None:
    code, out, err = run("learn", "--list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()[::2]] == [short_name(lesson) for lesson in bundled_lessons()]
    assert [line.strip() for line in out.splitlines()[1::2]] == [lesson.about for lesson in bundled_lessons()]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("qqq",), "al-tui: no lesson 'qqq'; there are: "),
        (("99",), "al-tui: no lesson 99; there are 1 to 12, or the path of a file: ./mine.md"),
        (("./mine.md",), "al-tui: mine.md:3: no strategy 'margn'; did you mean 'margin'?"),
        (("1",), "al-tui: this is no terminal; the lessons as a list: al-tui learn --list"),
        (("1", "--workers", "0"), "al-tui: --workers is 0; give 1 to 256"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_code_2(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.md").write_text("---\ntitle: Mine\nstrategies: random, margn\n---\n\n# A step\n")
    code, out, err = run("learn", *words)
    assert (code, out) == (2, "")
    assert err.startswith(said)
    assert err.count("\n") == 1


def test_names_are_completed() -> None:
    found = LessonWord().shell_complete(None, None, "exp")  # type: ignore[arg-type]
    assert [item.value for item in found] == ["expected-error", "explore"]
    assert [item.type for item in LessonWord().shell_complete(None, None, "./m")] == ["file"]  # type: ignore[arg-type]
