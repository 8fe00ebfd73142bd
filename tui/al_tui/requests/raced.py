"""Files of one's own in a race or a bench: what can be said of them beside where they are."""

from __future__ import annotations

from dataclasses import dataclass

from al_core.data.columns import Columns, columns_of
from al_core.sessions.settings import Settings
from al_core.task.options import declared, like
from al_tui.requests.options import LabelOptions


@dataclass(frozen=True, slots=True)
class DataOptions:
    """How files of one's own are read; every field is a row of options."""

    classes: str | None = like(LabelOptions, "classes")
    features: str = like(Settings, "features")
    test: str | None = like(
        Settings,
        "test",
        help="Files like the data, with labels: models are measured by them, and never learn them.",
        shown="test/ in a folder, else 3 in 10 of what has a label",
    )
    embeddings: str | None = like(Settings, "embeddings")
    label_column: str | None = like(Settings, "label_column")
    id_column: str | None = like(Settings, "id_column")
    text_column: str | None = like(Settings, "text_column")
    drop: str | None = like(Settings, "drop")
    show: str | None = like(Settings, "show")
    group_column: str | None = declared(
        None,
        "The column of a table that says which rows belong together: all of a group are measured by, or none.",
        reader=str,
        metavar="COLUMN",
    )

    @property
    def columns(self) -> Columns:
        """Which columns of a table are what; raises `UserError` where one is named for two things."""
        return columns_of(self, self.group_column)
