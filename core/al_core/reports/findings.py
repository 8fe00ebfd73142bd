"""What a report is made of: the document of a bench, and the cells behind it where there is a results store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from al_core.comparison.across import compare_all
from al_core.comparison.cell import BenchResult, Cell, cell_of
from al_core.comparison.command import command_of
from al_core.comparison.documents import Comparison, Document
from al_core.comparison.encoding import from_json, opened, to_json
from al_core.comparison.lookup import cells_of
from al_core.comparison.plan import assemble, second_target
from al_core.comparison.store import ResultsStore
from al_core.data.facts import comes_with
from al_core.data.sources import meet, named_data
from al_core.ground.errors import UserError
from al_core.ground.numbers import listed
from al_core.ground.records import Unreadable
from al_core.ground.safe_text import safe_record, safe_text
from al_core.ground.versions import Versions
from al_core.measures.worth import NOTHING_KNOWN, Price
from al_core.race.view import RunView, with_answers
from al_core.reports.worths import money_json
from al_core.sessions.database import APPLICATION_ID as SESSION
from al_core.sessions.store import RaceFile

LARGEST_DOCUMENT = 64 << 20
"""Bytes; a document of eighteen strategies over a hundred seeds has about one million."""
_LONGEST_CONCLUSION = 20_000
"""Characters of one text in a document: a sentence about each of many strategies is more than other files hold."""


@dataclass(frozen=True, slots=True)
class Findings:
    """A bench as a report sees it.

    Parameters
    ----------
    found : from `al_core.comparison.across.compare_all`, or read from its JSON.
    results : the cells; empty when the report is made from a JSON file, which has no picks.
    asked_at : when the bench was last asked for, UTC; None when that is not known.
    as_read : the JSON that it was read from, which may say more than this version knows; None where it was not.
    price : what a label costs, as far as somebody has said it.
    """

    found: Document
    results: tuple[BenchResult, ...] = ()
    asked_at: str | None = None
    as_read: Mapping[str, Any] | None = None
    price: Price = NOTHING_KNOWN

    @property
    def document(self) -> dict[str, Any]:
        """All of it as JSON."""
        found = to_json(self.found) if self.as_read is None else dict(self.as_read)
        return found | money_json(self.parts, self.price)

    @property
    def parts(self) -> tuple[Comparison, ...]:
        """One comparison per data set and learner."""
        return self.found.comparisons


def load_findings(path: Path, number: int | None = None) -> Findings:
    """Findings from a results store, from a race's session, or from a file that ``al-tui bench --json`` wrote.

    Parameters
    ----------
    path : the file.
    number : which bench of a results store; the latest by default.

    Raises
    ------
    UserError
        The file is neither, holds no such bench, or is damaged.
    """
    if not path.exists():
        raise UserError(f"there is no {path}; al-tui bench makes a results store, al-tui bench --json --out FILE a document")
    if not path.is_file():  # whoever opens a pipe waits for somebody at its other end
        raise UserError(f"{path} is no plain file; name a results store, a race, or a document of al-tui bench --json")
    with path.open("rb") as file:
        header = file.read(72)
    is_session = int.from_bytes(header[68:72], "big") == SESSION
    if header.startswith(b"SQLite format 3") and not is_session:
        return _from_store(path, number)
    if number is not None:
        raise UserError(f"{path} holds one bench only; leave --bench away")
    if is_session:
        return _from_race(path)
    return _from_document(path)


def findings_of(results: Sequence[BenchResult], software: Versions | None = None, asked_at: str | None = None) -> Findings:
    """Findings from results, one per data set and learner.

    Parameters
    ----------
    results : cells, all or some of those that were planned.
    software : what computed them; by default that of this process.
    asked_at : when they were asked for, UTC.
    """
    return Findings(compare_all(results, software), tuple(results), asked_at)


def _from_store(path: Path, number: int | None) -> Findings:
    with ResultsStore(path, readonly=True) as store:
        benches = {bench.number: bench for bench in store.benches()}
        if not benches:
            raise UserError(f"no bench was run into {path} yet; run al-tui bench first")
        chosen = list(benches)[-1] if number is None else number
        if chosen not in benches:
            raise UserError(f"{path} has no bench {chosen}; there are: {', '.join(map(str, benches))}")
        _, asked_at, asked = benches[chosen]
        try:
            plan = asked.plan
        except UserError as error:
            raise UserError(f"bench {chosen} in {path} is damaged, {error}; run it again") from None
        found = cells_of(store, asked)
    questions = plan.questions
    cells = list(found.values())
    for index, key in enumerate(asked.keys):
        if key in asked.failed and index not in found:
            spec, strategy = questions[index]
            cells.append(Cell(spec, strategy, error=safe_text(asked.failed[key])))
    return findings_of(assemble(plan, cells), asked.versions, asked_at)


def _from_document(path: Path) -> Findings:
    if path.stat().st_size > LARGEST_DOCUMENT:
        raise UserError(f"{path} is larger than {LARGEST_DOCUMENT >> 20} MB, so it is no document of al-tui bench --json")
    try:
        document = safe_record(json.loads(path.read_bytes()), _LONGEST_CONCLUSION)
        return Findings(from_json(document), as_read=document)
    except (ValueError, RecursionError) as error:
        words = f"; {error}" if isinstance(error, Unreadable) else ""
        raise UserError(
            f"{path} is neither a results store, nor a race, nor a document of al-tui bench --json{words}"
        ) from None


def _from_race(path: Path) -> Findings:
    """A race as a bench of one seed: the strategies that have finished."""
    with RaceFile.open(path, read_only=True) as file:
        ledger = file.ledger
    spec = ledger.settings.spec
    done = [run for run in ledger.runs if run.state.done]
    if not done:
        raise UserError(f"no strategy in {path.name} has spent its budget yet; go on with: al-tui resume {path.stem}")
    cells = tuple(
        replace(
            cell_of(spec, run.state),
            strategy=run.name,
            fit_seconds=run.fit_seconds,
            query_seconds=run.query_seconds,
            rounds=run.rounds_timed,
        )
        for run in done
    )
    names = tuple(cell.strategy for cell in cells)
    if ledger.settings.source is not None:
        meet(ledger.settings.source)
    data = named_data(spec.dataset)
    truth = data.truth if data is not None and data.fingerprint == ledger.fingerprint else None
    given = {run.name: with_answers(RunView(run.state, of=run.of), run.state, truth).person for run in done}
    by_person = {name: answers for name, answers in given.items() if answers is not None}
    targets = (spec.target, second_target(spec.target))
    result = BenchResult(spec, (spec.seed,), names, cells, targets, by_person)
    found = compare_all([result], ledger.settings.software)
    if left := [run.name for run in ledger.runs if run not in done]:
        (part,) = found.comparisons
        note = f"In this race {listed(left)} {'was' if len(left) == 1 else 'were'} left unfinished."
        found = replace(found, comparisons=(replace(part, conclusion=f"{part.conclusion} {note}"),))
    return Findings(found, (result,), ledger.started)


def recipe(found: Document) -> str:
    """What `command` is to a document, as the beginning of a sentence."""
    if any(row.person for part in found.comparisons for row in part.strategies):
        return "No command computes this anew, for a person answered in it. Without the person:"
    own = {part.protocol.dataset: part.data for part in found.comparisons if not comes_with(part.protocol.dataset)}
    if any(data is None or data.own == "script" or not data.own for data in own.values()):
        return "A script computed this over data of its own, which no command has."
    if any(data is not None and data.own == "unnamed" for data in own.values()):
        return "This was computed over files whose name no command can say; give them another, and ask for it again."
    if own:
        return f"The command that computes it anew, in the folder that holds {listed(list(own))}:"
    return "The command that computes it anew:"


def command(found: Document | Mapping[str, Any]) -> str:
    """The command that computes a document, or what its JSON says, anew, but for what a person did."""
    return command_of(opened(found).comparisons)
