"""All formats of labels, found by themselves: what is written and read again is the same, whatever stands in it."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from al_core.data.identity import identity
from al_core.exchange import tree
from al_core.exchange.record import About, Record
from al_core.exchange.records import import_labels
from al_core.exchange.registry import formats, trees
from al_core.ground.safe_text import safe_text
from al_core.sessions.actions import Chooser, Machine, Status

CLASSES = ("bowl", "jug", "=1+1", "../..", "壺", "a,b;c d", '"', "'=x", "NA", "-1", " ")
words = st.one_of(st.text(max_size=20), st.sampled_from(["=cmd()", "'=1", "-0.5", 'a"b', "a,b", "e" + "\u0301" * 9])).map(
    safe_text
)
TIMES = st.sampled_from(["2026-01-02T03:04:11.000000+00:00", "2026-11-26T23:59:59.999999+00:00"])


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any record that a session can hold."""
    item = identity(str(draw(st.integers(0, 10**6))).encode())
    how = (draw(st.sampled_from(["", *get_args(Chooser)])), draw(st.none() | st.floats(1e-9, 1.0)))
    flagged = draw(st.booleans())
    note, name = draw(words) if flagged else "", draw(words)
    match draw(st.sampled_from(["person", "machine", "aside", "flag"])):
        case "person":
            said = (draw(st.sampled_from(CLASSES)), "label", "person", draw(words), draw(TIMES))
        case "machine":
            said = (draw(st.sampled_from(CLASSES)), "label", draw(st.sampled_from(get_args(Machine))), "", draw(TIMES))
        case "aside":
            said = ("", draw(st.sampled_from(get_args(Status))), "person", draw(words), draw(TIMES))
        case _:
            said, flagged = ("", "flag", "", "", ""), True
    return Record(item, *said, flagged, note, name, *how)


many = st.lists(records(), max_size=8, unique_by=lambda record: record.item)


@pytest.mark.parametrize("form", formats())
@given(rows=many)
@settings(max_examples=60)
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, form: str, rows: list[Record]) -> None:
    out = tmp_path_factory.mktemp("out") / f"labels.{form}"
    out.write_bytes(formats()[form].write(rows, About("pots", "f" * 32, CLASSES)))
    assert import_labels(out) == tuple(rows)


@pytest.mark.parametrize("form", trees())
@given(rows=many)
@settings(max_examples=30)
def test_and_so_is_a_tree(tmp_path_factory: pytest.TempPathFactory, form: str, rows: list[Record]) -> None:
    home = tmp_path_factory.mktemp("out")
    (home / "pots").mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tree, "records", lambda ledger: tuple(rows))
        patched.setattr(
            tree, "export_labels", lambda ledger, form: formats()[form].write(rows, About("pots", "f" * 32, CLASSES))
        )
        labelled = [row for row in rows if row.label]
        places = {}
        for number, row in enumerate(labelled):
            places[row.item] = home / "pots" / f"{number}.png"
            places[row.item].write_bytes(b"x")
        patched.setattr(tree, "found_files", lambda root, wanted: places)
        patched.setattr("al_core.data.identity.identity", lambda content: next(iter(places)))
        tree.grow(_Session(), form, home / "sorted", home / "pots")  # type: ignore[arg-type]
    assert import_labels(home / "sorted") == tuple(rows)
    assert [path for path in home.iterdir() if path.name not in ("pots", "sorted")] == []


class _Session:
    dataset, living = "pots", CLASSES


def test_every_module_there_is_a_format_and_has_its_own_name() -> None:
    import al_core.exchange.formats as package

    modules = [path for path in Path(package.__path__[0]).glob("*.py") if path.name != "__init__.py"]
    assert len({*formats(), *trees()}) == len(modules)
