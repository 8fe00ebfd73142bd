"""How the labelling screen puts its view into words and pictures. It reads, and changes nothing but widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual.screen import Screen

from al_core.data.looks import COMING, Look, is_read
from al_core.data.origin import class_word
from al_core.ground.numbers import significant
from al_core.ground.safe_text import safe_text
from al_core.labelling.view import Asked, LabelView, Past, Standing
from al_core.learners.voices import in_words
from al_core.measures.worth import NOTHING_KNOWN
from al_core.run.explain import explain
from al_core.sessions.actions import SHORT_STATUS, STATUS_WORDS, Status
from al_tui.screens.label.around import goals
from al_tui.screens.label.heading import heading
from al_tui.theme.colours import palette
from al_tui.widgets.answered import AGREED, NO_LABEL, NOT_KNOWN, SURPRISED, Answered, Marks
from al_tui.widgets.captions import batch_entries
from al_tui.widgets.drawn import entitle
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.item import Item
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.learning import Learning
from al_tui.widgets.line import Line
from al_tui.widgets.reason import Reason
from al_tui.widgets.so_far import in_a_line
from al_tui.widgets.strip import Caption, Entry, Strip

if TYPE_CHECKING:
    from al_core.strategies.description import StrategyInfo
    from al_tui.background.looks import Looks

HIDDEN = ("What the model thinks is hidden until you answer; p shows it.",)
_HIGH = 32
"""Lines from which on a batch and an explanation have room beside each other."""
LONGEST_ENDING = 24
"""Cells of an item's name under it."""
NO_MODEL = ("No model has seen this item yet.",)
REPEATS = ("A model repeats the label it has learnt; the line below is of one that did not know this label.",)
DISAGREED = ("Annotators do not agree. Your key decides; Enter leaves it open.",)
STARTING = ("Workers are starting;", "the first item comes at once.")
_HOW = {
    "start": "one of the first items",
    "strategy": "asked by {strategy}",
    "last_good": "the model's next best",
    "random": "drawn at random",
    "jump": "gone back to",
    "review": "annotators do not agree",
    "later": "put off before",
    "search": "found by you",
    "reopened": "asked again",
}
_EITHER = "to learn or measure"
"""The same where items to measure with are drawn: which of both an item is would be told by any other words."""


