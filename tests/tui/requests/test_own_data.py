"""What a person may name as the data: nothing is read, and what is not there is said in one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from al_core.ground.errors import UserError
from al_tui.requests.own_data import check_own, class_names, found_data, found_file, is_path


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_name_is_a_name_and_all_else_is_a_whole_path(place: Path) -> None:
    Path("digits").mkdir()
    Path("pots.npz").touch()
    (place / "scans").mkdir()
    Path("link").symlink_to(place / "scans")
    assert found_data("digits") == "digits"
    assert found_data("./digits") == str(place / "here" / "digits")
    assert found_data("pots.npz") == str(place / "here" / "pots.npz")
    assert found_data("~/scans") == str(place / "scans")
    assert found_data("../scans/") == str(place / "scans")
    assert found_data("link") == str(place / "here" / "link")
    assert found_data(".") == str(place / "here")
    assert found_data("..") == str(place)


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("digts", "no data set, file or folder 'digts'; did you mean 'digits'?"),
        ("pots", "no data set, file or folder 'pots'; there are: "),
        ("./digits", "there is no file or folder ./digits"),
        ("a/b", "there is no file or folder a/b"),
        ("pipe", "pipe is neither a file nor a folder"),
        ("loop", "cannot look at loop: "),
        ("x" * 5000, "cannot look at xxx"),
        ("a\0b", "cannot look at a"),
        ("~nobody-of-that-name/x", "whose home directory that is, is not known"),
        ("./\x1b]0;title\x07", "there is no file or folder ./"),
    ],
)
def test_what_is_not_there_or_is_no_data_is_refused_in_a_line(word: str, words: str) -> None:
    os.mkfifo("pipe")
    Path("loop").symlink_to("loop")
    with pytest.raises(UserError) as refused:
        found_data(word)
    assert words in str(refused.value)
    assert str(refused.value).isprintable()


def test_a_path_is_told_by_its_looks() -> None:
    assert [word for word in ("digits", "./digits", "a/b", "~", ".hidden", "pots.npz") if is_path(word)] == [
        "./digits",
        "a/b",
        "~",
        ".hidden",
    ]


def test_classes_are_names_with_commas_between_them() -> None:
    assert class_names("bowl, jug,große Vase,壺") == ("bowl", "jug", "große Vase", "壺")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "name at least two"),
        ("bowl", "name at least two"),
        ("bowl,,jug", "name at least two"),
        ("bowl,jug,bowl", "names 'bowl' twice"),
        ("bowl,\x1b[31mjug", "without control characters"),
        (f"bowl,{'x' * 600}", "shorter than 500"),
    ],
)
def test_classes_that_are_none_are_refused(text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        class_names(text)


def test_what_a_data_set_of_this_program_knows_itself_is_not_said_of_it() -> None:
    check_own("digits", (), "auto")
    check_own("/home/anna/digits", ("a", "b"), "hog")
    with pytest.raises(UserError, match=r"--classes .* digits has its own"):
        check_own("digits", ("a", "b"), "auto")
    with pytest.raises(UserError, match=r"--features .* digits has its own"):
        check_own("digits", (), "hog")
    with pytest.raises(UserError, match=r"--test .* digits has its own"):
        check_own("digits", (), "auto", "/home/anna/kept")
    with pytest.raises(UserError, match=r"--embeddings .* digits has its features"):
        check_own("digits", (), "auto", None, "/home/anna/e.npy")
    check_own("/home/anna/pots", (), "auto", None, "/home/anna/e.npy")
    with pytest.raises(UserError, match=r"--embeddings are the features, and --features says others"):
        check_own("/home/anna/pots", (), "hog", None, "/home/anna/e.npy")


def test_a_file_to_measure_by_is_a_path_whatever_it_is_called(place: Path) -> None:
    Path("digits").mkdir()
    assert found_file("digits") == str(place / "here" / "digits")
    with pytest.raises(UserError, match=r"there is no file or folder \./kept"):
        found_file("kept")
