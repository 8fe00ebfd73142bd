"""A certificate of labels, word by word: what it says where everything is known, and where next to nothing is."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from al_core.ground.versions import Versions
from al_core.labelling.audit import Estimate
from al_core.labelling.certificate import Certificate, OfAClass, Share
from al_core.reports.certificate import as_document, as_markdown

SOFTWARE = Versions("1.2.3", "abc", "2.0", "1.15", "1.7")
WHOLE = Certificate(
    session="pots",
    checksum="c" * 8,
    events=140,
    started="2026-11-01T08:09:10.123+00:00",
    changed="2026-11-02T11:12:13.456+00:00",
    dataset="photos/`pots`",
    fingerprint="f" * 8,
    same=False,
    features="pixels",
    pool=12345,
    gone=3,
    annotators={"ann": (90, 1), "ben": (5, 4)},
    statuses={"bad": 2, "unsure": 3, "odd": 1},
    chosen={"audit": 30, "strategy": 65},
    truth=7,
    strategy="margin",
    learner="svm",
    seed=11,
    labels=65,
    estimate=Estimate(27, 30, 2, 0.8125, 0.9751),
    population=12280,
    since=20,
    most_wrong=2310,
    predicted=12250,
    accuracy=0.9876,
    tested=1540,
    classes=(
        OfAClass("jug", 40, 5000, Share(14, 15), Share(13, 14)),
        OfAClass("bowl", 55, 7280, Share(31, 33, 0.8, 0.991), Share(30, 32, 0.75, 0.9)),
    ),
    software=SOFTWARE,
)
BARE = replace(
    WHOLE,
    same=True,
    features="",
    gone=0,
    statuses={},
    chosen={},
    truth=0,
    estimate=None,
    most_wrong=None,
    accuracy=None,
    tested=0,
)
METHOD = "prior-posterior ratio without replacement (Waudby-Smith & Ramdas 2020), prior Beta(9, 1), 95%"
PAGE = f"""\
# Labels of photos/'pots'

| what | is |
| --- | --- |
| session | pots, 140 events, checksum cccccccc |
| from, to | 2026-11-01 08:09:10 to 2026-11-02 11:12:13 UTC |
| data | photos/`pots` |
| fingerprint of the data | ffffffff, not the one that the session began with: files were added, taken away or changed |
| features | pixels |
| items | 12,345 that may be asked about; 3 answered ones are gone |
| labels of persons | 95 |
| their items were chosen by | audit 30, strategy 65 |
| answers without a label | 2 bad item, 3 don't know, 1 odd |
| labels from the data | 7 |
| model | svm, strategy margin, seed 11; it has learnt 65 labels |
| software | {SOFTWARE} |

## Who labelled

| annotator | labels | answers without a label |
| --- | --- | --- |
| ann | 90 | 1 |
| ben | 5 | 4 |

## How right the model is

Items that were drawn at random to measure by, and that it has not learnt: 30. The model has 27 of them right. \
Answers without a label, which may be either: 2.
Of the 12,280 items that it has not learnt so **81.2% to 97.5%** are right: {METHOD}.
Of the 12,250 labels that it gives at most 2,310 are wrong, with that confidence.
Of 1,540 items whose labels were known before, and that were held back, it has 98.8% right.

## Class by class

| class | labels | not learnt, called so | of those that are it, found | of those called so, right |
| --- | --- | --- | --- | --- |
| jug | 40 | 5,000 | 14 of 15: too few | 13 of 14: too few |
| bowl | 55 | 7,280 | 31 of 33: 80.0% to 99.1% | 30 of 32: 75.0% to 90.0% |

An interval is given from 30 drawn items on; each holds by itself, and not all of them together.

## What this does not say

- Whether the persons are right: whatever they said counts as true.
- Anything of items that are not in this data, or unlike those in it.
- Anything of a model that learns more or other labels than this one: each is measured anew.
- Whether 5% of such intervals miss, as often as one looks, where the model was not settled before the draws. \
Of the 30 items 20 were answered after the last label that this one has learnt; \
the others were drawn while it still learnt, from more items than are left.
- Whether items that were held back are like those that were asked about.
- Anything of the 3 answered items that are gone: no model learns them.
"""


def test_the_page_where_everything_is_known() -> None:
    assert as_markdown(WHOLE) == PAGE


def test_the_page_where_next_to_nothing_is() -> None:
    lines = as_markdown(BARE).splitlines()
    for line in (
        "| fingerprint of the data | ffffffff |",
        "| items | 12,345 that may be asked about |",
        "| labels of persons | 0 |",
        "| their items were chosen by | nobody |",
        "| answers without a label | none |",
        "Nothing was drawn to measure by, and no label was known before: nobody knows how often the model is right.",
    ):
        assert lines.count(line) == 1
    assert not [line for line in lines if line.startswith(("| features", "| labels from the data", "Of ", "Items"))]
    assert [line for line in lines if line.startswith("- ")] == [PAGE.splitlines()[-6]]
    settled = replace(WHOLE, estimate=Estimate(27, 30, 0, 0.8, 0.9))
    assert "The model has 27 of them right.\n" in as_markdown(settled)


def test_the_document() -> None:
    document = as_document(WHOLE)
    assert next(iter(document)) == "format"
    unsaid = [line.removeprefix("- ") for line in PAGE.splitlines()[-6:]]
    assert document == asdict(WHOLE) | {
        "format": "al-tui certificate 1",
        "annotators": {"ann": {"labels": 90, "others": 1}, "ben": {"labels": 5, "others": 4}},
        "estimate": {"right": 27, "asked": 30, "unknown": 2, "lower": 0.8125, "upper": 0.9751},
        "method": METHOD,
        "fewest_of_a_class": 30,
        "not_said": unsaid,
    }
    assert json.loads(json.dumps(document))["classes"][1]["found"] == {"right": 31, "asked": 33, "lower": 0.8, "upper": 0.991}
    assert as_document(BARE)["estimate"] is None
