"""What items are called, as far as a log is to say so. No numerics."""

from __future__ import annotations

from collections.abc import Sequence

from al_core.labelling.items import Items
from al_core.sessions.actions import Action, MachineLabelled, Named
from al_core.sessions.ledger import Ledger


def new_names(actions: Sequence[Action], ledger: Ledger, items: Items) -> tuple[Named, ...]:
    """What says the names of items that ``actions`` are about, as far as they have names that the log does not say yet."""
    if not items.names:
        return ()
    about: set[str] = set()
    for action in actions:
        about.update(item for item, _ in action.labels) if isinstance(action, MachineLabelled) else about.add(
            getattr(action, "item", None) or ""
        )
        about.update(getattr(action, "others", ()))
    known = ledger.names
    new = tuple((item, name) for item in sorted(about) if (name := items.name_of(item)) and known.get(item) != name)
    return (Named(new),) if new else ()
