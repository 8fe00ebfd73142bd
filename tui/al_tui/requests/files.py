"""What files say of options: the project's file, and the user's settings. What is in them is checked like whatever is typed.

A project may be somebody else's: its file chooses among what is here; it names no code, no machine and no place to write to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from al_core.data.facts import comes_with
from al_core.ground.calls import imports_code
from al_core.ground.errors import UserError, unknown
from al_core.ground.files import refuse_odd
from al_core.ground.places import named_path
from al_core.ground.safe_text import safe_text
from al_core.task.options import Option
from al_tui.requests.file_places import PROJECT, is_there, settings_path

KEYS = "keys"
"""The table that binds keys to classes, by the name of the class."""
CLASSES = "classes"
"""The option that names the classes; as a table it has one for each of them, with its key and what belongs in it."""
_OF_CLASSES = ("key", "says")
_NAME_FILES = ("dataset", "test", "embeddings", "probabilities")
"""Options that may name files of one's own."""
LARGEST_FILE = 1_000_000
"""Bytes of a file of options."""
Rows = Mapping[str, Sequence[Option]]


@dataclass(frozen=True, slots=True)
class Said:
    """One value, as a file has it, and where that is: the file, and the table in it."""

    value: Any
    path: Path
    table: str = ""

    def refuse(self, row: Option, error: UserError) -> UserError:
        """The same error, said of what stands in the file."""
        place = f"{self.path}: {f'[{self.table}] ' if self.table else ''}{row.key}"
        words = str(error)
        short = words.removeprefix(f"{row.flag} ")
        return UserError(f"{place} {short}" if short != words else f"{place}: {words}")


@dataclass(frozen=True, slots=True)
class OptionsFile:
    """What one file says.

    Parameters
    ----------
    path : the file.
    said : by command, and by name of an option, what holds for the command: its own table before what holds for all.
    keys : class name to key.
    says : class name to what belongs in it.
    """

    path: Path
    said: Mapping[str, Mapping[str, Said]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)


def options_files(taken: Rows, project: str | None = None) -> tuple[OptionsFile, ...]:
    """What the files say, the one that counts first: the project's, then the settings.

    Parameters
    ----------
    taken : the options of every command.
    project : the project's file; by default the one in the working directory, if there is one.

    Raises
    ------
    UserError
        A file cannot be read, or something in it is no option, or no value of one; the message names file, key and remedy.
    """
    found = []
    path = Path(PROJECT) if project is None else named_path(project)
    if project is not None and not is_there(path):
        raise UserError(f"there is no {path}; name the project's file, or leave --project away")
    if is_there(path):
        found.append(_checked(path, taken, mine=False))
    settings = settings_path()
    if settings is not None and is_there(settings):
        found.append(_checked(settings, taken, mine=True))
    return tuple(found)


def chosen(files: Sequence[OptionsFile], command: str, rows: Sequence[Option], typed: set[str]) -> dict[str, Said]:
    """What files say of one command's options, by name; what was typed counts first, then the project, then the settings.

    Options of one group are taken from one place. ``typed`` names the options that stand on the command line.

    Raises
    ------
    UserError
        A file names a learner whose code would be run, and the person has not said that it shall.
    """
    groups = {row.name: row.group or row.name for row in rows}
    spoken = {groups[name] for name in typed if name in groups}
    found: dict[str, Said] = {}
    for file in files:
        mine = {name: said for name, said in file.said.get(command, {}).items() if groups[name] not in spoken}
        spoken |= {groups[name] for name in mine}
        found |= mine
    for row in rows:
        if row.name in ("learner", "learners") and row.name in found and imports_code(str(found[row.name].value)):
            said, shown = found[row.name], safe_text(str(found[row.name].value), 100)
            raise UserError(f"{said.path}: {row.key} names the code {shown}; to run it, say {row.flag} {shown!r}")
    return found


