"""Which machine computes, told without loading anything: what chooses kernels is part of it, and not how many threads."""

from __future__ import annotations

import pytest

from al_core.compute import arithmetic
from al_core.compute.arithmetic import machine
from al_core.compute.inline import Inline


def test_what_chooses_kernels_marks_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def mark() -> str:
        arithmetic._here.cache_clear()
        return machine(Inline())

    try:
        here = mark()
        assert here
        assert mark() == here
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
        monkeypatch.setenv("AL_TUI_SOMETHING", "7")
        assert mark() == here
        monkeypatch.setenv("OPENBLAS_CORETYPE", "made up")
        assert mark() != here
    finally:
        monkeypatch.undo()
        arithmetic._here.cache_clear()


def test_nobody_knows_which_machine_computes_elsewhere() -> None:
    class Far(Inline):
        elsewhere = True

    assert machine(Far()) == ""