class Drawing:
    """Draws one view.

    Parameters
    ----------
    screen : has the widgets.
    view : what there is to see.
    looks : how the items look; None until the data is there.
    info : gives what is known of a strategy.
    """

    def __init__(
        self, screen: Screen[None], view: LabelView, looks: Looks | None, info: Callable[[str], StrategyInfo | None]
    ) -> None:
        self._screen, self._view, self._looks, self._info = screen, view, looks, info
        self._colours = palette(screen.app)

    def draw_item(self) -> None:
        """Show the item and what is said about it."""
        screen, standing = self._screen, self._view.standing
        screen.query_one(HeaderLine).say(heading(self._view, self._colours, getattr(screen.app, "price", NOTHING_KNOWN)))
        screen.query_one(KeyBar).redraw()
        screen.query_one(Line).show(self._line())
        if standing is None:
            screen.query_one(Item).show(None, (), None, None, Text(), self._coming())
            screen.query_one("#batch", Strip).display = False
        else:
            self._draw_item(standing)

    def _coming(self) -> tuple[str, ...]:
        """What there is to say before there is an item."""
        if (reading := self._view.reading) is None:
            return STARTING
        words = str(reading)
        return f"{words[0].upper()}{words[1:]};", "the first item comes when that is done."

    def surroundings(self) -> list[Callable[[], None]]:
        """What draws the rest, part by part."""
        return [] if self._view.standing is None else [self._draw_batch, self._draw_answered, self._draw_curve]

    def _look(self, row: int) -> Look:
        return COMING if self._looks is None else self._looks.get(row)

    def _neighbour(self, row: int, label: int) -> Entry:
        return Entry(self._look(row), Caption(self._view.classes[label], "= ", style=self._colours.good))

    def _line(self) -> Text:
        view, colours = self._view, self._colours
        if view.not_saved is not None:
            return Text(view.not_saved, f"bold {colours.bad}")
        if (review := view.where.review) is not None:
            place = f"{review.position + 1:,} of {len(review.entries):,}: "
            return Text(place, colours.accent).append(review.entry.why, "bold")
        if view.problem is not None:
            return Text(f"{view.problem}; labelling goes on" if view.standing is not None else view.problem, colours.accent)
        if view.alike:
            count = len(view.alike) + 1
            if view.where.together:
                words = f"The next key labels these {count} alike; = or Esc labels this one alone."
                return Text(words, f"bold {colours.accent}")
            return Text(f"{count} look nearly the same: = labels them by one key.", colours.dim)
        if view.doubted:
            names = ", ".join(safe_text(view.classes[label], 30) for label in dict.fromkeys(view.doubted))
            count = len(view.doubted)
            words = f"{count:,} label{'s' * (count > 1)} from before there was {names} may be of it: v goes through them."
            return Text(words, colours.accent)
        if view.hints:
            # What says most comes first: that few are wrong, or that the budget is spent, before that little changes.
            first = next((hint for hint in view.hints if hint.good), view.hints[0])
            lead = Text("You might stop: ", colours.good) if first.good else Text()
            return lead.append(first.reason, colours.dim)
        if self._screen.has_class("-wide", "-high"):  # then it is said beside the item
            return Text()
        if view.worth:
            return Text(view.worth[0], colours.dim)
        return in_a_line(goals(view), self._screen.size.width - 1, colours)

    def _draw_curve(self) -> None:
        view = self._view
        if view.standing is None:
            return
        budget = view.standing.budget
        audited = view.standing.audited
        learning = self._screen.query_one(Learning)
        self._screen.set_class(not view.curve, "no-curve")
        learning.show(
            view.curve,
            budget,
            view.tested,
            measured=view.measured,
            estimate=view.estimate,
            audited=audited,
            measured_on=view.measured_on,
        )

    def _draw_answered(self) -> None:
        view = self._view
        strip = self._screen.query_one(Answered)
        entries, first = view.strip(strip.room)
        oldest_first = tuple(map(self._past, reversed(entries)))
        strip.show(oldest_first, first + len(entries) - 1 - view.where.back if view.where.back else -1)
        title = "Answered" if view.standing is not None and view.standing.any_answered else "Nothing answered yet"
        if (verdict := self._verdict()) and not view.where.back:
            title = f"Answered · {verdict}"
        strip.tell(title, Marks(tuple(map(_sign, view.past)), view.where.back, view.first))

    def _verdict(self) -> str:
        last, classes = self._view.last, self._view.classes
        if last is None:
            return ""
        if last.label is None:
            return f"last: {STATUS_WORDS[last.status]}"
        name = classes[last.label]
        if last.guess is None:
            return f"last: {name}"
        return (
            f"last: {name}, as the model thought"
            if last.guess == last.label
            else f"last: {name} surprised the model, which thought {classes[last.guess]}"
        )

    def _past(self, past: Past) -> Entry:
        colours, flag = self._colours, "⚑" if past.marked else ""
        if past.label is None:
            return Entry(self._look(past.row), Caption(SHORT_STATUS[past.status], flag, style=colours.dim))
        sign = _sign(past)
        style = colours.accent if sign == SURPRISED else colours.good
        mark = "" if sign == NOT_KNOWN else f" {sign}"
        caption = Caption(self._view.classes[past.label], f"{flag}= ", mark, f"bold {style}")
        return Entry(self._look(past.row), caption)

    def _draw_batch(self) -> None:
        view, screen = self._view, self._screen
        strip = screen.query_one("#batch", Strip)
        if view.alike and view.where.together:
            strip.display = True
            strip.show(tuple(Entry(self._look(row), Caption("")) for row in view.alike), -1)
            strip.entitle(f"And {'this' if len(view.alike) == 1 else f'these {len(view.alike)}'}")
            return
        strip.display = bool(view.picks) and not (view.where.explaining and screen.size.height < _HIGH)
        if view.picks:
            looks = tuple(self._look(pick.row) for pick in view.picks)
            covered = not view.where.peek
            aside = {row: SHORT_STATUS[status] for row, status in view.statuses.items()}
            entries = batch_entries(looks, view.classes, view.picks, view.answers, covered, self._colours, aside)
            strip.show(entries, view.cursor)
        strip.entitle("This batch")

    def _draw_item(self, standing: Standing) -> None:
        screen, view, asked = self._screen, self._view, self._view.asked
        question, why_this = screen.query_one(Item), screen.query_one(Reason)
        entitle(question, f"Which {class_word(standing.dataset)} is it?")
        if asked is None:
            self._draw_last(question, standing)
            why_this.show(Text())
            return
        if view.where.review is not None:
            words = REPEATS if asked.answered else DISAGREED
        else:
            alike = standing.audited and view.query is not None and asked.offer.how in _UNTOLD
            seen = asked.offer.pick is not None or alike
            words = HIDDEN if seen and asked.opinion is None else NO_MODEL
        look, caption = self._look(asked.offer.row), self._caption(standing, asked)
        if look is not COMING:
            screen.set_class(is_read(look), "read")
        question.show(look, view.classes, asked.opinion, asked.label, caption, words, view.added, view.scheme)
        if view.where.explaining:
            near = tuple(self._neighbour(row, label) for row, label in asked.neighbours)
            reason, mix = self._reason(standing, asked), safe_text(in_words(standing.voices), 400)
            why_this.show(reason.append(f"\n\n{mix}", self._colours.dim) if mix else reason, near)

    def _draw_last(self, question: Item, standing: Standing) -> None:
        """The item answered last stays while the next one is chosen."""
        view = self._view
        last = view.last if view.where.waiting else None
        label = None if view.last is None else view.last.label
        status: Status = "skip" if view.last is None else view.last.status
        saved = STATUS_WORDS[status] if label is None else f"= {view.classes[label]}"
        caption = Text(f"{saved}, saved; choosing the next", self._colours.good)
        words = _finished(standing) if last is None else HIDDEN
        look = None if last is None else self._look(last.row)
        question.show(look, view.classes, None, label, caption, words, view.added, view.scheme)

    def _caption(self, standing: Standing, asked: Asked) -> Text:
        colours = self._colours
        text = Text()
        if asked.note is not None:
            text.append(f"⚑ {safe_text(asked.note, 30)} ", colours.accent)
        if asked.name:
            text.append(f"{ending(asked.name)} · ")
        if asked.answered:
            word = STATUS_WORDS[asked.status] if asked.label is None else self._view.classes[asked.label]
            return text.append(f"you said {word}", colours.good).append(", to measure" * asked.to_measure, colours.dim)
        if asked.again:
            return text.append(f"again; you said {safe_text(asked.again, 30)}", colours.dim)
        if asked.between:
            return text.append(f"said: {safe_text(' or '.join(asked.between), 60)}", colours.dim)
        if asked.by_machine:
            text.append("labelled by machine, ", colours.accent)
        if standing.audited and asked.offer.how in _UNTOLD:
            return text.append(_EITHER, colours.dim)
        strategy = standing.strategy if len(standing.strategy) <= 24 else standing.strategy[:23] + "…"
        return text.append(_HOW[asked.offer.how].format(strategy=strategy), colours.dim)

    def _reason(self, standing: Standing, asked: Asked) -> Text:
        colours, query, pick, how = self._colours, self._view.query, asked.offer.pick, asked.offer.how
        out = Text()
        info = self._info(standing.strategy)
        if how == "strategy" and info is not None and query is not None and pick is not None and pick.score is not None:
            wants = f"picks the {info.wants} " if info.wants != "batch" else "picks by "
            out.append(f"{info.name} {wants}", colours.dim).append(info.formula, "bold")
            place = f"rank {pick.rank:,} of {query.candidates:,}" if pick.rank else "chosen as a batch"
            out.append(f"\nscore {significant(pick.score)}, {place}\n", colours.dim)
            return out.append(explain(info, query, pick, self._view.classes))
        if how == "strategy" and info is not None:
            out.append(f"{info.name}: ", colours.dim).append(f"{info.formula}\n", "bold")
            return out.append("It was asked for before the model of now learnt; its score is not kept.")
        return out.append(_REASONS[how])


