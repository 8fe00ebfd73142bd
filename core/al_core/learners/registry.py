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

from al_core.ground.calls import Call, parse_call
from al_core.ground.errors import UserError, unknown
from al_core.ground.parameters import Parameter, checked, described
from al_core.ground.plugins import load_entry_points, modules_of
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
) -> Callable[[Callable[..., Model]], Callable[..., Model]]:
    """Register the function below as the learner ``name``.

    Raises
    ------
    TypeError
        A keyword-only argument of the function is not described in ``parameters``, or the other way round.
    """

    def register(function: Callable[..., Model]) -> Callable[..., Model]:
        infos = described(f"learner {name!r}", function, parameters)
        _LEARNERS[name] = Learner(name, summary, source, function, dict(parameters), infos, Call(name))
        resolve_learner.cache_clear()
        return function

    return register


@cache
def _load() -> dict[str, str]:
    """Import every learner; returns the plug-ins that could not be loaded, with the reason."""
    modules_of("al_core.learners")
    return load_entry_points(ENTRY_POINTS)


def failed_plugins() -> Mapping[str, str]:
    """Entry points that could not be loaded, with the reason."""
    return MappingProxyType(_load())


def learners() -> list[Learner]:
    """All learners, in the order of their names."""
    _load()
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
    _load()
    call = parse_call(text)
    if ":" in call.name:
        from al_core.learners.imported import imported_learner

        return imported_learner(call)
    if call.name not in _LEARNERS:
        raise unknown("learner", call.name, _LEARNERS)
    found = _LEARNERS[call.name]
    if call.args and not found.takes_learners:
        raise UserError(f"{call.name}: write parameters as {call.name}(key=value)")
    if found.takes_learners and not call.args:
        raise UserError(f"{call.name} is made of other learners; write {call.name}(a,b), e.g. {call.name}(logistic,knn)")
    members = tuple(str(resolve_learner(str(member))) for member in call.args)
    kwargs = checked(call.name, found.function, found.parameters, call.kwargs)
    return replace(found, call=Call(call.name, members, tuple(sorted(kwargs.items()))))
