"""The way to a Dask scheduler: its address, its certificates, and what is wrong when there is none."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from al_core.ground.errors import UserError
from al_core.ground.trial import error_line

_ADDRESS = re.compile(r"([a-z]+)://(\[[0-9a-f:]+\]|[^/:\s]+):\d{1,5}")
_ENCRYPTED = ("tls", "wss")
_CERTIFICATES = "distributed.comm.tls.ca-file and distributed.comm.tls.client.cert"


def check_address(scheduler: str) -> None:
    """Raise `UserError` for what is no address of a scheduler."""
    if not _ADDRESS.fullmatch(scheduler):
        raise UserError(f"{scheduler!r} is no address of a Dask scheduler; write it like tcp://10.0.0.7:8786")


def is_exposed(scheduler: str) -> bool:
    """Whether somebody else could answer in the scheduler's place: it is on another machine, and nothing is encrypted."""
    found = _ADDRESS.fullmatch(scheduler)
    if found is None or found[1] in _ENCRYPTED:
        return False
    try:
        return not ipaddress.ip_address(found[2].strip("[]")).is_loopback
    except ValueError:
        return found[2] != "localhost"


def load_dask() -> None:
    """Import `distributed`; raises `UserError` when it is not installed, or cannot be loaded."""
    try:
        import distributed
    except ImportError:
        raise UserError("--executor dask needs the extra dask: pip install 'al-tui[dask]'") from None
    except Exception as error:  # it reads files and variables of the user's when it is imported
        raise UserError(f"Dask cannot be loaded, see its configuration: {error_line(error)}") from None
    assert distributed


def connected(scheduler: str, seconds: float) -> Any:
    """A client of the scheduler; `load_dask` has been called.

    Raises
    ------
    UserError
        No scheduler answers within so many ``seconds``, or there are no certificates for a connection that needs them.
    """
    from distributed import Client

    if scheduler.partition(":")[0] in _ENCRYPTED:
        _check_certificates(scheduler)
    try:
        return Client(scheduler, timeout=seconds, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError, RuntimeError, ImportError) as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise UserError(
            f"no Dask scheduler answers at {scheduler} ({reason}); start one with: dask scheduler, and give its address"
        ) from None


def _check_certificates(scheduler: str) -> None:
    """Make sure that Dask's configuration says how to speak TLS: a client that finds out by itself leaves threads behind."""
    import dask
    from distributed.security import Security

    if dask.config.get("distributed.client.security-loader", None):
        return
    try:
        context = Security().get_connection_args("client").get("ssl_context")
    except (OSError, ValueError, TypeError) as error:  # a file that is not there, or is no certificate
        raise UserError(f"the certificates of Dask's configuration cannot be used ({error}); see {_CERTIFICATES}") from None
    if context is None:
        raise UserError(f"{scheduler} needs certificates; name them in Dask's configuration, {_CERTIFICATES}")
