"""Something done before each call, in the same place: limits, checks and marks stay those of the call itself."""

from __future__ import annotations

import operator
import os
import time
from pathlib import Path

import pytest

from al_core.compute.beforehand import After, Beforehand, itself
from al_core.compute.inline import Inline
from al_core.compute.processes import Processes
from al_core.compute.shapes import returns
from al_core.ground.errors import RoundTimeout


def noted() -> str:
    return ""


def test_what_is_done_before_is_done_where_the_call_is_computed(tmp_path: Path) -> None:
    here = Path.cwd()
    workers = Beforehand(Processes(1, log=tmp_path / "log"), os.chdir, str(tmp_path))
    try:
        assert workers.submit(Path.cwd).result() == tmp_path.resolve()
    finally:
        workers.shutdown()
    assert Path.cwd() == here
    done: list[str] = []
    assert Beforehand(Inline(), done.append, "first").submit(lambda: list(done)).result() == ["first"]


def test_a_limit_for_a_function_holds_with_something_before_it(tmp_path: Path) -> None:
    workers = Beforehand(Processes(1, limit=600, limits={time.sleep: 0.2}, log=tmp_path / "log"), os.chdir, str(tmp_path))
    try:
        with pytest.raises(RoundTimeout):
            workers.submit(time.sleep, 60.0).result()
        assert workers.submit(operator.add, 1, 2).result() == 3
    finally:
        workers.shutdown()


def test_a_call_is_about_its_function_however_much_is_done_before() -> None:
    call = After(print, "a", After(print, "b", noted))
    assert itself(call) is noted
    assert returns(itself(call)) is str
    assert itself(operator.add) is operator.add


def test_where_nobody_knows_what_computes_is_said_through_it() -> None:
    class Far(Inline):
        elsewhere = True

    assert Beforehand(Far(), print, "x").elsewhere
    assert not Beforehand(Inline(), print, "x").elsewhere


@pytest.mark.parametrize(("wait", "cancel"), [(True, False), (False, True)])
def test_its_end_is_that_of_the_other_executor(wait: bool, cancel: bool) -> None:
    ends: list[tuple[bool, bool]] = []

    class Noting(Inline):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            ends.append((wait, cancel_futures))

    Beforehand(Noting(), print, "x").shutdown(wait, cancel_futures=cancel)
    assert ends == [(wait, cancel)]
