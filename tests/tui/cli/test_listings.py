"""Learners and starting sets on the command line."""

from __future__ import annotations

import json
import sys

import pytest

from al_tui.main import main


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["al-tui", *args])
    with pytest.raises(SystemExit) as end:
        main()
    out, err = capsys.readouterr()
    return int(str(end.value.code)), out, err


def test_lists_learners_with_their_parameters(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(monkeypatch, capsys, "learners")
    assert code == 0
    for text in ("gaussian_field", "neighbours=7", "soft_vote(a,b,…)", "knn", "k=5", "module:factory"):
        assert text in out


def test_lists_learners_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(monkeypatch, capsys, "learners", "--json")
    found = {entry["name"]: entry for entry in json.loads(out)}
    assert code == 0
    assert found["knn"]["parameters"][0]["name"] == "k"
    assert found["knn"]["parameters"][0]["default"] == "5"
    assert found["soft_vote"]["takes_learners"] is True
    assert all({"name", "summary", "source", "takes_learners", "parameters"} == set(entry) for entry in found.values())


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--initial", "typicl"), "'typicl' is not one of 'random_per_class', 'typical'"),
        (("--initial", "typical", "--budget", "10"), "it must exceed the 10 labels"),
        (("--learner", "knn(k=0)"), "knn: k is 0; it must be at least 1"),
        (("--learner", "no.such:thing"), "cannot import no.such"),
    ],
)
def test_says_in_one_line_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], message: str
) -> None:
    code, out, err = run(monkeypatch, capsys, "bench", *args)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_bench_starts_from_typical_items(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    args = ("--learner", "gaussian_field", "--strategies", "expected_error_reduction", "--initial", "typical", "--batch", "1")
    code, out, _ = run(monkeypatch, capsys, "bench", *args, "--budget", "13", "--workers", "1", "--json")
    assert code == 0
    document = json.loads(out)
    assert document["protocol"]["initial_method"] == "typical"
    assert document["strategies"][0]["curve"]["labels"] == [10, 11, 12, 13]
