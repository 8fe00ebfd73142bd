"""What a command line says reaches whatever it opens: the screens are stood in for, and say what they were handed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from al_core.compute.inline import Inline
from al_core.data.kinds import load_dataset
from al_core.data.origin import Origin, Places
from al_core.data.sources import Knowing, describe, meet, named_data, sources_of
from al_core.ground.errors import UserError
from al_core.ground.versions import versions
from al_core.measures.worth import Price
from al_core.race.events import RoundPlayed
from al_core.run.play import play
from al_core.run.state import RunState
from al_core.sessions.actions import Changed, Labelled, Settings
from al_core.sessions.home import sessions_directory
from al_core.sessions.lock import lock_path
from al_core.sessions.race_actions import RaceOpened
from al_core.sessions.race_journal import Journal
from al_core.sessions.store import SessionFile
from al_core.task.spec import TaskSpec
from al_tui import launch as launcher
from al_tui.cli import label
from al_tui.cli.go_on import LEARNING_LIMIT, READING_LIMIT
from al_tui.requests.race import RaceRequest
from al_tui.requests.where import Place

CLASSES = tuple("0123456789")
SPEC = TaskSpec(budget=40, seed=3)
SVC = "sklearn.svm:SVC"


@pytest.fixture(autouse=True)
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody called max, in a terminal, whose project wants keys."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "max")
    monkeypatch.setattr("al_tui.requests.terminal.is_terminal", lambda *streams: True)
    monkeypatch.setattr("al_tui.cli.label.is_terminal", lambda *streams: True)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "keys.toml").write_text('[keys]\n"7" = "j"\n')


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What a race's screen was handed: what is always said, and what may be."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(launcher, "launch", lambda *always, **more: found.append((*always, more)) or 0)
    return found


@pytest.fixture
def labelled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What a labelling screen was handed."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr("al_tui.launch_label.launch_label", lambda *said: found.append(said) or 0)
    return found


def race(name: str, **opened: Any) -> Path:
    """A race over three seeds, begun with another numpy."""
    path = sessions_directory() / f"{name}.session"
    data = named_data("digits")
    assert data is not None
    software = replace(versions(), numpy="1.0")
    journal = Journal(path, "ann")
    ids = [f"id{row}" for row in range(len(data.y))]
    spec = opened.get("spec", SPEC)
    journal.begin(RaceOpened(spec, ("random", "margin"), data.fingerprint, CLASSES, software, 3), ids, lambda: 9.0)
    played = play(SPEC, RunState("random"))
    journal.note(RoundPlayed(0, played.state, played.timings))
    assert journal.close() is None
    return path


def test_a_race_is_gone_on_with_as_the_command_says(run, launched: list[Any], tmp_path: Path) -> None:
    race("race-a")
    words = ("--pace", "3", "--workers", "5", "--annotator", "zoe", "--results", "kept.sqlite3", "--project", "keys.toml")
    code, _, err = run("resume", "race-a", *words)
    assert (code, len(launched)) == (0, 1)
    request, pace, seeds, place, more = launched[0]
    assert (request.spec, request.strategies, request.workers) == (SPEC, ("random", "margin"), 5)
    assert (request.keys, pace, seeds, place.results) == ({"7": "j"}, 3.0, 3, Path("kept.sqlite3"))
    assert (more["annotator"], more["resumed"]._annotator) == ("zoe", "zoe")
    assert (more["ledger"].settings.seeds, more["ledger"].elapsed, more["computing"]) == (3, 9.0, None)
    assert f"al-tui: it was begun with numpy 1.0 instead of {versions().numpy}; rounds from here on may differ\n" in err
    assert "resuming race-a: a race on digits, 2 strategies, 1 rounds, 0 labels by hand" in err


def test_who_only_looks_at_a_race_writes_nothing_and_is_who_they_are(run, launched: list[Any]) -> None:
    race("race-a")
    assert run("resume", "race-a", "--read-only")[0] == 0
    request, pace, seeds, place, more = launched[0]
    assert (more["resumed"], more["annotator"], more["ledger"].settings.seeds) == (None, "max", 3)
    assert (request.keys, pace, seeds, place) == ({}, 1.5, 3, Place())


@pytest.mark.parametrize("kind", ["race", "label"])
def test_code_that_is_to_be_run_is_that_which_the_session_uses_now(
    run, launched: list[Any], labelled: list[Any], kind: str
) -> None:
    if kind == "race":
        race("one", spec=replace(SPEC, learner=SVC))
    else:
        with SessionFile.create(sessions_directory() / "one.session", Settings("digits", "f" * 32, CLASSES), "ann") as file:
            file.append([Changed("margin", SVC, 1)], "ann")
    code, _, err = run("resume", "one")
    assert (code, launched + labelled) == (2, [])
    assert f"one.session names the learner {SVC}; to run that code again, say --learner '{SVC}'" in err
    assert run("resume", "one", "--learner", "logistic")[0] == 2
    assert run("resume", "one", "--learner", SVC)[0] == 0
    assert len(launched + labelled) == 1


@pytest.mark.parametrize("kind", ["race", "label"])
def test_what_another_machine_holds_is_taken_over_by_a_word(run, launched: list[Any], labelled: list[Any], kind: str) -> None:
    if kind == "race":
        path = race("one")
    else:
        path = sessions_directory() / "one.session"
        SessionFile.create(path, Settings("digits", "f" * 32, CLASSES), "ann").close()
    lock_path(path).write_text(json.dumps({"host": "elsewhere", "pid": 1, "since": "2026-01-01T00:00:00+00:00"}))
    assert run("resume", "one")[0] == 2
    code, _, err = run("resume", "one", "--take-over")
    assert (code, len(launched + labelled)) == (0, 1)
    assert "taken over from process 1 on elsewhere" in err


@pytest.fixture
def files(tmp_path: Path) -> Path:
    data = load_dataset("digits")
    assert data.images is not None
    np.save(tmp_path / "a.npy", data.images[:40])
    np.savez(tmp_path / "kept.npz", images=data.images[40:60], y=data.y[40:60], classes=[*CLASSES])
    np.save(tmp_path / "own.npy", data.X[:40])
    return tmp_path


@pytest.mark.parametrize("own", [False, True])
def test_a_session_is_gone_on_with_as_the_command_says(run, labelled: list[Any], files: Path, own: bool) -> None:
    path = sessions_directory() / "one.session"
    dataset = str(files / "gone.npy") if own else "digits"
    with SessionFile.create(path, Settings(dataset, "f" * 32, CLASSES, own_classes=own), "ann") as file:
        file.append([Labelled("a", 3)], "ann")
    places = ("--data", "a.npy", "--test", "kept.npz", "--embeddings", "own.npy") if own else ()
    assert run("resume", "one", "--annotator", "zoe", "--project", "keys.toml", *places)[0] == 0
    ((begin, limit, _),) = labelled
    assert (begin.annotator, begin.keys, begin.path, begin.file.path) == ("zoe", {"7": "j"}, path, path)
    assert limit == (READING_LIMIT if own else LEARNING_LIMIT)
    if own:
        assert begin.places == Places(str(files / "a.npy"), str(files / "kept.npz"), str(files / "own.npy"))
        assert begin.settings.dataset == dataset
    else:
        assert begin.places == Places("digits", None, None)


def test_a_new_session_is_begun_as_the_command_says(run, labelled: list[Any], files: Path) -> None:
    words = ("--classes", ",".join(CLASSES), "--strategy", "margin", "--annotator", "zoe", "--test", "kept.npz")
    assert run("label", "a.npy", *words, "--session", "mine.session", "--project", "keys.toml")[0] == 0
    ((begin, limit, _),) = labelled
    assert (begin.annotator, begin.keys, begin.path, begin.file) == ("zoe", {"7": "j"}, Path("mine.session"), None)
    assert (begin.said, limit) == (["strategy"], READING_LIMIT)
    settings = begin.settings
    assert (settings.dataset, settings.test) == (str(files / "a.npy"), str(files / "kept.npz"))
    assert (settings.strategy, settings.classes, settings.own_classes) == ("margin", CLASSES, True)
    assert run("label", "digits")[0] == 0
    begin, limit, _ = labelled[1]
    assert (begin.annotator, begin.keys, begin.path, list(begin.said), limit) == ("max", {}, None, [], LEARNING_LIMIT)


def test_where_there_is_a_session_of_the_same_files_it_is_asked_and_gone_on_with(
    run, labelled: list[Any], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sessions_directory() / "one.session"
    SessionFile.create(path, Settings(str(files / "a.npy"), "f" * 32, CLASSES, own_classes=True), "ann").close()
    asked: list[list[str]] = []

    def which(found: Any, dataset: str, names: tuple[str, ...]) -> Path | None:
        asked.append([entry.path.stem for entry in found])
        return path

    gone_on: list[tuple[Any, ...]] = []
    monkeypatch.setattr(label, "which_session", which)
    monkeypatch.setattr(label, "go_on_labelling", lambda *said, price: gone_on.append((*said[:4], price)) or 0)
    words = ("--test", "kept.npz", "--embeddings", "own.npy", "--annotator", "zoe", "--project", "keys.toml")
    words = (*words, "--cost-per-hour", "30", "--currency", "EUR")
    assert run("label", "a.npy", *words)[0] == 0
    places = Places(str(files / "a.npy"), str(files / "kept.npz"), str(files / "own.npy"))
    assert (asked, gone_on) == ([["one"]], [(path, "zoe", places, {"7": "j"}, Price(None, 30.0, "EUR"))])
    assert run("label", "a.npy", "--new", "--classes", ",".join(CLASSES))[0] == 0
    assert (len(asked), len(gone_on), len(labelled)) == (1, 1, 1)
    assert labelled[0][0].file is None


def test_a_race_is_opened_with_all_that_it_was_asked_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    code = [0]

    class App:
        def __init__(self, engine: Any, log: Path) -> None:
            opened.append(engine)
            self.return_code: int | None = code[0]
            self.goes_on = ()
            self.say_farewell = lambda: None

        def run(self) -> None:
            opened[-1].recorder.trouble = trouble[0]
            opened[-1].recorder.close = lambda: None

    trouble: list[str | None] = [None]
    monkeypatch.setattr(launcher, "AlTui", App)
    request = RaceRequest(SPEC, ("random", "margin"), 5, 60.0, tmp_path / "mine.session", keys={"7": "j"})
    place = Place(results=tmp_path / "kept.sqlite3")
    assert launcher.launch(request, 2.0, 3, place, annotator="zoe") == 0
    engine = opened[0]
    assert (engine.bound, engine.workers.count, engine.view.pace) == ({"7": "j"}, 5, 2.0)
    assert (engine.seeds.view.plan.seeds, engine.seeds.view.plan.specs) == ((3, 4, 5), (SPEC,))
    assert (tmp_path / "kept.sqlite3").exists()
    journals = [engine.recorder._open(SPEC) for _ in range(2)]
    assert [journal.path for journal in journals] == [tmp_path / "mine.session", None]  # the next one has a name of its own
    assert {journal._annotator for journal in journals} == {"zoe"}
    for journal in journals:
        journal.close()
    trouble[0] = "no room"
    assert launcher.launch(request, None, 1, Place(no_results=True)) == 1
    assert (opened[1].view.pace, opened[1].seeds) == (None, None)
    journal = opened[1].recorder._open(SPEC)
    assert journal._annotator == "max"
    journal.close()
    code[0] = 130
    assert launcher.launch(request, None, 1, Place(no_results=True)) == 130


def test_a_race_over_files_goes_on_with_the_whole_budget_that_it_began_with(
    run, launched: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = SimpleNamespace(open=Inline, workers=1)
    monkeypatch.setattr(launcher, "computing_at", lambda request, place, log, rounds: here)
    monkeypatch.setattr("al_tui.cli.raced.labels_to_give", lambda spec: 12)  # as if they could be split otherwise by now
    pots = np.arange(60 * 64).reshape(60, 8, 8) % 17
    np.savez(tmp_path / "pots.npz", images=pots.astype(np.uint8), y=np.arange(60) % 2, classes=["jug", "bowl"])
    source = describe(Origin(str(tmp_path / "pots.npz")), "pots")
    meet(source)
    data = named_data("pots")
    assert data is not None
    spec = TaskSpec(dataset="pots", budget=14)
    opened = RaceOpened(spec, ("random",), source.fingerprint, ("jug", "bowl"), versions(), 1, source)
    journal = Journal(sessions_directory() / "own.session", "ann")
    journal.begin(opened, [f"id{row}" for row in range(len(data.y))], lambda: 0.0)
    played = play(spec, RunState("random"))
    journal.note(RoundPlayed(0, played.state, played.timings))
    assert journal.close() is None
    assert run("resume", "own")[0] == 0
    request, *_, more = launched[0]
    assert (request.spec, request.source) == (spec, source)
    assert isinstance(more["computing"].open(), Knowing)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What a bench would have computed: the plan, the store, and the workers that were opened, with their limit."""
    found: list[tuple[Any, ...]] = []
    opened: list[tuple[int, float]] = []

    class Workers(Inline):
        def __init__(self, workers: int, *, limit: float, log: Path) -> None:
            opened.append((workers, limit))

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            opened.append((0, 0.0))

    def campaign(asked: Any, executor: Any, *, store: Any, progress: Any, note: Any) -> Any:
        note("8 of 9 runs are known already")
        found.append((asked, executor, None if store is None else store.path, opened))
        raise UserError("enough")

    monkeypatch.setattr("al_core.compute.processes.Processes", Workers)
    monkeypatch.setattr("al_core.comparison.campaign.campaign", campaign)
    return found


