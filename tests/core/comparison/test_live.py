"""The race over paired seeds: the same cells as the bench, kept as they finish, never at the cost of the race on the screen."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from trials import PATIENCE

from al_core.comparison import identity as identities
from al_core.comparison import lookup
from al_core.comparison.campaign import campaign
from al_core.comparison.cell import ALL_LABELS, Cell
from al_core.comparison.identity import Identity
from al_core.comparison.in_worker import play_cell
from al_core.comparison.live import LiveComparison, StoreThread, spare_workers
from al_core.comparison.live_view import (
    CellBegun,
    CellPutBack,
    CellsFinished,
    LiveEvent,
    LiveView,
    Noted,
    Recalled,
    Summarised,
    open_live,
    reduce_live,
)
from al_core.comparison.lookup import recalled
from al_core.comparison.plan import Plan, plan
from al_core.comparison.store import ResultsStore
from al_core.comparison.summary import summary
from al_core.compute.arithmetic import machine
from al_core.compute.inline import Inline, OneThread
from al_core.ground.errors import UserError, WorkerDied
from al_core.measures import statistics
from al_core.race.view import RaceView, open_view
from al_core.reports.seeds import is_final, seeds_cells, seeds_note, seeds_rows
from al_core.task.spec import TaskSpec

SPEC = TaskSpec(dataset="iris", batch=10, budget=26)
HERE = machine(Inline())


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "RESAMPLES", 300)


class Watched(Inline):
    """Computes here, remembers which cells it was asked, and may fail some."""

    def __init__(self, fail: Callable[[TaskSpec, str], Exception | None] = lambda spec, name: None) -> None:
        self.asked: list[tuple[str, int]] = []
        self.called: list[str] = []
        self._fail = fail

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.called.append(fn.__name__)
        if fn is play_cell:
            self.asked.append((args[1], args[0].seed))
            if (error := self._fail(*args)) is not None:
                future: Future[Any] = Future()
                future.set_exception(error)
                return future
        return super().submit(fn, *args, **kwargs)


def repeat(asked: Plan, executor: Executor, path: Path | None = None, events: list[LiveEvent] | None = None) -> LiveView:
    """Run a repetition to its end; returns the view."""
    view = open_live(asked)

    def note(event: LiveEvent) -> None:
        nonlocal view
        view = reduce_live(view, event)
        if events is not None:
            events.append(event)

    desk = None if path is None else StoreThread(path)
    asyncio.run(LiveComparison(asked, executor, desk=desk, room=lambda: 2, emit=note).run())
    if desk is not None:
        desk.close()
    return view


def without_times(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: without_times(value) for key, value in document.items() if "seconds" not in key}
    return [without_times(entry) for entry in document] if isinstance(document, list) else document


@pytest.mark.parametrize("oracle", [False, True])
def test_a_plan_counts_its_cells_without_making_them(oracle: bool) -> None:
    asked = plan([TaskSpec(), TaskSpec(learner="knn")], ["margin"], seeds=3, oracle=oracle)
    assert asked.cells == len(asked.questions) == 2 * 3 * (4 + oracle)


def test_it_ends_in_the_document_of_the_bench_and_the_two_answer_each_other(tmp_path: Path) -> None:
    asked = plan([SPEC], ["random", "margin"], seeds=3)
    view = repeat(asked, Watched(), tmp_path / "r")
    (result,) = campaign(asked, Inline())
    assert is_final(view)
    assert without_times(json.loads(json.dumps(view.document))) == without_times(json.loads(json.dumps(summary(result))))
    nothing = Watched()
    with ResultsStore(tmp_path / "r") as store:
        (kept,) = campaign(asked, nothing, store=store)
        assert set(store.computations().values()) == {1}
        assert len(store.benches()) == 1
    assert nothing.asked == []
    assert json.loads(json.dumps(summary(kept))) == json.loads(json.dumps(view.document))


def test_more_seeds_compute_only_what_is_missing(tmp_path: Path) -> None:
    repeat(plan([SPEC], ["random"], seeds=2), Watched(), tmp_path / "r")
    more = Watched()
    view = repeat(plan([SPEC], ["random"], seeds=3), more, tmp_path / "r")
    assert {seed for _, seed in more.asked} == {2}
    assert view.whole_seeds == 3
    again: list[LiveEvent] = []
    nothing = Watched()
    repeat(plan([SPEC], ["random"], seeds=3), nothing, tmp_path / "r", again)
    assert nothing.asked == []
    assert nothing.called == ["summarise_packed"], "keys are recalled, and not made anew"
    assert [type(event) for event in again] == [CellsFinished, Recalled, Summarised]


def test_what_is_answered_from_the_store_is_the_latest_bench(tmp_path: Path) -> None:
    first, second = plan([SPEC], ["random"], seeds=2), plan([SPEC], ["margin"], seeds=2)
    for asked in (first, second, first):
        repeat(asked, Watched(), tmp_path / "r")
        with ResultsStore(tmp_path / "r") as store:
            assert store.benches()[-1].asked.strategies == asked.strategies
    with ResultsStore(tmp_path / "r") as store:
        assert len(store.benches()) == 2


def test_keys_are_recalled_only_for_the_same_question_and_software(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = plan([SPEC], ["random"], seeds=2)
    repeat(asked, Watched(), tmp_path / "r")
    with ResultsStore(tmp_path / "r") as store:
        found = recalled(store, asked, HERE)
        assert found is not None
        assert list(found.keys) == [identities.identify(*question).key for question in asked.questions]
        assert recalled(store, replace(asked, seeds=(0, 1, 2)), HERE) is None
        assert recalled(store, plan([replace(SPEC, budget=25)], ["random"], seeds=2), HERE) is None
        assert recalled(store, asked, "another machine") is None
        assert recalled(store, asked, "") is None
        newer = replace(identities.versions(), numpy="99")
        monkeypatch.setattr(lookup, "versions", lambda: newer)
        assert recalled(store, asked, HERE) is None


def test_keys_that_hang_on_a_plug_in_are_not_recalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "_plugins", lambda learner, strategy: "digest")
    asked = plan([SPEC], ["random"], seeds=2)
    repeat(asked, Watched(), tmp_path / "r")
    with ResultsStore(tmp_path / "r") as store:
        assert recalled(store, asked, HERE) is None


def test_a_worker_that_dies_costs_its_cell_only_and_failures_are_told() -> None:
    left = {("margin", 0): 1, ("margin", 1): 2}

    def fail(spec: TaskSpec, name: str) -> Exception | None:
        key = name, spec.seed
        left[key] = left.get(key, 0) - 1
        return WorkerDied("gone") if left[key] >= 0 else None

    executor = Watched(fail)
    view = repeat(plan([SPEC], ["random", "margin"], seeds=2), executor)
    assert executor.asked.count(("margin", 0)) == 2
    margin = view.of("margin")
    assert margin is not None
    assert [outcome.seed for outcome in margin.outcomes] == [0]
    assert margin.errors == ((1, "gone"),)
    assert view.complete
    row = next(row for row in seeds_rows(view) if row.strategy == "margin")
    assert row.words == "no verdict: failed on 1 of 2 seeds"


def test_every_cell_is_begun_before_it_is_there_and_one_whose_worker_died_once_more() -> None:
    left = {("margin", 1): 1}

    def fail(spec: TaskSpec, name: str) -> Exception | None:
        left[name, spec.seed] = left.get((name, spec.seed), 0) - 1
        return WorkerDied("gone") if left[name, spec.seed] >= 0 else None

    asked, events = plan([SPEC], ["random", "margin"], seeds=2), list[LiveEvent]()
    repeat(asked, Watched(fail), None, events)
    told = [(event.seed, event.strategy, type(event)) for event in events if isinstance(event, CellBegun | CellPutBack)]
    begun = [each[:2] for each in told if each[2] is CellBegun]
    questions = [(spec.seed, name) for spec, name in asked.questions]
    assert sorted(begun) == sorted([*questions, (1, "margin")])
    assert [each[:2] for each in told if each[2] is CellPutBack] == [(1, "margin")]
    view = open_live(asked)
    for event in events:
        if isinstance(event, CellsFinished):
            assert {(cell.seed, cell.strategy) for cell in event.cells} <= view.under_way
        view = reduce_live(view, event)
    assert view.under_way == frozenset()


def test_what_failed_is_computed_again_and_only_that(tmp_path: Path) -> None:
    broken = {("margin", 1), (ALL_LABELS, 0)}

    def fail(spec: TaskSpec, name: str) -> Exception | None:
        return ValueError("no luck") if (name, spec.seed) in broken else None

    asked = plan([SPEC], ["random", "margin"], seeds=2)
    executor, seen = Watched(fail), []
    view = open_live(asked)

    def note(event: LiveEvent) -> None:
        nonlocal view
        view = reduce_live(view, event)
        if not isinstance(event, CellBegun):
            seen.append((view.done, view.failed, view.document is not None))

    desk = StoreThread(tmp_path / "r")
    repetition = LiveComparison(asked, executor, desk=desk, room=lambda: 2, emit=note)

    async def twice() -> None:
        await repetition.run()
        assert view.complete
        assert view.failed == 1
        with ResultsStore(tmp_path / "r", readonly=True) as store:
            assert set(store.benches()[-1].asked.failed.values()) == {"no luck"}
        executor.asked.clear()
        broken.remove((ALL_LABELS, 0))
        await repetition.again()
        assert sorted(executor.asked) == sorted([("margin", 1), (ALL_LABELS, 0)])
        assert view.complete
        assert view.failed == 1
        broken.clear()
        seen.clear()
        await repetition.again()
        assert seen == [(view.total - 1, 0, False), (view.total, 0, False), (view.total, 0, True)]
        await repetition.again()
        assert len(seen) == 3
        with ResultsStore(tmp_path / "r", readonly=True) as store:
            assert not store.benches()[-1].asked.failed
        assert repetition._whole_seeds() == len(asked.seeds)

    asyncio.run(twice())
    desk.close()
    (result,) = campaign(asked, Inline())
    assert is_final(view)
    assert without_times(json.loads(json.dumps(view.document))) == without_times(json.loads(json.dumps(summary(result))))
    with ResultsStore(tmp_path / "r") as store:
        assert set(store.computations().values()) == {1}
        assert len(store.computations()) == len(asked.questions)


def test_what_failed_is_computed_again_after_the_repetition_stopped() -> None:
    class Breaking(Watched):
        broken = True

        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            if fn is play_cell and self.broken and len(self.asked) == 4:
                raise RuntimeError("can't start new thread")
            return super().submit(fn, *args, **kwargs)

    luck = [False]
    executor = Breaking(lambda spec, name: None if luck[0] or name != "margin" else ValueError("no luck"))
    asked = plan([SPEC], ["random", "margin"], seeds=2)
    view = open_live(asked)

    def note(event: LiveEvent) -> None:
        nonlocal view
        view = reduce_live(view, event)

    async def twice() -> None:
        repetition = LiveComparison(asked, executor, desk=None, room=lambda: 1, emit=note)
        await repetition.run()
        assert "can't start new thread" in view.notes[0]
        assert not view.complete
        assert view.failed == 1
        executor.broken, luck[0] = False, True
        await asyncio.wait_for(repetition.again(), PATIENCE)

    asyncio.run(twice())
    assert view.complete
    assert is_final(view)


def test_a_store_that_fails_on_the_way_is_told_and_everything_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(self: ResultsStore, identity: Identity, cell: Cell) -> None:
        raise UserError("the results store is locked by another program")

    monkeypatch.setattr(ResultsStore, "put", locked)
    events: list[LiveEvent] = []
    view = repeat(plan([SPEC], ["random"], seeds=2), Watched(), tmp_path / "r", events)
    assert view.complete
    notes = [event.text for event in events if isinstance(event, Noted)]
    assert len(notes) == 1
    assert "locked by another program. What is computed from now on is not kept." in notes[0]


def test_cells_of_other_software_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = plan([SPEC], ["random"], seeds=2)
    old = replace(identities.versions(), numpy="1.0")
    with monkeypatch.context() as patch:
        patch.setattr(identities, "versions", lambda: old)
        with ResultsStore(tmp_path / "r") as store:
            campaign(asked, Inline(), store=store)
    executor = Watched()
    view = repeat(asked, executor, tmp_path / "r")
    assert len(executor.asked) == 6
    assert view.notes[0].startswith("6 cells computed by al-tui")
    assert "numpy 1.0" in view.notes[0]


async def test_no_more_calls_than_there_is_room_and_a_nudge_brings_more() -> None:
    held: list[Future[Any]] = []

    class Held(Inline):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            if fn is not play_cell:
                return super().submit(fn, *args, **kwargs)
            held.append(Future())
            return held[-1]

    room = 0
    came = asyncio.Event()
    asked = plan([SPEC], ["random"], seeds=3)
    repetition = LiveComparison(asked, Held(), desk=None, room=lambda: room, emit=lambda event: came.set())
    running = asyncio.create_task(repetition.run())

    async def settle() -> int:
        for _ in range(5):
            await asyncio.sleep(0)
        return len(held)

    assert await settle() == 0
    room = 2
    repetition.nudge()
    assert await settle() == 2
    room = 1
    held[0].set_result(Cell(SPEC, "random", ((6, 0.5), (16, 0.6)), (), 0.0, 0.0, 2))
    await came.wait()
    came.clear()
    assert await settle() == 2
    held[1].set_result(Cell(SPEC, "random#2", ((6, 0.5), (16, 0.6)), (), 0.0, 0.0, 2))
    await came.wait()
    assert await settle() == 3
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert held[2].cancelled()


async def test_intervals_are_computed_early_only_when_somebody_looks() -> None:
    asked = plan([SPEC], ["random"], seeds=4)

    async def summaries(wanted: bool) -> list[int]:
        """Of how many whole seeds each was."""
        view, seeds = open_live(asked), []

        def note(event: LiveEvent) -> None:
            nonlocal view
            view = reduce_live(view, event)
            if isinstance(event, Summarised):
                seeds.append(min(row.presence.finished for row in event.comparison.strategies))

        repetition = LiveComparison(asked, Watched(), desk=None, room=lambda: 2, emit=note)
        repetition.want_summary(wanted)
        await repetition.run()
        return seeds

    assert await summaries(False) == [4]
    early = await summaries(True)
    assert early[0] == 2, "two seeds have an interval"
    assert early[-1] == 4
    assert early == sorted(early)


@pytest.mark.parametrize(
    ("statuses", "paused", "spare"),
    [("racing", False, (0, 1, 3)), ("racing", True, (1, 2, 4)), ("done", False, (1, 2, 4)), ("asking", False, (1, 1, 3))],
)
def test_the_race_on_the_screen_goes_first(statuses: str, paused: bool, spare: tuple[int, ...]) -> None:
    race = open_view(SPEC, ("random", "margin"))
    query = play_cell_state()
    runs = tuple(run._replace(state=run.state._replace(query=query), by_hand=statuses == "asking") for run in race.runs)
    if statuses == "done":
        runs = tuple(run._replace(state=run.state._replace(query=query._replace(picks=()))) for run in runs)
    view: RaceView = race._replace(runs=runs, paused=paused)
    assert tuple(spare_workers(view, workers) for workers in (1, 2, 4)) == spare


def play_cell_state() -> Any:
    from al_core.run.state import Pick, Query

    return Query(6, 0.5, 90, (Pick(3, None, None, (1.0,)),))


def finished(seed: int, name: str, *accuracies: float) -> Cell:
    curve = tuple((6 + 10 * at, y) for at, y in enumerate(accuracies))
    return Cell(replace(SPEC, seed=seed), name, curve, (), 1.0, 1.0, len(curve))


def test_labels_to_the_target_are_those_where_it_was_held_and_missed_seeds_count_as_the_budget() -> None:
    asked = plan([replace(SPEC, target=0.85, budget=26)], ["random", "margin"], seeds=3)
    held = ((6, 0.5), (11, 0.9), (16, 0.9), (21, 0.86), (26, 0.7))
    lucky = ((6, 0.5), (11, 0.9), (16, 0.8), (21, 0.86), (26, 0.9))
    cells = tuple(
        Cell(replace(asked.specs[0], seed=seed), name, curve, (), 1.0, 1.0, 5)
        for name in asked.strategies
        for seed, curve in enumerate((held, lucky, lucky))
    )
    view = reduce_live(open_live(asked), CellsFinished(cells))
    margin = view.of("margin")
    assert margin is not None
    assert (margin.to_target, margin.reached) == (pytest.approx((11 + 26 + 26) / 3), 1)
    row = next(row for row in seeds_rows(view) if row.strategy == "margin")
    assert seeds_cells(row, 3)[2] == "≥ 21"


def test_the_view_is_means_medians_and_quartiles() -> None:
    asked = plan([replace(SPEC, target=0.85)], ["random", "margin"], seeds=4)
    first = open_live(asked)
    assert not first.drawable
    cells = [finished(seed, "margin", 0.5 + seed / 10, 0.6 + seed / 10) for seed in (2, 0, 3, 1)]
    view = reduce_live(first, CellsFinished(tuple(cells[:2])))
    assert first.done == 0
    assert view.drawable
    view = reduce_live(view, CellsFinished(tuple(cells[2:])))
    margin = view.of("margin")
    assert margin is not None
    assert [outcome.seed for outcome in margin.outcomes] == [0, 1, 2, 3]
    band = margin.band
    assert band.labels == (6, 16)
    assert band.median == pytest.approx((0.65, 0.75))
    assert band.lower == pytest.approx((0.575, 0.675))
    assert band.upper == pytest.approx((0.725, 0.825))
    assert margin.accuracy == pytest.approx(0.75)
    assert (margin.to_target, margin.reached) == (None, 0)
    assert margin.seconds_per_round == 1.0
    assert (view.whole_seeds, view.done, view.total) == (0, 4, 16)
    others = [finished(0, "random", 0.5, 0.65), Cell(replace(SPEC, seed=0), "random#2", error="no")]
    others.append(Cell(replace(SPEC, seed=0), ALL_LABELS, ((105, 0.97),)))
    view = reduce_live(view, CellsFinished(tuple(others)))
    assert (view.whole_seeds, view.done) == (1, 7)
    # On the seed that both have random is ahead; the others of margin are higher, and not compared with anything.
    assert [row.strategy for row in view.standings(["random", "margin"])] == ["random", "margin"]
    assert seeds_note(view).startswith("Preview: 1 of 4 seeds")


def test_one_thread_computes_in_order_and_leaves_at_once() -> None:
    executor = OneThread()
    assert executor.submit(threading.get_ident).result() != threading.get_ident()
    assert [executor.submit(pow, 2, n) for n in range(3)][2].result() == 4
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 1, 0).result()
    stuck = threading.Event()
    executor.submit(stuck.wait)
    executor.shutdown()
    stuck.set()


def test_a_target_that_nobody_reaches_is_said() -> None:
    view = repeat(plan([TaskSpec(target=1.0, budget=30)], ["margin"], seeds=2), Watched())
    rows = {row.strategy: row for row in seeds_rows(view)}
    assert {row.to_target for row in rows.values()} == {None}
    assert {row.reached for row in rows.values()} == {0}
    assert (rows["margin"].saved, rows["margin"].saved_interval) == (None, None)
    assert rows["margin"].words == "preview: too few seeds"
    assert seeds_cells(rows["margin"], 2)[:4] == ["margin", "2/2", "–", "–"]
