"""The file formats of labels there are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from al_core.exchange.record import Format
from al_core.ground.modules import modules_of


@cache
def formats() -> Mapping[str, Format]:
    """All formats by name; each is a module of `al_core.exchange.formats` with a `Format` called ``FORMAT``."""
    found = [module.FORMAT for module in modules_of("al_core.exchange.formats")]
    return MappingProxyType({form.name: form for form in sorted(found, key=lambda form: form.name)})
