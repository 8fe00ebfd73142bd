"""Data sets that are made, written as strategies and learners are: ``plane``, ``plane(separation=0.5)``.

Each is a module of `al_core.data.makers`. What is to be known of one is known without making it; free of numerics until it is
made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from al_core.data.sizes import DatasetInfo
from al_core.ground.calls import Call, Value, parse_call
from al_core.ground.errors import UserError, unknown
from al_core.ground.modules import modules_of
from al_core.ground.parameters import Parameter, ParameterInfo, checked, described, keywords


@dataclass(frozen=True, eq=False, slots=True)
class Maker:
    """A way to make a data set.

    Parameters
    ----------
    name : how it is called.
    facts : from the parameters, which are its keyword-only arguments, to what is to be known without making it; its name is
        replaced by what was written. Raises `UserError` where parameters do not go together.
    make : from the name and all parameters to the `Dataset`, the same from the same; it loads the numerics itself.
    parameters : what each argument of ``facts`` means.
    """

    name: str
    facts: Callable[..., DatasetInfo]
    make: Callable[..., Any]
    parameters: Mapping[str, Parameter]

    @property
    def infos(self) -> tuple[ParameterInfo, ...]:
        """The parameters as text."""
        return described(f"data set {self.name!r}", self.facts, self.parameters)


@cache
def makers() -> Mapping[str, Maker]:
    """All makers, by name."""
    found = (module.MAKER for module in modules_of("al_core.data.makers"))
    return {maker.name: maker for maker in found}


def made_info(text: str) -> DatasetInfo:
    """What is to be known of a made data set; its name is the text as it is written in short.

    Raises
    ------
    UserError
        No data set is made under this name, it has no such parameter, or the parameter does not take the value.
    """
    return _read(text)[2]


@lru_cache(maxsize=8)
def make_dataset(text: str) -> Any:
    """The `Dataset` of a name with parameters; the last few are kept by the process. Raises `UserError` as `made_info` does."""
    maker, values, info = _read(text)
    return maker.make(info.name, **values)


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[Maker, dict[str, Value], DatasetInfo]:
    call = parse_call(text)
    if (maker := makers().get(call.name)) is None:
        raise unknown("data set with parameters", call.name, makers())
    if call.args:
        raise UserError(f"{call.name}: write parameters as {call.name}(key=value)")
    given = checked(call.name, maker.facts, maker.parameters, call.kwargs)
    defaults: dict[str, Any] = {key: found.default for key, found in keywords(maker.facts).items()}
    values = defaults | given
    return maker, values, maker.facts(**values)._replace(name=str(Call(call.name, (), tuple(sorted(given.items())))))
