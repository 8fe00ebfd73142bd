"""What the members of a mix have to say, as plain records and in words. Free of numerics: screens read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from al_core.ground.numbers import percent


@dataclass(frozen=True, slots=True)
class Voice:
    """What one member has to say in a mix.

    Parameters
    ----------
    name : of the learner.
    weight : its share of the mix.
    temperature : what its probabilities are tempered by.
    right, judged : labels that it gave the most probability to without having learnt them, and of how many it was asked.
    alone : labels, the only ones of their classes, that count for it because it goes by more than labels.
    """

    name: str
    weight: float
    temperature: float
    right: int
    judged: int
    alone: int = 0


def leader(voices: Sequence[Voice]) -> str:
    """Who leads and by how much; empty without voices.

    Examples
    --------
    >>> leader([Voice("svm", 0.14, 1.0, 41, 60), Voice("gaussian_field", 0.86, 1.0, 58, 60)])
    'gaussian_field 86%'
    """
    if not voices:
        return ""
    first = max(voices, key=lambda voice: voice.weight)
    return f"{first.name} {percent(first.weight)}"


def in_words(voices: Sequence[Voice]) -> str:
    """What the mix is and why, as one sentence; empty without voices.

    Examples
    --------
    >>> in_words([Voice("svm", 0.14, 1.0, 41, 60), Voice("gaussian_field", 0.86, 1.0, 58, 60)])
    'The model is a mix: gaussian_field 86%, it knew 58 of 60 labels before it learnt them; svm 14%, 41.'
    >>> in_words([Voice("svm", 0.5, 1.0, 0, 0), Voice("knn", 0.5, 1.0, 0, 0)])
    'The model is a mix of svm and knn in equal parts: no label yet says who of them is right.'
    >>> in_words([Voice("svm", 0.1, 1.0, 0, 0), Voice("gaussian_field", 0.9, 1.0, 0, 0, 9)])
    'The model is a mix, gaussian_field 90%, svm 10%: no label says yet who is right; gaussian_field goes by more than labels.'
    >>> in_words([Voice("svm", 0.2, 1.0, 1, 2), Voice("gaussian_field", 0.8, 1.0, 2, 2, 5)]).partition(", and ")[2]
    '5 that are the only ones of their class count for it; svm 20%, 1.'
    """
    if not voices:
        return ""
    ranked = sorted(voices, key=lambda voice: -voice.weight)
    first, *rest = ranked
    if not first.judged:
        return _unjudged(voices, ranked)
    known = f"The model is a mix: {leader(voices)}, it knew {first.right:,} of {first.judged:,} labels before it learnt them"
    if first.alone:
        only = "that is the only one of its class counts" if first.alone == 1 else "that are the only ones of their class count"
        known += f", and {first.alone:,} {only} for it"
    return f"{'; '.join([known, *(f'{leader([voice])}, {voice.right}' for voice in rest)])}."


def _unjudged(voices: Sequence[Voice], ranked: Sequence[Voice]) -> str:
    """The sentence while no label could be told by what was learnt from others."""
    ahead = [voice.name for voice in voices if voice.alone]
    if not ahead or len(ahead) == len(voices):
        *others, last = (voice.name for voice in voices)
        return f"The model is a mix of {', '.join(others)} and {last} in equal parts: no label yet says who of them is right."
    parts = ", ".join(leader([voice]) for voice in ranked)
    go = f"{' and '.join(ahead)} {'goes' if len(ahead) == 1 else 'go'} by more than labels"
    return f"The model is a mix, {parts}: no label says yet who is right; {go}."
