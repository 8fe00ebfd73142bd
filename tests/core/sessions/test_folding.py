"""The thread that folds the log into the file comes to an end whenever it is told to."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from al_core.sessions import folding
from al_core.sessions.folding import Folding


class Late(threading.Event):
    """Is told to stop by `Folding.close` at the worst of moments: when somebody has just found that it is not."""

    def __init__(self, written: threading.Event) -> None:
        super().__init__()
        self.written = written

    def wait(self, timeout: float | None = None) -> bool:
        if super().wait(0):
            return True
        self.set()
        self.written.set()
        return False


def test_a_stop_that_is_said_between_a_moment_and_the_fold_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "connect_to_fold", lambda path: None)
    monkeypatch.setattr(Folding, "fold", lambda self: True)
    one = Folding(type("Place", (), {"path": tmp_path / "a"})())
    one._closed = Late(one._written)
    one.written()
    assert one._thread is not None
    one._thread.join(60)
    assert not one._thread.is_alive()
