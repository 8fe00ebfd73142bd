"""What a session's items are, read from its data for other programs: what stands in them, which of them a text or a path
is, and what a model says of each that has not learnt its label. Numerics load where the data is no folder of files."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from al_core.data.origin import Places
from al_core.exchange.foreign import NOTHING
from al_core.exchange.reading import Reading, identity_of
from al_core.exchange.record import Problem
from al_core.ground.errors import UserError
from al_core.sessions.ledger import Ledger
from al_core.sessions.race_ledger import RaceLedger

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset
    from al_core.data.looks import Picture

NOT_HERE = "no item of this data"
AMBIGUOUS = "a path that may be of several files"
_MOST_FILES = 100_000
_UPLOADED = re.compile(r"[0-9a-f]{8}-")
"""What Label Studio puts before the names of files that were uploaded."""


class _Found(NamedTuple):
    """An item by its hash, and what it is called; empty where it has no name."""

    item: str
    name: str


class Shown(NamedTuple):
    """What stands in items: by item, and whether that is pictures."""

    by_item: Mapping[str, str]
    pictures: bool


def shown_of(ledger: Ledger | RaceLedger, items: Iterable[str], word: str, places: Places) -> Shown:
    """What stands in items of a session: a text; of a picture its path below the folder, or itself where it is no file.

    Parameters
    ----------
    items : the items; what is not in the data is left out.
    word, places : where the data is now.

    Raises
    ------
    UserError
        The data cannot be read.
    """
    root, wanted = Path(word), {item: ledger.names.get(item, "") for item in items}
    if root.is_dir():
        from al_core.data.folder import PICTURES, walked
        from al_core.data.whereabouts import found_files

        found = found_files(root, wanted)
        if walked(root, PICTURES, 0).files:
            return Shown({item: path.relative_to(root).as_posix() for item, path in found.items()}, True)
        return Shown({item: _text(path) for item, path in found.items()}, False)
    return _of_rows(_opened(ledger, word, places), wanted)


def _of_rows(data: Dataset, wanted: Mapping[str, str]) -> Shown:
    from al_core.data.at_size import look_at
    from al_core.data.looks import Picture, Size
    from al_core.data.said import words_in

    rows: dict[str, int] = {}
    for row, item in enumerate(data.item_ids):
        if item in wanted:
            rows.setdefault(item, row)
    shown, pictures = {}, False
    for item, row in rows.items():
        words = words_in(data, row)
        if words:
            shown[item] = words[0][1] if words[0][0] == "" else "\n".join(f"{name}: {value}" for name, value in words)
        elif isinstance(look := look_at(data, row, Size(512, 512)), Picture):
            shown[item], pictures = _png(look), True
    return Shown(shown, pictures)


def _png(look: Picture) -> str:
    """A picture as a data URI."""
    from PIL import Image

    pixels = look.pixels if look.colour else bytes(255 - level for level in look.pixels)
    out = io.BytesIO()
    Image.frombytes("RGB" if look.colour else "L", (look.width, look.height), pixels).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", "replace")


def _opened(ledger: Ledger | RaceLedger, word: str, places: Places) -> Dataset:
    from al_core.data.kinds import load_dataset
    from al_core.data.opened import open_dataset

    if not isinstance(ledger, Ledger):
        return load_dataset(word)
    origin = replace(ledger.settings.origin(places), most=None)
    return load_dataset(word) if origin.bundled else open_dataset(origin)


def placed(reading: Reading, ledger: Ledger, word: str, places: Places) -> Reading:
    """The same with the items found that another program knows by their text or by where their files were, and with what they
    are called.

    Parameters
    ----------
    word, places : where the data of the session is now.

    Raises
    ------
    UserError
        The data cannot be read.
    """
    if not reading.unplaced:
        return reading
    root = Path(word)
    find = _in_folder(root) if root.is_dir() else _in_rows(_opened(ledger, word, places))
    records, problems, decided = list(reading.records), list(reading.problems), set(reading.decided)
    seen = {(record.item, record.annotator, record.label) for record in records}
    for one in reading.unplaced:
        there = find(one.text, one.path)
        if isinstance(there, Problem):
            problems.append(Problem(there.kind, one.place))
            continue
        item = there.item
        if (item, one.record.annotator, one.record.label) in seen:
            problems.append(Problem("the same said twice", one.place))
            continue
        seen.add((item, one.record.annotator, one.record.label))
        decided |= {len(records)} if one.decided else set()
        records.append(replace(one.record, item=item, name=ledger.names.get(item) or there.name))
    return Reading(tuple(records), frozenset(decided), (), tuple(problems))


_Find = Callable[[str | None, str | None], _Found | Problem]


def _in_folder(root: Path) -> _Find:
    """Finds items among the files of a folder: by content where a text is given, else by path."""
    from al_core.data.decoded import Unusable, content_of
    from al_core.data.folder import PICTURES, TEXTS, walked
    from al_core.data.identity import identity

    names = walked(root, PICTURES + TEXTS, _MOST_FILES).files
    by_path = _Paths(names)
    by_text: dict[str, _Found] = {}

    def content(name: str) -> bytes:
        try:
            return content_of(root / name)[0]
        except Unusable:
            return b""

    def found(name: str) -> _Found:
        return _Found(identity(content(name)), name)

    def find(text: str | None, path: str | None) -> _Found | Problem:
        if path:
            name = by_path.find(path)
            if isinstance(name, str):
                return found(name)
            if text is None:
                return name
        if text is None:
            return Problem(NOTHING, "")
        if not by_text:
            by_text.update((_plain(_text(root / name)), found(name)) for name in names if name.lower().endswith(TEXTS))
        return by_text.get(_plain(text)) or Problem(NOT_HERE, "")

    return find


def _in_rows(data: Dataset) -> _Find:
    """Finds items among the rows of a table or an array: by text, else by name."""
    called = dict(zip(data.item_ids, data.item_names or [""] * len(data.item_ids), strict=True))
    named = {name: item for item, name in zip(data.item_ids, data.item_names, strict=False)}
    by_text = {}
    if data.looks is not None:
        from al_core.data.looks import Passage

        looks = data.looks
        passages = ((item, looks[row]) for row, item in enumerate(data.item_ids)) if _are_texts(data) else ()
        by_text = {_plain(look.text): item for item, look in passages if isinstance(look, Passage)}

    def find(text: str | None, path: str | None) -> _Found | Problem:
        item = named.get(path or "") if text is None else identity_of(text)
        if text is not None and item not in called:
            item = by_text.get(_plain(text))
        kind = NOTHING if text is None and not path else NOT_HERE
        return Problem(kind, "") if item is None else _Found(item, called[item])

    return find


def _are_texts(data: Dataset) -> bool:
    from al_core.data.looks import Passage

    return data.looks is not None and len(data.looks) > 0 and isinstance(data.looks[0], Passage)


def _plain(text: str) -> str:
    """A text without what programs change in passing: blanks at its ends, and how its lines end."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))


