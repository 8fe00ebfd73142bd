"""Numbers as people read them."""

from __future__ import annotations

from collections.abc import Sequence


def percent(value: float | None) -> str:
    """A share with a sign, e.g. ``+41 %``; ``–`` when there is none, ``< −999 %`` for the end of an interval over two seeds."""
    if value is not None and value < -9.995:
        return "< −999 %"
    return "–" if value is None else f"{value:+.0%}".replace("%", " %").replace("-", "−")


def signed(value: int | None) -> str:
    """A whole number with its sign, ``+50`` or ``−30``; ``–`` when there is none."""
    return "–" if value is None else f"{value:+d}".replace("-", "−") if value else "0"


def fixed(value: float | None, digits: int = 3) -> str:
    """A number without its leading zero, as accuracies are printed; ``–`` when there is none."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("0.") else text


def whole(value: float | None) -> str:
    """A count; ``–`` when there is none."""
    return "–" if value is None else f"{value:.0f}" if float(value).is_integer() else f"{value:.1f}"


def milliseconds(seconds: float | None) -> str:
    """A duration in milliseconds; ``–`` when there is none."""
    return "–" if seconds is None else f"{seconds * 1000:.0f} ms"


def level(share: float) -> str:
    """A target as it was given: ``90%``, ``99.5%``."""
    return f"{100 * share:g}%"


def listed(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; empty for none."""
    return " and ".join([*filter(None, [", ".join(names[:-1])]), *names[-1:]])
