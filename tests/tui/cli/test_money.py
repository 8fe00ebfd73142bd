"""Time and money through the door: what is asked for, where it stands, and what is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from al_core.sessions.actions import Labelled, Settings
from al_core.sessions.events import Seen
from al_core.sessions.home import sessions_directory
from al_core.sessions.store import SessionFile

BENCH = (
    "bench",
    "--dataset",
    "iris",
    "--budget",
    "26",
    "--strategies",
    "random,margin",
    "--executor",
    "inline",
    "--seeds",
    "2",
    "--target",
    "0.7",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def timed(name: str, *seconds: float | None) -> None:
    """A session whose answers took so long."""
    settings = Settings("iris", "f" * 32, ("a", "b", "c"))
    with SessionFile.create(sessions_directory() / f"{name}.session", settings, "ann") as file:
        for number, time in enumerate(seconds):
            file.append([Labelled(f"{number:016x}", 0)], "ann", Seen(seconds=time))


def test_a_bench_and_a_report_say_what_a_label_is_worth_and_files_may_say_it(run, home):
    timed("mine", 2.0, 9.0, 3.0, 4000.0, 4.0, None, 0.001)
    (home / "al-tui.toml").write_text('cost-per-hour = 36\ncurrency = "EUR"\n')
    code, out, _ = run(*BENCH, "--seconds-per-label", "mine")
    assert code == 0
    assert "at 4 s a label, 36.00 EUR an hour" in " ".join(out.split()), "the median of 2, 3, 4, 9 and 4000"
    assert "money saved" in out
    assert "EUR" not in run(*BENCH)[1], "of nobody's time there is nothing to say"
    document = json.loads(run(*BENCH, "--seconds-per-label", "10", "--json")[1])
    assert (document["money"]["seconds_per_label"], document["money"]["cost_per_hour"]) == (10.0, 36.0)
    code, out, _ = run("report", "--format", "md", "--seconds-per-label", "10")
    assert code == 0
    assert "at 10 s a label, 36.00 EUR an hour" in out
    (home / "al-tui.toml").write_text("seconds-per-label = 20\n")
    assert "at 20 s a label: what a person" in run("report", "--format", "md")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--seconds-per-label", "0"), "'0' is no time for a label; give seconds above 0"),
        (("--seconds-per-label", "nan"), "'nan' is no time for a label; give seconds above 0"),
        (("--seconds-per-label", "few"), "few.session has fewer than five answers that were timed"),
        (("--seconds-per-label", "nothing"), "no session"),
        (("--cost-per-hour", "-3"), "--cost-per-hour is -3; give what an hour costs, above 0"),
        (("--cost-per-hour", "30"), "--cost-per-hour says nothing without --seconds-per-label"),
        (("--seconds-per-label", "9", "--currency", "EUR"), "--currency says nothing without --cost-per-hour"),
    ],
)
def test_what_is_no_time_or_price_is_one_line(run, words, said):
    timed("few", 2.0, 3.0, 4.0, 5.0)
    for command in (BENCH, ("report", "--format", "md")):
        code, out, err = run(*command, *words)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert said in err


def test_a_price_in_a_file_that_comes_to_nothing_names_the_file(run, home):
    (home / "al-tui.toml").write_text("cost-per-hour = 30\n")
    code, out, err = run(*BENCH)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "al-tui.toml" in err


def test_times_are_in_the_log_and_come_back_with_it(home):
    timed("mine", 5.0, 2.0, None, 3.0, 2.0, 4.0, 0.001)
    with SessionFile.open(sessions_directory() / "mine.session", read_only=True) as file:
        assert len(file.ledger.times) == 5
        assert (file.ledger.times.usual, file.ledger.times.spent) == (3.0, 16.0)