def test_a_bench_is_computed_as_it_was_asked(run, computed: list[Any], tmp_path: Path) -> None:
    task = ("--seed", "4", "--budget", "26", "--batch", "5", "--target", "0.8", "--initial", "typical", "--noise", "0.1")
    more = ("--seeds", "3", "--second-target", "0.85", "--least-saving", "0.2", "--no-references", "--oracle")
    place = ("--workers", "3", "--round-limit", "7", "--results", "kept.sqlite3")
    named = ("--datasets", "iris,wine", "--learners", "logistic,knn", "--strategies", "random,margin")
    code, out, err = run("bench", *task, *more, *place, *named)
    assert (code, out) == (2, "")
    assert "8 of 9 runs are known already\n" in err
    ((asked, _, store, opened),) = computed
    spec = TaskSpec(seed=4, budget=26, batch=5, target=0.8, initial="typical", noise=0.1)
    both = [replace(spec, dataset=data, learner=learner) for data in ("iris", "wine") for learner in ("logistic", "knn")]
    assert asked.specs == tuple(both)
    assert (asked.strategies, asked.seeds, asked.targets) == (("random", "margin"), (4, 5, 6), (0.8, 0.85))
    assert (asked.oracle, asked.least_saving) == (True, 0.2)
    assert store == Path("kept.sqlite3")
    assert opened == [(3, 7.0 * (1 + max(spec.rounds for spec in both))), (0, 0.0)]  # opened, and ended
    assert run("bench", "--strategies", "random,margin", "--seeds", "2", "--no-results", "--executor", "inline")[0] == 2
    asked, executor, store, _ = computed[1]
    assert (asked.strategies, len(asked.targets), asked.oracle, store) == (("random", "margin", "random#2"), 2, False, None)
    assert type(executor) is Inline


def test_a_bench_over_files_ends_where_their_labels_do_and_is_computed_where_they_are_known(
    run, computed: list[Any], tmp_path: Path
) -> None:
    pots = np.random.default_rng(0).integers(0, 255, (69, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "pots.npz", images=pots[:60], y=np.arange(60) % 2, classes=["jug", "bowl"])
    np.savez(tmp_path / "kept.npz", images=pots[60:], y=np.arange(9) % 2, classes=["jug", "bowl"])
    code, _, err = run("bench", "pots.npz", "--test", "kept.npz", "--budget", "70", "--workers", "2", "--no-results")
    assert code == 2
    ((asked, executor, _, opened),) = computed
    assert [(spec.dataset, spec.budget) for spec in asked.specs] == [("pots.npz", 60)]
    assert "pots.npz has only 60 labels to give; its runs end there\n" in err
    assert isinstance(executor, Knowing)
    (source,) = sources_of(["pots.npz"])
    assert source.origin is not None
    assert source.origin.test == str(tmp_path / "kept.npz")
    assert [workers for workers, _ in opened] == [2, 0]