_REASONS = {
    "start": "One typical item of each cluster comes first, so that the first model has seen a bit of everything.",
    "strategy": "The strategy asked for it.",
    "last_good": "The newest model was not ready in time; the one before is least sure about this item.",
    "random": "There is no model to choose by, so it was drawn at random, in an order that the seed fixes.",
    "jump": "You went back to it.",
    "reopened": "Its label was of a class that was split or deleted since, so it is asked again, before all others.",
    "review": "Its label looks wrong: to the model, or to another annotator; or annotators do not agree about it.",
    "later": "Everything else is answered, and you put it off until then.",
    "search": "You looked for it. Nothing is measured by what was chosen so.",
    "audit": "Drawn at random, to measure with: every item that was open was equally likely, and no model learns it.",
}
_UNTOLD = ("start", "strategy", "last_good", "random", "audit")
"""Ways to come on the screen that are not told before one answers, where one of them is to be measured with."""


def _sign(past: Past) -> str:
    """The mark of an answer."""
    if past.label is None:
        return NO_LABEL
    return NOT_KNOWN if past.guess is None else AGREED if past.guess == past.label else SURPRISED


def _finished(standing: Standing) -> tuple[str, ...]:
    if standing.read_only:
        return ("Nothing is on the screen of this session.", "← looks at what was answered.")
    return ("Everything is answered.", "← goes back, v reviews, q quits.")


def ending(name: str, room: int = LONGEST_ENDING) -> str:
    """A name in so many cells: of one that is longer the end, which tells a file from those beside it."""
    if cell_len(name) <= room:
        return name
    kept = ""
    for character in reversed(name):
        if cell_len(character + kept) >= room:
            break
        kept = character + kept
    return f"…{kept}"
