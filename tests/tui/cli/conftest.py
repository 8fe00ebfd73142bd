"""The command line, run in this process."""

from __future__ import annotations

import sys

import pytest

from al_tui.main import main


@pytest.fixture
def run(monkeypatch, capfdbinary):
    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["al-tui", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capfdbinary.readouterr()
        return stop.value.code or 0, out.decode(), err.decode()

    return call
