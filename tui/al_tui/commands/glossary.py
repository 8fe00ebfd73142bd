"""What the words and signs on the screens mean, for help."""

from __future__ import annotations

Words = tuple[tuple[str, str], ...]
"""A word or sign, and what it means."""

COMMON_WORDS: Words = (
    ("pool", "the items that may be asked for"),
    ("batch", "the items that are asked for together, before the model learns again"),
    ("budget", "the labels after which a run ends"),
    ("strategy", "how the next items are chosen from what the model thinks"),
    ("learner", "what learns from the labels: the kind of model"),
    ("target", "the dotted line: what one wants the model to reach"),
    ("seed", "a number that draws the split and the starting labels; all strategies of a seed share them"),
)

RACE_WORDS: Words = (
    *COMMON_WORDS,
    ("random", "asks for anything: what the others are measured against"),
    ("P(y|x)", "how probable the model takes class y to be for item x"),
    ("score", "the value of the strategy's formula for an item; e shows it with its numbers"),
    ("AULC", "area under the learning curve, divided by its range of labels; 1 would be perfect"),
    ("lead", "so many labels before, the better of a strategy and random was where the other one is now"),
    ("→90%", "labels given when the target, here 90%, was first reached"),
    ("held", "the same, counted only where it stayed reached for 3 rounds"),
    ("saved", "share of labels saved against random, 1 − held / held of random"),
    ("95%", "interval over seeds in which the true value is, in 95 of 100 such comparisons"),
    ("A/A control", "random#2, a second random: what it seems to save is chance, ▒ in plots"),
    ("verdict", "what may be said when all seeds are there: saves labels, costs them, or no difference shown"),
    ("you + …", "a run of your own, begun by h; its labels are yours"),
    ("▶ ‖ ✓ ✗", "the run races, stands still, has spent its budget, failed"),
    ("✎", "a person answers, or answered so many times"),
    ("◎", "on the map: asked about now"),
    ("×", "the model had taken it for something else"),
)

LABEL_WORDS: Words = (
    *COMMON_WORDS[:2],
    *COMMON_WORDS[3:6],
    ("✓ !", "the model had thought so, too; it had thought otherwise"),
    ("expected error", "the share of the pool that the model expects to have wrong"),
    ("agreement", "how often the model had thought what you then answered"),
    ("later", "asked again when all others are answered"),
    ("don't know, bad item", "not asked again, and not learnt from"),
    ("by machine", "a label that nobody gave: never learnt from, never counted as yours; x removes them"),
    ("review", "your labels that the model takes for others, the worst first"),
    ("◎", "on the map: this item"),
)
