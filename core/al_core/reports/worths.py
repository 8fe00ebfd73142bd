"""What a comparison comes to in hours and money, beside what it computes: only where somebody said or measured what a label
takes. Free of numerics.

The interval of a share is taken of the labels that random needs, in the mean; so it carries over to time and money.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from al_core.comparison.documents import Comparison, StrategyRow
from al_core.ground.numbers import Span, between, duration, level, tenths, whole
from al_core.measures.worth import Price
from al_core.task.spec import BASELINE


class Worth(NamedTuple):
    """What a strategy saves against random.

    Parameters
    ----------
    strategy : its name.
    labels, span : labels saved, in the mean of a run, and between how many; less than 0 where it costs labels.
    computed : seconds that a run of it computes, in the mean.
    verdict : as in its row.
    """

    strategy: str
    labels: float
    span: Span | None
    computed: float | None
    verdict: str


NO_WORTH = Worth("", 0.0, None, None, "")


def worths(found: Comparison) -> tuple[Worth, ...]:
    """What each strategy saves that is compared with random, in the order they were named."""
    base = found.of(BASELINE)
    needed = None if base is None else base.headline.held.mean_at_least
    rows = []
    for row in found.strategies:
        share = row.saved.share
        if needed is None or row.person is not None or row.name in (BASELINE, found.references.control) or share.value is None:
            continue
        span = None if share.bounds is None else (share.bounds[0] * needed, share.bounds[1] * needed)
        rows.append(Worth(row.name, share.value * needed, span, computed(found, row), row.verdict))
    return tuple(rows)


def computed(found: Comparison, row: StrategyRow | None) -> float | None:
    """Seconds that a run of a strategy computes, in the mean: all its rounds."""
    if row is None or row.seconds.total is None:
        return None
    protocol = found.protocol
    return row.seconds.total * (1 - (protocol.initial - protocol.budget) // protocol.batch)


def money_header(price: Price) -> list[str]:
    """Column titles of `money_rows`."""
    return [
        "strategy",
        "labels saved",
        "time saved",
        *(["money saved"] if price.per_hour is not None else []),
        "computed a run",
    ]


def money_rows(found: Comparison, price: Price) -> list[list[str]]:
    """One row of text for each strategy; none where nobody knows how long a label takes."""
    if price.seconds is None:
        return []
    return [
        [
            one.strategy,
            _between(one),
            *price.worth(one.labels, one.span).split(", ", 1),
            "–" if one.computed is None else duration(one.computed),
        ]
        for one in worths(found)
    ]


def money_note(found: Comparison, price: Price) -> str:
    """What the table is, in a sentence or two; empty where there is none."""
    if price.seconds is None or not worths(found):
        return ""
    target = level(found.protocol.target)
    needs = computed(found, found.of(BASELINE))
    text = f"In hours, at {price.words}: what a person is saved on the way to {target}, against {BASELINE}"
    text += f", in the mean of a run, with the interval of the saving; {BASELINE} computes " if needs is not None else "."
    return text + (f"{duration(needs)} a run." if needs is not None else "")


def money_json(parts: Sequence[Comparison], price: Price) -> dict[str, Any]:
    """The same as plain numbers; empty where nobody knows how long a label takes."""
    if price.seconds is None:
        return {}
    found = [
        {
            "dataset": part.protocol.dataset,
            "learner": part.protocol.learner,
            "strategies": [{"name": one.strategy, **numbers(one, price)} for one in worths(part)],
        }
        for part in parts
    ]
    head = {"seconds_per_label": price.seconds, "cost_per_hour": price.per_hour, "currency": price.currency or None}
    return {"money": {**head, "comparisons": found}}


def numbers(one: Worth, price: Price) -> dict[str, float | None]:
    """The numbers of one strategy, by name; None where there is none."""
    low, high = one.span or (None, None)
    values: dict[str, float | None] = {}
    for name, rate in (("labels", 1.0), ("hours", price.hours(1.0)), ("money", _an_item(price))):
        for suffix, value in (("", one.labels), ("_low", low), ("_high", high)):
            values[f"{name}_saved{suffix}"] = None if rate is None or value is None else value * rate
    return values | {"computed_seconds": one.computed}


def _an_item(price: Price) -> float | None:
    hours = price.hours(1.0)
    return None if hours is None else price.cost(hours)


def _between(one: Worth) -> str:
    span = "" if one.span is None else f" ({between(*one.span, tenths)})"
    return f"{whole(round(one.labels, 1))}{span}"
