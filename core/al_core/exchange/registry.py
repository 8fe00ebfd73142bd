"""The file formats of labels there are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from al_core.exchange.record import Format, Tree
from al_core.ground.modules import modules_of


@cache
def formats() -> Mapping[str, Format]:
    """All formats of files by name; each is a module of `al_core.exchange.formats` with a `Format` called ``FORMAT``."""
    return MappingProxyType({form.name: form for form in _all() if isinstance(form, Format)})


@cache
def trees() -> Mapping[str, Tree]:
    """All formats that are folders by name; each is such a module as well, and its ``FORMAT`` a `Tree`."""
    return MappingProxyType({form.name: form for form in _all() if isinstance(form, Tree)})


def _all() -> list[Format | Tree]:
    found = [module.FORMAT for module in modules_of("al_core.exchange.formats")]
    return sorted(found, key=lambda form: form.name)
