"""Numbers as people read them: all that the program writes for people, on screens, in tables and in sentences, is written here.

A percentage has its sign right behind it (``90%``), and so has each end of a range (``96.4% to 98.9%``). It is whole, but for
what was measured on rows, a rate of right or wrong and its interval, which has one digit. A minus is ``−``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

NONE = "–"
"""What stands where there is no number."""
Span = tuple[float, float]
"""Between what a number lies."""

_UNITS = ((3600.0, "h"), (60.0, "min"), (1.0, "s"))
_SHORT = 0.00995
"""Seconds below which a duration in milliseconds has a digit."""


def percent(share: float) -> str:
    """A share in whole percent; never all or nothing of what is neither.

    Examples
    --------
    >>> percent(0.5), percent(0.9996), percent(0.004), percent(1.0)
    ('50%', '99.9%', '0.4%', '100%')
    """
    if 0.99 < share < 1.0:
        return f"{min(999, int(1000 * share)) / 10:.1f}%"
    return f"{100 * share:.0f}%" if not 0 < share < 0.01 else f"{max(1, round(1000 * share)) / 10:.1f}%"


def rate(share: float) -> str:
    """How often something was right, or wrong, as it was measured, or an end of its interval: ``97.4%``."""
    return f"{100 * share:.1f}%"


def signed_percent(share: float | None) -> str:
    """A saving, or a cost, e.g. ``+41%``; ``–`` when there is none, ``< −999%`` for the end of an interval over two seeds."""
    if share is not None and share < -9.995:
        return "< −999%"
    return NONE if share is None else minus(f"{share:+.0%}")


def level(share: float) -> str:
    """A target, or a bound, as it was given: ``90%``, ``99.5%``."""
    return f"{100 * share:g}%"


def between(low: float, high: float, write: Callable[[float], str] = rate) -> str:
    """A range: ``96.4% to 98.9%``."""
    return f"{write(low)} to {write(high)}"


def minus(text: str) -> str:
    """A formatted number with the sign that is as wide as a plus."""
    return text.replace("-", "−")


def signed(value: int | None) -> str:
    """A whole number with its sign, ``+50`` or ``−30``; ``–`` when there is none."""
    return NONE if value is None else minus(f"{value:+,d}") if value else "0"


def fixed(value: float | None, digits: int = 3) -> str:
    """A number without its leading zero, as accuracies are printed; ``–`` when there is none."""
    if value is None:
        return NONE
    return minus(f"{value:.{digits}f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.{digits}f}")


def significant(value: float, digits: int = 4) -> str:
    """A score, of whatever size: ``0.1234``, ``−12.35``."""
    return minus(typed(value, digits))


def typed(value: float, digits: int = 4) -> str:
    """A number of an item as one types it to search for it: its minus is that of the keyboard."""
    return f"{value:.{digits}g}"


def rank(value: float | None) -> str:
    """The mean of ranks: ``1.25``; ``–`` when there is none."""
    return NONE if value is None else f"{value:.2f}"


def p_value(value: float | None) -> str:
    """How probable it is by chance: ``.032``, ``< .001``; ``–`` when nothing was tested."""
    return "< .001" if value is not None and value < 0.001 else fixed(value)


def whole(value: float | None) -> str:
    """A count, or the mean of counts: ``1,280``, ``275.8``; ``–`` when there is none."""
    return NONE if value is None else minus(f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}")


def tenths(value: float) -> str:
    """The end of a range of counts, or the mean of them, where all have a digit: ``275.8``, ``1,280.0``."""
    return minus(f"{value:,.1f}")


def money(value: float) -> str:
    """A sum of money without its currency: ``1,280.00``; what rounds to nothing has no minus."""
    return minus(f"{value:z,.2f}")


def storage(octets: int) -> str:
    """How large a file or an array is: ``3.4 GB``, ``12.1 MB``, ``0.5 kB``."""
    if octets >= 1e9:
        return f"{octets / 1e9:,.1f} GB"
    return f"{octets / 1e6:.1f} MB" if octets >= 1e6 else f"{octets / 1e3:.1f} kB"


def milliseconds(seconds: float | None) -> str:
    """A duration in milliseconds, with a digit below 10 of them; ``–`` when there is none."""
    return NONE if seconds is None else f"{seconds * 1000:,.{1 if 0 < seconds < _SHORT else 0}f} ms"


def duration(seconds: float, span: Span | None = None) -> str:
    """A time, and between which times it lies, in the unit that goes with the longest: ``3.1 min (2.1 to 4.1)``."""
    longest = max(map(abs, (seconds, *(span or ()))))
    size, unit = next((entry for entry in _UNITS if longest >= entry[0]), (0.001, "ms"))
    digits = 0 if unit == "ms" and not 0 < longest < _SHORT else 1
    ends = "" if span is None else f" ({span[0] / size:z,.{digits}f} to {span[1] / size:z,.{digits}f})"
    return minus(f"{seconds / size:z,.{digits}f} {unit}{ends}")


def clock(seconds: float) -> str:
    """A time since the beginning, or until the end, in minutes and seconds: ``02:05``."""
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


def listed(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; empty for none."""
    return " and ".join([*filter(None, [", ".join(names[:-1])]), *names[-1:]])


class Told(float):
    """A number for the fields of a sentence: a percentage where a field says so, and else a score as it stands elsewhere.

    Examples
    --------
    >>> "{p:.0%} or {p:.1%}, {score}, {count:.0f}".format(p=Told(0.9996), score=Told(-0.67166), count=Told(12.0))
    '99.9% or 100.0%, −0.6717, 12'
    """

    def __format__(self, spec: str) -> str:
        if not spec:
            return significant(self)
        if spec == ".0%":
            return percent(self)
        return rate(self) if spec.endswith("%") else minus(super().__format__(spec))
