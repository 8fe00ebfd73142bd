"""What a launcher hands on to what it opens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from al_core.comparison.in_worker import play_cell
from al_core.compute import processes
from al_core.task.spec import TaskSpec
from al_tui.launch import computing_at
from al_tui.requests.race import RaceRequest


def test_a_run_beside_the_race_has_the_time_of_as_many_rounds_as_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[tuple[int, dict[str, Any]]] = []
    monkeypatch.setattr(processes, "Processes", lambda workers, **rest: made.append((workers, rest)))
    request = RaceRequest(TaskSpec(budget=100, batch=10), ("random",), 3, 7.0)
    computing = computing_at(request, None, Path("log"), request.spec.rounds)
    assert computing.workers.count == 3
    assert made == []  # not before the first paint
    computing.open()
    assert made == [(3, {"limit": 7.0, "limits": {play_cell: 63.0}, "log": Path("log")})]
