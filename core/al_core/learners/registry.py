"""What a learner is, and the list of all of them.

A learner is made in one place: a function that turns `Training` into a `Model`, with `@learner(...)` above it, in any module of
this package, or in a module that an installed distribution names under the entry-point group ``al_tui.learners``. Modules are
found by themselves; scikit-learn is loaded when something is fitted, not when it is named.

Keyword-only arguments of the function are its parameters, written ``name(parameter=value)`` on the command line; positional
ones are other learners, written ``name(a,b)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from types import MappingProxyType

from al_core.ground.calls import Call, imports_code, parse_call
from al_core.ground.errors import UserError, unknown
from al_core.ground.modules import modules_of
from al_core.ground.parameters import Parameter, checked, described
from al_core.ground.plugins import Plugins, check_free
from al_core.ground.trial import try_out
from al_core.learners.model import Learner, Model

ENTRY_POINTS = "al_tui.learners"
"""The group under which installed distributions name modules with learners."""

_LEARNERS: dict[str, Learner] = {}


def learner(
    name: str,
    *,
    summary: str,
    source: str,
    parameters: Mapping[str, Parameter] = MappingProxyType({}),
    labelled_only: bool = False,
    semi_supervised: bool = False,
) -> Callable[[Callable[..., Model]], Callable[..., Model]]:
    """Register the function below as the learner ``name``; ``labelled_only`` and ``semi_supervised`` as in `Learner`.

    Raises
    ------
    TypeError
        A keyword-only argument of the function is not described in ``parameters``, or the other way round.
    ValueError
        The name is that of a learner of another module.
    """

    def register(function: Callable[..., Model]) -> Callable[..., Model]:
        if not function.__module__.startswith("al_core."):
            load_built_in()
        taken = _LEARNERS.get(name)
        check_free("learner", name, function.__module__, None if taken is None else taken.function.__module__)
        infos = described(f"learner {name!r}", function, parameters)
        _LEARNERS[name] = Learner(
            name, summary, source, function, dict(parameters), infos, Call(name), labelled_only, semi_supervised
        )
        resolve_learner.cache_clear()
        return function

    return register


@cache
@cache
def load_built_in() -> None:
    """Import the learners of this package, and no plug-in."""
    modules_of("al_core.learners")


def failed_plugins() -> Mapping[str, str]:
    """Plug-ins that were needed so far and are left out, with the reason."""
    return _PLUGINS.left_out


def known_learner(name: str) -> Learner | None:
    """The learner called ``name`` if it is there without importing a plug-in."""
    load_built_in()
    return _LEARNERS.get(name)


def try_plugin(written: str) -> str:
    """Import a plug-in beside the learners of this package; returns nothing, and raises whatever it raises."""
    load_built_in()
    _PLUGINS.load_one(written)
    return ""


_PLUGINS = Plugins(ENTRY_POINTS, lambda: _LEARNERS, try_plugin)


def learners() -> list[Learner]:
    """All learners, built-in and installed, in the order of their names."""
    load_built_in()
    _PLUGINS.load()
    return [_LEARNERS[name] for name in sorted(_LEARNERS)]


@lru_cache(maxsize=256)
def resolve_learner(text: str) -> Learner:
    """The learner written as ``text``, e.g. ``"knn(k=3)"``, ``"soft_vote(gaussian_field,knn)"`` or ``"module:factory"``.

    A ``module:factory`` imports that module: see `al_core.ground.calls.imports_code` for texts that a file brought along.

    Raises
    ------
    UserError
        No such learner, or a parameter it does not have or does not take.
    """
    load_built_in()
    call = parse_call(text)
    if ":" in call.name:
        from al_core.learners.imported import imported_learner

        return imported_learner(call)
    if call.name not in _LEARNERS:
        _PLUGINS.find(call.name)
    if call.name not in _LEARNERS:
        left_out = [f"; the plug-in {name!r} is left out: {reason}" for name, reason in failed_plugins().items()]
        raise UserError(str(unknown("learner", call.name, _LEARNERS)) + "".join(left_out[:3]))
    found = _LEARNERS[call.name]
    if call.args and not found.takes_learners:
        raise UserError(f"{call.name}: write parameters as {call.name}(key=value)")
    if found.takes_learners and not call.args:
        raise UserError(f"{call.name} is made of other learners; write {call.name}(a,b), e.g. {call.name}(logistic,knn)")
    inside = [resolve_learner(str(member)) for member in call.args]
    kwargs = checked(call.name, found.function, found.parameters, call.kwargs)
    bound = Call(call.name, tuple(map(str, inside)), tuple(sorted(kwargs.items())))
    return replace(
        found,
        call=bound,
        labelled_only=found.labelled_only and all(member.labelled_only for member in inside),
        semi_supervised=found.semi_supervised or any(member.semi_supervised for member in inside),
    )


def tried_learner(text: str) -> str:
    """The learner's name as `resolve_learner` writes it. Where it names code to import, a child of this process does that:
    the code may hang or end the process that runs it, and a program with a screen has no need for it.

    Raises
    ------
    UserError
        As `resolve_learner`; or trying it did not come to an end.
    """
    if not imports_code(text):
        return str(resolve_learner(text))
    (outcome,) = try_out(name_learner, [text])
    if outcome.reason is not None:
        raise UserError(outcome.reason if outcome.refused else f"learner {text!r}: {outcome.reason}")
    return outcome.value


def name_learner(text: str) -> str:
    """The name of the learner written as ``text``, for the child."""
    return str(resolve_learner(text))
