"""Files of one's own that are raced over: read by a worker before anything else, so that what is wrong is one line."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from al_core.data.facts import comes_with, describe_dataset
from al_core.data.opened import read_on
from al_core.data.origin import Origin
from al_core.data.sources import Knowing, Source, describe, fingerprint_here, meet, names_for, send
from al_core.ground.errors import NoLabels, UserError, about
from al_core.ground.safe_text import safe_text
from al_core.run.play import labels_to_give
from al_core.task.spec import TaskSpec
from al_tui.output import is_terminal, say, say_anew
from al_tui.requests.options import checked_spec
from al_tui.requests.own_data import check_columns, check_own, class_names
from al_tui.requests.race import RaceRequest, log_file
from al_tui.requests.raced import DataOptions
from al_tui.requests.terminal import only_prints
from al_tui.requests.where import Place

if TYPE_CHECKING:
    from al_core.compute.dask import DaskCluster
    from al_tui.launch import Computing

PATIENCE = 1.0
"""Seconds before it is said how far reading is."""


def is_own(word: str) -> bool:
    """Whether a word is the path of files of one's own."""
    return not comes_with(word)


def most_rounds(spec: TaskSpec) -> int:
    """Rounds that a run needs at most, also where nobody knows yet with how many labels it begins."""
    return -(-spec.budget // spec.batch) if is_own(spec.dataset) else spec.rounds


def check_data(words: Sequence[str], options: DataOptions) -> None:
    """Raise `UserError` where something is said of files of one's own that cannot be meant; nothing has been read."""
    with about("classes"):
        names = () if options.classes is None else class_names(options.classes)
    own = [word for word in words if is_own(word)]
    for word in own or words[:1]:
        check_own(word, names, options.features, options.test, options.embeddings)
        check_columns(word, options.columns)
    for flag, said in (("--test", options.test), ("--embeddings", options.embeddings)):
        if said is not None and len(own) > 1:
            raise UserError(f"{flag} is about one data set, and {len(own)} paths are named; give one of them")


def read_sources(words: Sequence[str], options: DataOptions, executor: Executor) -> dict[str, Source]:
    """What is to be known of the files of one's own among data sets, by word; they are read where it is computed.

    From here on they are known here by their names.

    Raises
    ------
    UserError
        They cannot be read, or have no labels.
    """
    own = [word for word in words if is_own(word)]
    with about("dataset"):
        names = names_for(own)
    classes = None if options.classes is None else class_names(options.classes)
    found = {}
    for word, name in zip(own, names, strict=True):
        beside = (options.test, options.embeddings)
        origin = Origin(word, classes, options.features, None, *beside, columns=options.columns)
        try:
            source = read_source(origin, name, executor)
        except NoLabels:
            raise _no_labels(word, name) from None
        if not source.items:
            raise _no_labels(word, name)
        meet(source)
        found[word] = source
    return found


def read_source(origin: Origin, name: str, executor: Executor) -> Source:
    """What is to be known of files, which are read where it is computed; how far that is, is told where it takes long."""
    if getattr(executor, "elsewhere", False):
        return _source_elsewhere(origin, name, cast("DaskCluster", executor))
    begin, told = time.monotonic(), False
    live = is_terminal("stderr") and not only_prints()
    while (far := executor.submit(read_on, origin).result()) is not None:
        if live and time.monotonic() - begin > PATIENCE:
            say_anew(str(far), last=False)
            told = True
    source = executor.submit(describe, origin, name).result()
    if told:
        say_anew(f"read {name}: {source.items + source.unlabelled:,} items", last=True)
    return source


def _source_elsewhere(origin: Origin, name: str, cluster: DaskCluster) -> Source:
    """The same of files that the workers of a cluster read at their path, or are sent where one of them has others or none."""
    place = safe_text(origin.word)
    found = cluster.everywhere(fingerprint_here, origin)
    if None not in found.values() and len(set(found.values())) == 1:
        say(f"{name} is read by every worker of the cluster, at {place}")
        return cluster.submit(describe, origin, name).result()
    source = send(origin, name, cluster)
    without = sum(theirs != source.fingerprint for theirs in found.values())
    say(f"{name} is sent to the workers of the cluster: {without:,} of {len(found):,} have other files at {place}, or none")
    return source


def fitted(spec: TaskSpec, executor: Executor) -> TaskSpec:
    """The task, over files of one's own, with a budget that they can give; a larger one is told of and ends where they do.

    Raises
    ------
    UserError
        There is nothing to race over: no class has labels enough.
    """
    info = describe_dataset(spec.dataset)
    few = f"{spec.dataset} has {info.items:,} labels of {info.classes} classes, which are too few for a race"
    most = executor.submit(labels_to_give, spec).result()
    most = min(most, info.start(spec.initial) + info.pool(spec.initial))
    if most <= info.start(spec.initial):
        raise UserError(f"{few}; label more")
    if spec.budget <= most:
        return spec
    say(f"{spec.dataset} has only {most:,} labels to give; its runs end there")
    return replace(spec, budget=most)


def knowing(sources: Sequence[Source], executor: Executor) -> Executor:
    """An executor where these data sets are known."""
    return Knowing(sources, executor) if sources else executor


def race_over_files(request: RaceRequest, options: DataOptions, pace: float | None, seeds: int, place: Place) -> int:
    """Run a race over files of one's own, which its task names by their path; returns the exit code.

    Raises
    ------
    UserError
        Nothing can be raced over there; the screen has not been opened.
    """
    word = request.spec.dataset

    def read(executor: Executor) -> Source:
        return read_sources([word], options, executor)[word]

    with opened_race(request, place, read) as (request, computing):
        from al_tui.launch import launch

        return launch(request, pace, seeds, place, computing=computing)


@contextmanager
def opened_race(
    request: RaceRequest, place: Place, read: Callable[[Executor], Source], *, whole: bool = False
) -> Iterator[tuple[RaceRequest, Computing]]:
    """A race over files of one's own, ready to be launched: they have been read by ``read`` where it will be computed.

    A budget that they cannot give is made smaller, unless it is that of a race which was kept, ``whole``.
    """
    from al_tui.launch import Computing, computing_at

    with ExitStack() as stack:
        at = computing_at(request, place, log_file(), most_rounds(request.spec))
        bare = at.open()
        stack.callback(bare.shutdown, wait=False)
        source = read(bare)
        executor = Knowing([source], bare)
        spec = replace(request.spec, dataset=source.name)
        spec = checked_spec(spec if whole else fitted(spec, executor))
        yield request._replace(spec=spec, source=source), Computing(lambda: executor, at.workers)


def _no_labels(word: str, name: str) -> UserError:
    shown = shlex.quote(safe_text(word, 200))
    return UserError(f"{name} has no labels, and a race needs them; label it: al-tui label {shown}")
