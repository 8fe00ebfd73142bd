"""The two tables of the comparison: of the seed that is raced here, and of all seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from al_core.comparison.live_view import LiveView
from al_core.data.origin import file_stem
from al_core.ground.numbers import level
from al_core.race.view import RaceView, Standing, standings
from al_core.reports.comparison import by_hand, race_csv, race_header, race_json, race_markdown, race_note, race_rows
from al_core.reports.headline import race_headline, seeds_headline
from al_core.reports.seeds import (
    SeedsRow,
    is_final,
    seeds_cells,
    seeds_csv,
    seeds_failures,
    seeds_header,
    seeds_json,
    seeds_markdown,
    seeds_note,
    seeds_rows,
    seeds_title,
)
from al_core.task.options import named
from al_core.task.spec import BASELINE

MEANING = """→{target}: labels given when test {metric} first reached {target}; – means never
held: the same, counted only where the target was held for 3 rounds
saved: labels saved against random on this seed, 1 − held / held of random
AULC: area under the learning curve up to {labels}, divided by its range of labels; 1 would be perfect
{metric}, labels: of the last model, and what it had learnt from
per round: time to fit, predict, score and choose, in a worker"""

SEEDS_MEANING = """seeds: on how many the strategy is finished; means are over those that all have
→{target}: mean labels at which {target} was held for 3 rounds; ≥: seeds that did not (reached) at the budget
saved: labels saved against random, paired by seed; in brackets the 95% interval over seeds
verdict: that it saves labels, costs them, or that nothing was shown; one is told when all seeds are there
A/A control: a second, independent random; what it seems to save is chance
reached: seeds on which the target was held
AULC, final: area under the curve and accuracy at the end, means over the seeds that all have, with their interval
per round: time to fit, predict, score and choose, in a worker"""

_KEYS: tuple[Callable[[Standing], Any], ...] = (
    lambda row: row.strategy,
    lambda row: row.to_target,
    lambda row: row.held,
    lambda row: 0.0 if row.strategy == BASELINE and row.person is None else row.saved,
    lambda row: row.aulc,
    lambda row: row.accuracy,
    lambda row: row.labels,
    lambda row: row.seconds_per_round,
)
"""What each column of `race_rows` sorts by."""
_LARGE_FIRST = (False, False, False, True, True, True, True, False)

_SEEDS_KEYS: tuple[Callable[[SeedsRow], Any], ...] = (
    lambda row: row.strategy,
    lambda row: row.finished,
    lambda row: row.to_target,
    lambda row: 0.0 if row.strategy == BASELINE else row.saved,
    lambda row: row.words,
    lambda row: row.reached,
    lambda row: row.aulc,
    lambda row: row.accuracy,
    lambda row: row.seconds_per_round,
)
"""What each column of `seeds_cells` sorts by."""
_SEEDS_LARGE_FIRST = (False, True, False, True, False, True, True, True, False)


@dataclass(frozen=True)
class Table:
    """One of the two tables: what is in it, how it is sorted, how it is written to a file.

    Parameters
    ----------
    header : column titles.
    rows : the name, the keys and the texts of every row, in their natural order.
    large_first : by column, whether large keys come first.
    column : what it is sorted by at first.
    """

    title: str
    headline: str
    money: str
    header: list[str]
    rows: list[tuple[str, list[Any], list[str]]]
    large_first: Sequence[bool]
    column: int
    meaning: str
    note: str
    file: str
    markdown: Callable[[], str]
    csv: Callable[[], str]
    json: Callable[[], str]

    def columns(self, sorted_by: int) -> list[int]:
        """The columns to show: those in which strategies differ, the names, and that of the order."""
        texts = [{cells[at] for _, _, cells in self.rows} for at in range(len(self.header))]
        few = len(self.rows) < 2
        return [at for at, found in enumerate(texts) if not at or at == sorted_by or few or len(found) > 1]

    def constant(self, shown: Sequence[int]) -> str:
        """What is in the other columns."""
        left_out = [at for at in range(len(self.header)) if at not in shown]
        words = ", ".join(f"{self.header[at]} {self.rows[0][2][at] or '–'}" for at in left_out)
        return f"the same for all: {words}" if words else ""


def race_table(view: RaceView, money: str, again: str) -> Table:
    """Of the seed that is raced here; ``again`` says how it is repeated."""
    spec = view.spec
    hand = by_hand(view)
    header = race_header(view)
    header[1 + hand] = f"→{level(spec.target)}"
    failed = [run.name for run in view.runs if run.status == "failed"]
    unfinished = [run.name for run in view.runs if run.status not in ("done", "failed")]
    note = f"{race_note(view)} {again}"
    note += f" Failed: {', '.join(failed)}." if failed else ""
    note += f" Not finished: {', '.join(unfinished)}." if unfinished else ""
    rows = standings(view)
    keys = (*_KEYS[:1], *[lambda row: row.person.answers if row.person else None] * hand, *_KEYS[1:])
    common = rows[0].aulc_labels
    labels = f"{common:,} labels, which all have" if common is not None and unfinished else "the end"
    sizes = (f"batch {spec.batch}", f"budget {spec.budget}")
    return Table(
        title=" · ".join(["Comparison", spec.dataset, spec.learner, f"seed {spec.seed}", *named(spec), *sizes]),
        headline=race_headline(view),
        money=money,
        header=header,
        rows=[(row.strategy, [key(row) for key in keys], cells) for row, cells in zip(rows, race_rows(view), strict=True)],
        large_first=(*_LARGE_FIRST[:1], *[True] * hand, *_LARGE_FIRST[1:]),
        column=(3 if any(row.saved is not None for row in rows if row.strategy != BASELINE) else 4) + hand,
        meaning=MEANING.format(target=level(spec.target), labels=labels, metric=spec.measured_by.words),
        note=note,
        file=f"al-tui-{file_stem(spec.dataset)}-seed{spec.seed}.csv",
        markdown=partial(race_markdown, view, money),
        csv=partial(race_csv, view),
        json=partial(race_json, view),
    )


def seeds_table(view: LiveView, helped: bool, money: str) -> Table:
    """Of all seeds; ``helped``: a person answered on the one that is raced here."""
    spec = view.plan.specs[0]
    rows = seeds_rows(view)
    final = is_final(view)
    mine = [f"What you answered on seed {spec.seed} is not among these runs; v shows that seed."] if helped else []
    retry = ["Esc, then r, tries again what failed."] if view.failed else []
    meaning = SEEDS_MEANING.format(target=level(spec.target))
    return Table(
        title=f"Comparison · {seeds_title(view)}",
        headline=seeds_headline(view),
        money=money,
        header=seeds_header(view),
        rows=[(row.strategy, [key(row) for key in _SEEDS_KEYS], seeds_cells(row, view.planned)) for row in rows],
        large_first=_SEEDS_LARGE_FIRST,
        column=3 if any(row.saved is not None for row in rows) else 6,
        meaning=f"{meaning}\n{seeds_note(view)}" if final else meaning,
        note="\n".join([*([] if final else [seeds_note(view)]), *mine, *seeds_failures(view), *retry, *view.notes]),
        file=f"al-tui-{file_stem(spec.dataset)}-seeds{view.plan.seeds[0]}-{view.plan.seeds[-1]}.csv",
        markdown=partial(seeds_markdown, view, money),
        csv=partial(seeds_csv, view),
        json=partial(seeds_json, view),
    )