def _checked(path: Path, taken: Rows, *, mine: bool) -> OptionsFile:
    known: dict[str, Option] = {row.key: row for rows in taken.values() for row in rows}
    document = _read(path)
    common: dict[str, Said] = {}
    tables: dict[str, dict[str, Said]] = {}
    keys, of_classes, says = dict[str, str](), dict[str, str](), dict[str, str]()
    for key, value in document.items():
        if key == KEYS and mine:
            raise UserError(f"{path}: [{KEYS}] names the classes of one data set; write it into the project's file, {PROJECT}")
        if key == KEYS:
            keys = _keys(path, value)
        elif key == CLASSES and isinstance(value, dict):
            if mine:
                raise UserError(f"{path}: [{CLASSES}] is about one data set; write it into the project's file, {PROJECT}")
            of_classes, says = _classes(path, value)
            common[key] = _said(path, key, list(value), known, mine=mine)
        elif key in taken and key not in known:
            own = {row.key: row for row in taken[key]}
            if not isinstance(value, dict):
                raise UserError(f"{path}: {key} is a table; write [{key}], and its options below")
            tables[key] = {name: _said(path, name, entry, own, mine=mine, table=key) for name, entry in value.items()}
        else:
            common[key] = _said(path, key, value, known, mine=mine, more=(*taken, KEYS))
    said = {
        command: {row.name: found[row.key] for row in rows if row.key in (found := common | tables.get(command, {}))}
        for command, rows in taken.items()
    }
    if twice := [name for name, key in of_classes.items() if keys.get(name, key) != key]:
        raise UserError(f"{path}: the class {twice[0]!r} has one key in [{CLASSES}] and another in [{KEYS}]; leave one away")
    return OptionsFile(path, said, keys | of_classes, says)


def _said(
    path: Path, key: str, value: Any, known: Mapping[str, Option], *, mine: bool, table: str = "", more: Sequence[str] = ()
) -> Said:
    where = f"{path}: [{table}] " if table else f"{path}: "
    if key not in known:
        may = [name for name, row in known.items() if row.where != "command line"]
        raise UserError(f"{where}{unknown('option', key, [*may, *more])}")
    row, said = known[key], Said(value, path, table)
    if row.where == "command line":
        raise UserError(f"{where}{key} is about one call of the program; give {row.flag} on the command line instead")
    if row.where == "settings" and not mine:
        home = settings_path()
        raise UserError(
            f"{where}{key} may not stand in a project's file, which may be somebody else's; give {row.flag} on the command line"
            + (f", or write it into {home}" if home is not None else "")
        )
    try:
        value = row.read(value)
        elsewhere = row.name in _NAME_FILES and not comes_with(value) and path.parent != Path()
        if row.reader is Path or elsewhere:
            value = str(path.parent / named_path(value))
    except UserError as error:
        raise said.refuse(row, error) from None
    return Said(value, path, table)


def _keys(path: Path, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value.values()):
        raise UserError(f'{path}: {KEYS} is a table of class names and keys; write [{KEYS}], and below it e.g. cat = "k"')
    for text in (*value, *value.values()):
        if text != safe_text(text, len(text) + 1):
            raise UserError(f"{path}: [{KEYS}] {text!r} holds control characters; write a class name and a letter")
    return dict(value)


def _classes(path: Path, value: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Keys and descriptions in a table of classes, by the names of these."""
    keys, says = dict[str, str](), dict[str, str]()
    for name, about in value.items():
        if not isinstance(about, dict) or not all(isinstance(entry, str) for entry in about.values()):
            raise UserError(
                f'{path}: [{CLASSES}] has a table for each class; write e.g. [{CLASSES}.cat], and below it says = "whiskers"'
            )
        for entry in about:
            if entry not in _OF_CLASSES:
                raise UserError(f"{path}: [{CLASSES}.{safe_text(name, 60)}] {unknown('entry', entry, _OF_CLASSES)}")
        if "," in name:
            raise UserError(f"{path}: the class {safe_text(name, 60)!r} has a comma in its name; call it otherwise")
        said = about.get("says", "")
        if said != safe_text(said, len(said) + 1) or name != safe_text(name, len(name) + 1):
            raise UserError(f"{path}: [{CLASSES}.{safe_text(name, 60)}] holds control characters; write words")
        keys |= {name: about["key"]} if about.get("key") else {}
        says |= {name: said} if said else {}
    return keys, says


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        refuse_odd(path)
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}; mend it, move it away, or name another file") from None
    if len(data) > LARGEST_FILE:
        raise UserError(f"{path} is larger than {LARGEST_FILE:,} bytes, which no file of options is; move it away")
    try:
        return tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise UserError(f"{path} is no TOML: {safe_text(reason, 200)}; correct it") from None
