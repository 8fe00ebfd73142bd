"""The command that plays a kept race again."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from al_core.data.origin import Places
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_tui.cli.command import Command, bound_keys, project_option
from al_tui.cli.options import declare
from al_tui.cli.resume import the_same, where_now
from al_tui.output import say
from al_tui.requests.taken import TAKEN
from al_tui.requests.terminal import check_drawable, need_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from al_core.data.sources import Source
    from al_core.sessions.race_actions import RaceOpened
    from al_tui.launch import Computing

EPILOG = """\b
Examples:
  al-tui replay race-digits-20260101-120000                as it went
  al-tui replay race-plane-20260101-120000 --pace max      as fast as can be
  al-tui replay race-my-pots-20260101-120000 --data /mnt/pots    the files are elsewhere now
"""


@click.command("replay", cls=Command, epilog=EPILOG)
@click.argument("session")
@click.option("--data", metavar="PATH", help="Where the files are now, if they were moved.")
@click.option("--test", metavar="PATH", help="Where files with labels that models were measured by are now.")
@click.option("--embeddings", metavar="FILE", help="Where your own features are now.")
@declare(*TAKEN["replay"])
@project_option
@click.pass_context
def replay_command(
    ctx: click.Context,
    /,
    session: str,
    data: str | None,
    test: str | None,
    embeddings: str | None,
    pace: float | None,
) -> None:
    """Play the race in SESSION, a name or a file, as it went, back and forth; nothing is computed, and nothing is written."""
    from al_core.sessions.directory import find_session
    from al_core.sessions.playback import read_playback
    from al_core.sessions.store import is_race

    path = find_session(session)
    if not is_race(path):
        raise UserError(
            f"{path.name} is a session of labelling, and races can be replayed; see it with: al-tui resume {session}"
        )
    playback = read_playback(path)
    need_terminal("al-tui report needs none")
    check_drawable(playback.settings.spec.dataset)
    where = Places(data, test, embeddings, None)
    say(f"replaying {safe_text(path.stem, 60)}: {playback.end:,} events of {len(playback.settings.strategies)} strategies")
    with contextlib.ExitStack() as stack:
        source, computing = _read(path, playback.settings, where, stack)
        from al_tui.launch import launch_replay

        ctx.exit(launch_replay(playback, pace, bound_keys(ctx, "race"), computing, source))


def _read(
    path: Path, settings: RaceOpened, places: Places, stack: contextlib.ExitStack
) -> tuple[Source | None, Computing | None]:
    """Files of one's own, read before the screen opens by what will draw them; None of data of the program."""
    from al_tui.cli.raced import opened_race
    from al_tui.requests.race import ROUND_LIMIT, RaceRequest
    from al_tui.requests.where import Place

    origin = where_now(path, settings.source, places, "replay")
    if settings.source is None or origin is None:
        return None, None
    was = settings.source
    request = RaceRequest(settings.spec, settings.strategies, 1, ROUND_LIMIT)
    opening = opened_race(request, Place(), lambda executor: the_same(path, was, origin, executor, "replay"), whole=True)
    request, computing = stack.enter_context(opening)
    return request.source, computing
