"""Labelling from a script or a notebook: a session without a screen, whose model learns in this process when it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from al_core.data.facts import comes_with
from al_core.data.given import give, known_as
from al_core.data.looks import Look, Size
from al_core.data.opened import open_dataset
from al_core.data.origin import Places
from al_core.exchange.records import export_labels
from al_core.ground.errors import UserError, unknown
from al_core.ground.files import write_new
from al_core.labelling.audit import Audit, Estimate, audit_rate
from al_core.labelling.defaults import BY_DATA, by_data
from al_core.labelling.delivery import Delivery, deliver, items_of
from al_core.labelling.items import Items
from al_core.labelling.model import check_choice, model_round
from al_core.labelling.opening import spoken_of
from al_core.labelling.session import LabelSession
from al_core.sessions.actions import Settings, Source
from al_core.sessions.store import SessionFile
from al_core.task.options import check_options

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset, FloatArray

NoLabel = Literal["later", "unsure", "bad"]
"""Answers that are no labels: to be asked again at the end; nobody knows; broken, or of no class."""

LARGEST = Size(4096, 4096)
"""Pixels of the largest picture that a question has; what is larger is made smaller."""


@dataclass(frozen=True, eq=False)
class Question:
    """An item that is asked about.

    Parameters
    ----------
    item : the hash of its content.
    row : its row in the data set.
    name : what it is called, such as the path of its file below its folder; empty where it has no name.
    how : why it is asked: ``"strategy"``, ``"start"``, ``"audit"`` (to measure by, and never learnt), ….
    features : what is learnt from.
    """

    item: str
    row: int
    name: str
    how: str
    features: FloatArray
    _data: Dataset

    @property
    def look(self) -> Look:
        """How it looks: a `Picture`, a `Card`, a `Passage`; of a picture in a file that is read now."""
        from al_core.data.at_size import look_at

        return look_at(self._data, self.row, LARGEST)


class Labelling:
    """A labelling session that a program asks and answers. Every answer is on disk when `tell` returns.

    The file is that of ``al-tui label``: either goes on with what the other has begun. Nothing runs beside the script; the
    model learns what was told when the next item is asked for.

    Parameters
    ----------
    data : a data set, or the path of a file or folder, see `read_dataset`.
    session : the session file, which is made, or gone on with where it is there.
    classes : names of the classes of a file or folder, in place of those that are in it.
    annotator : who answers.
    settings : of a new session, by name: ``learner``, ``strategy``, ``seed``, ``start``, ``audit``, and how files are read:
        ``features``, ``test``, ``embeddings``, columns of tables; as ``al-tui label`` has them.

    Raises
    ------
    UserError
        The data cannot be read, or the session is about other data, or damaged, or in use by another program.
    """

    def __init__(
        self,
        data: Dataset | str | Path,
        session: str | Path,
        *,
        classes: Sequence[str] | None = None,
        annotator: str = "script",
        **settings: str | int | float | None,
    ) -> None:
        if isinstance(data, str | Path):
            word = data if isinstance(data, str) and comes_with(data) else str(Path(data).expanduser().absolute())
        else:
            give(data)
            word = known_as(data)
        path = Path(session).expanduser()
        if path.exists():
            if classes is not None or settings:
                raise UserError(
                    f"{path.name} is there, and has its classes and settings; leave yours away, or name another file"
                )
            self._session = _gone_on_with(path, word, annotator)
        else:
            self._session = _begun(path, word, classes, annotator, settings)
        origin = self._session.items.origin
        if origin is None:
            from al_core.data.kinds import load_dataset

            self._data = load_dataset(word)
        else:
            self._data = open_dataset(origin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the session back; everything is on disk already."""
        self._session.close()

    @property
    def path(self) -> Path:
        """The session file."""
        return self._session.file.path

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that there are."""
        return self._session.ledger.living

    @property
    def labels(self) -> Mapping[str, str]:
        """The label of every item that has one, by the hash of its content."""
        ledger = self._session.ledger
        return {item: ledger.classes[label] for item, label in ledger.person_labels.items()}

    def ask(self, count: int = 1) -> tuple[Question, ...]:
        """The next items to label, the most wanted first; fewer where there are no more. What was told before is learnt first.

        What was asked and not told comes again.
        """
        if count < 1:
            raise UserError(f"{count:,} items are asked for; ask for at least 1")
        session = self._session
        session.change(batch=count)
        self._learn()
        drawn = set(Audit(session.ledger, session.items).ahead(count).values())
        questions = []
        for row in session.upcoming(2 * count)[:count]:
            item = session.items.ids[row]
            how: Source = "audit" if item in drawn else self._reason(row)
            session.jump(item, how)
            questions.append(Question(item, row, session.items.name_of(item), how, self._data.X[row], self._data))
        return tuple(questions)

    def tell(self, item: Question | str, label: str | int | None = None, *, status: NoLabel | None = None) -> None:
        """Answer for an item; what was told of it before does not hold any more.

        Parameters
        ----------
        item : a question, or the hash of an item's content.
        label : a class, by name or number.
        status : what is said instead of a label.

        Raises
        ------
        UserError
            There is no such item or class, or the answer is none, or could not be written: then nothing was told.
        """
        session, known = self._session, item.item if isinstance(item, Question) else item
        session.items.row(known)
        if (label is None) == (status is None):
            raise UserError("say a label, or a status in its place: 'later', 'unsure' or 'bad'")
        number = None if label is None else self._class(label)
        if status not in (None, "later", "unsure", "bad"):
            raise unknown("status", str(status), ("later", "unsure", "bad"))
        if known not in session.ledger.choices:
            session.jump(known)  # nobody asked: it was looked for
        if number is not None:
            session.label(known, number)
        elif status is not None:
            session.skip(known, status=status)

    def add_class(self, name: str) -> None:
        """Add a class. What is done to classes is taken back by `undo`, as an answer is."""
        self._session.add_class(name)

    def rename_class(self, name: str, new: str) -> None:
        """Call a class otherwise."""
        self._session.rename_class(self._class(name), new)

    def merge_classes(self, name: str, into: str) -> int:
        """Have all of one class be of another one; how many labels that are."""
        return self._session.merge_classes(self._class(name), self._class(into))

    def split_class(self, name: str, names: Sequence[str]) -> int:
        """Put new classes in the place of one; its items, so many, are asked again before any other."""
        return self._session.split_class(self._class(name), names)

    def delete_class(self, name: str) -> int:
        """Have a class be no more; its items, so many, are asked again before any other."""
        return self._session.delete_class(self._class(name))

    def undo(self) -> str | None:
        """Take back what was told last; the hash of its item, or None where there is nothing left, or it was about a class."""
        step = self._session.undo()
        return None if step is None else step.item

    @property
    def estimate(self) -> Estimate | None:
        """How many of the items that were drawn to measure by the model has right, and between which shares of the others.

        None before there is a model and an answer to such an item. It is the model of all that was told.
        """
        self._learn()
        return self._session.estimate

    @property
    def accuracy(self) -> float | None:
        """Accuracy on items with a label that are kept to measure by; None where there are none, or no model."""
        self._learn()
        return None if self._session.reply is None else self._session.reply.accuracy

    def predict(self, more: str | Path | None = None) -> Delivery:
        """Labels of all items, or of those in a file or folder like the data: yours, and the model's for the rest, with
        calibrated probabilities; see `al_core.labelling.delivery`.

        Raises
        ------
        UserError
            Nothing is labelled yet, or the new items cannot be read.
        """
        return deliver(self._session.file, self._session.items, more=None if more is None else Path(more))

    def export(self, path: str | Path, *, force: bool = False) -> None:
        """Write all answers to a file, ``.csv``, ``.jsonl`` or ``.npz`` by the end of its name; ``force`` replaces one."""
        place = Path(path)
        write_new(place, export_labels(self._session.ledger, place.suffix.removeprefix(".")), force=force)

    def _learn(self) -> None:
        """Have the model learn what it does not know yet."""
        session = self._session
        if (request := session.request()) is not None and (reason := session.accept(request, model_round(request))):
            raise RuntimeError(reason)

    def _reason(self, row: int) -> Source:
        """Why an item comes that is asked to be learnt."""
        session = self._session
        ledger, reply, item = session.ledger, session.reply, session.items.ids[row]
        if item in ledger.reopened and item not in ledger.answers:
            return "reopened"
        if item in ledger.answers:
            return "later"
        if row in session.items.start:
            return "start"
        if reply is not None and any(pick.row == row for pick in reply.picks):
            return "strategy"
        before = reply is None and ledger.rounds and item in ledger.rounds[-1].picks
        return "last_good" if before or (reply is not None and any(pick.row == row for pick in reply.reserve)) else "random"

    def _class(self, label: str | int) -> int:
        names, numbers = self.classes, self._session.ledger.scheme.alive
        if isinstance(label, str):
            if label not in names:
                raise unknown("class", label, names)
            return numbers[names.index(label)]
        if not 0 <= label < len(names):
            raise UserError(f"class {label} of {len(names)}; they count from 0: {', '.join(names)}")
        return numbers[label]


def _begun(
    path: Path, word: str, classes: Sequence[str] | None, annotator: str, said: Mapping[str, str | int | float | None]
) -> LabelSession:
    try:
        settings = Settings(word, "", tuple(classes or ()), own_classes=classes is not None, **said)  # type: ignore[arg-type]
    except TypeError:
        may = sorted({*Settings.__dataclass_fields__} - {"dataset", "fingerprint", "classes", "own_classes", "tested"})
        raise unknown("setting", next(name for name in said if name not in may), may) from None
    check_options(settings)
    settings = replace(settings, test=_whole(settings.test), embeddings=_whole(settings.embeddings))
    settings = replace(settings, probabilities=_whole(settings.probabilities))
    strategy, learner = check_choice(settings.strategy, settings.learner)
    settings = replace(settings, strategy=strategy, learner=learner)
    items: Items = items_of(settings)
    named = [name for name in BY_DATA if name in said]
    settings = by_data(settings, len(items.pool), named, own=not settings.origin().bundled)
    settings = replace(settings, fingerprint=items.fingerprint, classes=items.classes, audit=audit_rate(settings.audit, items))
    return LabelSession.create(path, replace(settings, tested="".join(items.tested)), items, annotator)


def _whole(path: str | Path | None) -> str | None:
    return None if path is None else str(Path(path).expanduser().absolute())


def _gone_on_with(path: Path, word: str, annotator: str) -> LabelSession:
    file = SessionFile.open(path)
    try:
        items = items_of(file.ledger.settings, Places(word), spoken_of(file.ledger))
        return LabelSession(file, items, annotator)
    except BaseException:
        file.close()
        raise