class _Paths:
    """Files of a folder by how their paths end; whatever a path is said to be, what is found is one of these."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_last: dict[str, list[PurePosixPath]] = {}
        for name in names:
            path = PurePosixPath(name)
            self._by_last.setdefault(path.name, []).append(path)

    def find(self, said: str) -> str | Problem:
        """The one file whose path agrees longest with what is said, from its end; `Problem` where there is none, or several."""
        parts = [part for part in said.replace("\\", "/").split("/") if part not in ("", ".")]
        if not parts:
            return Problem(NOT_HERE, "")
        last = parts[-1]
        there = self._by_last.get(last) or self._by_last.get(_UPLOADED.sub("", last, count=1), [])
        if not there:
            return Problem(NOT_HERE, "")
        alike = [(_agreeing(path.parts[:-1], parts[:-1]), path) for path in there]
        most = max(length for length, _ in alike)
        best = [path for length, path in alike if length == most]
        return best[0].as_posix() if len(best) == 1 else Problem(AMBIGUOUS, "")


def _agreeing(one: tuple[str, ...], other: list[str]) -> int:
    """How many parts two paths have in common, counted from their ends."""
    count = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        count += 1
    return count


def unlearnt(ledger: Ledger, word: str, places: Places, path: Path) -> dict[str, tuple[float, ...]]:
    """What a model says of each item of a session that has not learnt its label, class by class, of the classes of now.

    Raises
    ------
    UserError
        The data cannot be read, or nothing is labelled that a model may learn.
    """
    from al_core.labelling.delivery import described, items_of
    from al_core.labelling.model import judged_items
    from al_core.labelling.opening import spoken_of
    from al_core.sessions.store import SessionFile

    with SessionFile.open(path, read_only=True) as file:
        items = items_of(ledger.settings, places._replace(data=word), spoken_of(ledger))
        request, _ = described(file, items)
    alive = list(ledger.scheme.alive)
    return {item: tuple(shares[label] for label in alive) for item, shares in judged_items(request).items()}


def checked_files(word: str) -> None:
    """Raise `UserError` where items are no files of a folder."""
    if not Path(word).is_dir():
        raise UserError(f"the items of {Path(word).name} are no files, which this format is about; export another")
