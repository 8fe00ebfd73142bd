"""How the labelling screen puts its session into words and pictures. It reads, and changes nothing but widgets."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text

from al_core.ground.safe_text import safe_text
from al_core.labelling.session import LabelSession, Offer
from al_core.run.explain import explain
from al_core.run.state import Answer, By, Query
from al_core.sessions.ledger import Ledger
from al_tui.theme.colours import palette
from al_tui.widgets.answered import Answered, Past
from al_tui.widgets.batch import Batch
from al_tui.widgets.drawn import entitle
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.learning import Learning
from al_tui.widgets.line import Line
from al_tui.widgets.question import Question
from al_tui.widgets.why import Neighbour, Why

if TYPE_CHECKING:
    from al_tui.screens.label.whereabouts import Whereabouts

HIDDEN = ("What the model thinks is hidden until you answer; p shows it.",)
_HIGH = 32
"""Lines from which on a batch and an explanation have room beside each other."""
NO_MODEL = ("No model has seen this item yet.",)
REPEATS = ("A model repeats the label it has learnt; the line below is of one that did not know this label.",)
DISAGREED = ("Annotators do not agree. Your key decides; Enter leaves it open.",)
_HOW = {
    "start": "one of the first items",
    "strategy": "asked by {strategy}",
    "last_good": "the model's next best",
    "random": "drawn at random",
    "jump": "gone back to",
    "review": "annotators do not agree",
}


class LabelView:
    """Draws one state of the screen."""

    def __init__(self, screen: Whereabouts) -> None:
        self._screen = screen
        self._labeller = screen.labeller
        self._colours = palette(screen.app)

    def draw_item(self) -> tuple[str, bool] | None:
        """Show the item and what is said about it; returns the item and whether the model's opinion is visible."""
        screen, session = self._screen, self._labeller.session
        screen.query_one(HeaderLine).say(self._header(session))
        screen.query_one(KeyBar).redraw()
        screen.query_one(Line).show(self._line(session))
        if session is None:
            screen.query_one(Question).show(
                None, None, None, None, Text(), ("Workers are starting;", "the first item comes at once.")
            )
            screen.query_one(Batch).display = False
            return None
        return self._draw_item(session)

    def surroundings(self) -> list[Callable[[], None]]:
        """What draws the rest, part by part."""
        session = self._labeller.session
        if session is None:
            return []
        parts = [self._draw_batch, self._draw_answered, self._draw_curve]
        return [partial(part, session) for part in parts]

    def _header(self, session: LabelSession | None) -> list[tuple[str, str]]:
        colours = self._colours
        if session is None:
            return [("al-tui", "bold"), ("starting the engine …", colours.accent)]
        ledger, progress, age = session.ledger, session.progress(), session.model_age
        if session.file.read_only:
            model = ("reading only", colours.accent)
        elif age is None:
            model = ("no model yet", colours.dim)
        elif age == 0:
            model = ("model knows every answer", colours.good)
        else:
            model = (f"model {age} answer{'s' if age != 1 else ''} behind", colours.accent)
        parts = [("al-tui", "bold"), (_count(progress.labelled, "label"), "bold"), model]
        if progress.per_minute is not None:
            parts.append((f"{progress.per_minute:.0f} a minute", ""))
        if progress.seconds_left is not None:
            parts.append((f"{_duration(progress.seconds_left)} left", ""))
        if progress.skipped:
            parts.append((f"{progress.skipped} put aside", ""))
        if progress.machine:
            parts.append((f"{progress.machine} by machine", ""))
        budget = ledger.settings.budget
        total = f"of {budget} wanted" if budget is not None else f"of {progress.items:,} {ledger.settings.dataset}"
        batch = f" × {ledger.batch}" if ledger.batch > 1 else ""
        return [*parts, (total, ""), (ledger.strategy + batch, ""), (ledger.learner, "")]

    def _line(self, session: LabelSession | None) -> Text:
        screen, colours = self._screen, self._colours
        if screen.not_saved is not None:
            return Text(screen.not_saved, f"bold {colours.bad}")
        if screen.review is not None:
            place = f"{screen.review.position + 1} of {len(screen.review.entries)}: "
            return Text(place, colours.accent).append(screen.review.entry.why, "bold")
        if (problem := self._labeller.problem) is not None:
            return Text(f"{problem}; labelling goes on" if session is not None else problem, colours.accent)
        hints = session.hints() if session is not None else ()
        if hints:
            # What says most comes first: that few are wrong, or that the budget is spent, before that little changes.
            first = next((hint for hint in hints if hint.good), hints[0])
            lead = Text("You might stop: ", colours.good) if first.good else Text()
            return lead.append(first.reason, colours.dim)
        return Text()

    def _draw_curve(self, session: LabelSession) -> None:
        tested = 0 if session.reply is None else session.reply.tested
        self._screen.query_one(Learning).show(session.ledger.curve, session.ledger.settings.budget, tested)

    def _draw_answered(self, session: LabelSession) -> None:
        screen = self._screen
        strip = screen.query_one(Answered)
        first = max(1, screen.back - strip.room + 1)
        entries = tuple(
            self._past(session, item) for item in screen.answered(first, strip.room) if item in session.items.row_of
        )
        strip.show(self._labeller.deck, entries, first, screen.back)
        title = "Answered" if session.ledger.answers else "Nothing answered yet"
        if (verdict := self._verdict(session)) and not screen.back:
            title = f"Answered · {verdict}"
        entitle(strip, title)

    def _verdict(self, session: LabelSession) -> str:
        item = self._screen.last
        if item is None or item not in session.ledger.answers:
            return ""
        label = session.ledger.person_label(item)
        if label is None:
            return "last: put aside"
        name = session.items.classes[label]
        if item not in self._screen.agreed:
            return f"last: {name}"
        agreed, guess = self._screen.agreed[item]
        return (
            f"last: {name}, as the model thought"
            if agreed
            else f"last: {name} surprised the model, which thought {session.items.classes[guess]}"
        )

    def _past(self, session: LabelSession, item: str) -> Past:
        colours, label = self._colours, session.ledger.person_label(item)
        row = session.items.row_of[item]
        flag = "⚑" if item in session.ledger.flags else ""
        if label is None:
            return Past(row, f"{flag}aside", colours.dim)
        known = self._screen.agreed.get(item)
        mark = "" if known is None else " ✓" if known[0] else " !"
        style = colours.accent if known is not None and not known[0] else colours.good
        return Past(row, f"{flag}= {session.items.classes[label]}{mark}", f"bold {style}")

    def _draw_batch(self, session: LabelSession) -> None:
        screen = self._screen
        strip = screen.query_one(Batch)
        entitle(strip, "This batch")
        reply = session.reply
        picks = reply.picks if reply is not None and session.ledger.batch > 1 else ()
        strip.display = bool(picks) and not (screen.explaining and screen.size.height < _HIGH)
        if not picks:
            return
        answers = []
        for pick in picks:
            given = session.ledger.answers.get(session.items.ids[pick.row])
            if given is not None:
                answers.append(Answer(pick.row, given.label, By.PERSON))
        offer = self._screen.offer
        cursor = next((at for at, pick in enumerate(picks) if offer is not None and pick.row == offer.row), -1)
        strip.show(self._labeller.deck, picks, tuple(answers), cursor, not self._screen.peek)

    def _draw_item(self, session: LabelSession) -> tuple[str, bool] | None:
        screen, deck = self._screen, self._labeller.deck
        question, why = screen.query_one(Question), screen.query_one(Why)
        offer = screen.offer
        entitle(question, "Which digit is it?" if session.ledger.settings.dataset == "digits" else "Which class is it?")
        if offer is None:
            row = session.items.row_of.get(screen.last or "") if screen.waiting else None
            label = session.ledger.person_label(screen.last or "")
            words = HIDDEN if row is not None else _finished(session)
            saved = "put aside" if label is None else f"= {session.items.classes[label]}"
            caption = Text(f"{saved}, saved; choosing the next", self._colours.good)
            question.show(deck, row, None, label, caption, words)
            why.show(deck, Text(), ())
            return None
        label = session.ledger.person_label(offer.item)
        answered = offer.item in session.ledger.answers
        visible = answered or screen.peek or screen.explaining
        pick = offer.pick if visible and screen.review is None else None
        words = HIDDEN if offer.pick is not None and not visible else NO_MODEL
        if screen.review is not None:
            words = REPEATS if answered else DISAGREED
        question.show(deck, offer.row, pick, label, self._caption(session.ledger, offer, label, answered), words)
        if screen.explaining:
            why.show(deck, self._reason(session, offer), self._neighbours(session, offer))
        return offer.item, pick is not None or (screen.review is not None and screen.review.entry.opinion)

    def _caption(self, ledger: Ledger, offer: Offer, label: int | None, answered: bool) -> Text:
        colours = self._colours
        text = Text()
        if offer.item in ledger.flags:
            text.append(f"⚑ {safe_text(ledger.flags[offer.item], 30)} ", colours.accent)
        if answered:
            word = "put aside" if label is None else f"you said {ledger.settings.classes[label]}"
            return text.append(word, colours.good)
        if offer.item in ledger.machine:
            text.append("labelled by machine, ", colours.accent)
        strategy = ledger.strategy if len(ledger.strategy) <= 24 else ledger.strategy[:23] + "…"
        return text.append(_HOW[offer.how].format(strategy=strategy), colours.dim)

    def _reason(self, session: LabelSession, offer: Offer) -> Text:
        colours, reply, pick = self._colours, session.reply, offer.pick
        out = Text()
        info = self._labeller.info(session.ledger.strategy)
        if offer.how == "strategy" and info is not None and reply is not None and pick is not None and pick.score is not None:
            query = Query(reply.labels, reply.accuracy or 0.0, reply.candidates, reply.picks)
            wants = f"picks the {info.wants} " if info.wants != "batch" else "picks by "
            out.append(f"{info.name} {wants}", colours.dim).append(info.formula, "bold")
            place = f"rank {pick.rank} of {reply.candidates:,}" if pick.rank else "chosen as a batch"
            out.append(f"\nscore {pick.score:.4g}, {place}\n", colours.dim)
            return out.append(explain(info, query, pick, session.items.classes))
        if offer.how == "strategy" and info is not None:
            out.append(f"{info.name}: ", colours.dim).append(f"{info.formula}\n", "bold")
            return out.append("It was asked for before the model of now learnt; its score is not kept.")
        return out.append(_REASONS[offer.how])

    def _neighbours(self, session: LabelSession, offer: Offer) -> tuple[Neighbour, ...]:
        labels, ids = session.ledger.labels, session.items.ids
        known = [(row, labels.get(ids[row])) for row in offer.neighbours]
        return tuple(Neighbour(row, session.items.classes[label]) for row, label in known if label is not None)


_REASONS = {
    "start": "One typical item of each cluster comes first, so that the first model has seen a bit of everything.",
    "strategy": "The strategy asked for it.",
    "last_good": "The newest model was not ready in time; the one before is least sure about this item.",
    "random": "There is no model to choose by, so it was drawn at random, in an order that the seed fixes.",
    "jump": "You went back to it.",
    "review": "Its label looks wrong: to the model, or to another annotator.",
}


def _finished(session: LabelSession) -> tuple[str, ...]:
    if session.file.read_only:
        return ("Nothing is on the screen of this session.", "← looks at what was answered.")
    return ("Everything is answered.", "← goes back, v reviews, q quits.")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _duration(seconds: float) -> str:
    minutes = seconds / 60
    if minutes < 1:
        return "less than a minute"
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
