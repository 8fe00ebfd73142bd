"""A project's letters, on a terminal: from its file to the label on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from al_core.sessions.store import SessionFile


def test_a_letter_of_the_project_labels_and_a_session_that_goes_on_has_it_too(
    terminal: Callable[..., Any], tmp_path: Path
) -> None:
    project, kept = tmp_path / "mine.toml", tmp_path / "a.session"
    project.write_text('[keys]\n"7" = "j"\n"3" = "J"\n[label]\nannotator = "x"\n')
    at = terminal("label", "--project", str(project), "--session", str(kept))
    assert at.finish() == 2
    assert "mine.toml: [label] annotator may not stand in a project's file" in at.raw
    project.write_text('[keys]\n"7" = "j"\n"3" = "J"\n[label]\nstrategy = "margin"\nlearner = "logistic"\n')
    at = terminal("label", "--project", str(project), "--session", str(kept))
    at.wait("J 3")
    at.press("j")
    at.wait("1 label")
    at.press("q")
    assert at.finish() == 0
    at = terminal("resume", str(kept), "--project", str(project))
    at.wait("J 3")
    at.press("J")
    at.wait("2 labels")
    at.press("q")
    assert at.finish() == 0
    with SessionFile.open(kept, read_only=True) as file:
        assert [given.label for given in file.ledger.answers.values()] == [7, 3]
        assert (file.ledger.strategy, file.ledger.learner) == ("margin", "logistic")
