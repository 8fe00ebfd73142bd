"""What a comparison found, as frozen records: from the summary to screens and reports. Free of numerics.

JSON is made and read at the edge only, by `al_core.comparison.encoding`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from al_core.comparison.verdicts import Verdict
from al_core.data.facts import kept_together, partly_labelled
from al_core.measures.estimates import Estimate, FriedmanResult
from al_core.measures.metrics import ACCURACY, Metric, metric_of
from al_core.run.state import PersonsAnswers

NONE = Estimate(None)


@dataclass(frozen=True, slots=True)
class Protocol:
    """What was asked: the task that all strategies share, and the seeds.

    Parameters
    ----------
    seeds : all that were fixed at the start.
    initial, pool, test : how many labels a run starts with, how many items may be asked for, how many rows are measured by.
    target, targets : what ``metric`` is to reach; the first of ``targets`` is ``target`` and decides verdicts.
    initial_method : how the starting set is chosen.
    least_saving : the smallest share of labels that gets a verdict; None in documents of before version 0.2.
    further : options of the task that came later, by name, where they say something; see `al_core.task.options.further`.
    """

    dataset: str
    learner: str
    seeds: tuple[int, ...]
    initial: int
    pool: int
    test: int
    batch: int
    budget: int
    target: float
    targets: tuple[float, ...]
    initial_method: str
    least_saving: float | None = None
    further: Mapping[str, bool | int | float | str | None] = field(default_factory=dict)

    @property
    def planned(self) -> int:
        """How many seeds were fixed at the start."""
        return len(self.seeds)

    @property
    def metric(self) -> Metric:
        """What was measured: what is called accuracy in these records is that."""
        return metric_of(str(self.further.get("metric", ACCURACY)))


@dataclass(frozen=True, slots=True)
class Presence:
    """On how many seeds there is a result, and the errors of those that failed, by seed."""

    finished: int
    errors: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hits:
    """Labels to one target.

    Parameters
    ----------
    mean, median : over the seeds that got there, which flatters whoever rarely does.
    reached, share_reached : how many seeds these are.
    censored : seeds that finished without getting there.
    per_seed : seed by seed.
    mean_at_least, median_at_least : with the seeds that did not get there at the whole budget; None where that is not known, in
        documents of before version 0.2, and where no seed got there.
    """

    mean: float | None
    median: int | float | None
    reached: int
    share_reached: float | None
    censored: int
    per_seed: tuple[int | None, ...]
    mean_at_least: float | None = None
    median_at_least: int | float | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """Share of labels saved against random.

    Parameters
    ----------
    share : the estimate with its 95 % interval.
    censored, censored_random : runs of either that counted as the whole budget.
    p_value, p_value_holm : of the hypothesis that nothing is saved; the second with all strategies taken into account.
    adjusted : the estimate with the interval that belongs to ``p_value_holm``.
    alone, alone_random : seeds on which only the strategy, and only random, reached the target.
    p_value_reached : McNemar's test of these.
    """

    share: Estimate
    censored: int
    censored_random: int
    p_value: float | None = None
    p_value_holm: float | None = None
    adjusted: Estimate = NONE
    alone: int | None = None
    alone_random: int | None = None
    p_value_reached: float | None = None


@dataclass(frozen=True, slots=True)
class AtTarget:
    """What a strategy did at one target: first hit, the hit that is held, and what the latter saves."""

    target: float
    first: Hits
    held: Hits
    saved: Saved


@dataclass(frozen=True, slots=True)
class Areas:
    """Area under the learning curve: mean with its interval, seed by seed, and the paired test against random."""

    mean: Estimate
    per_seed: tuple[float | None, ...]
    p_value: float | None = None
    p_value_holm: float | None = None
    effect_size: float | None = None


@dataclass(frozen=True, slots=True)
class PerSeed:
    """A mean over seeds, and the values it is the mean of; None where there is none."""

    mean: float | None
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """Mean, median and quartiles over seeds at the numbers of labels that all of them have."""

    labels: tuple[int, ...] = ()
    accuracy: tuple[float, ...] = ()
    median: tuple[float, ...] = ()
    lower_quartile: tuple[float, ...] = ()
    upper_quartile: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """Mean seconds of a round: all of it; fitting; measuring, scoring and choosing."""

    total: float | None
    fit: float | None
    query: float | None


@dataclass(frozen=True, slots=True)
class StrategyRow:
    """One strategy, against random where there is one.

    Parameters
    ----------
    targets : one entry per target of the protocol; the first decides the verdict.
    deficiency : 1 − NAULC, kept for those who read it from the JSON.
    early_aulc, late_aulc : mean area under the first and the second half of the curve.
    mean_rank : by area, over the seeds that all strategies have.
    person : what a person answered, where one had a hand in the run; it is then not compared with others.
    """

    name: str
    targets: tuple[AtTarget, ...]
    aulc: Areas
    early_aulc: float | None
    late_aulc: float | None
    final_accuracy: PerSeed
    curve: Curves
    seconds: Cost
    naulc: float | None
    deficiency: float | None
    data_utilisation_rate: float | None
    presence: Presence
    mean_rank: float | None = None
    verdict: Verdict = "preview"
    verdict_words: str = ""
    person: PersonsAnswers | None = None

    @property
    def headline(self) -> AtTarget:
        """What the verdict is about: the first target."""
        return self.targets[0]

    @property
    def saved(self) -> Saved:
        """The saving that the verdict is about."""
        return self.headline.saved


@dataclass(frozen=True, slots=True)
class AllLabels:
    """What is measured of a learner that knows every label of the pool."""

    accuracy: PerSeed
    presence: Presence


@dataclass(frozen=True, slots=True)
class Oracle:
    """What the greedy oracle reached; ``targets`` are pairs of a target and the labels to it."""

    presence: Presence
    targets: tuple[tuple[float, Hits], ...]
    aulc: float | None
    final_accuracy: float | None
    curve: Curves


@dataclass(frozen=True, slots=True)
class References:
    """What strategies are measured against; None where it did not run."""

    baseline: str | None
    control: str | None
    all_labels: AllLabels
    greedy_oracle: Oracle | None


@dataclass(frozen=True, slots=True)
class Similarity:
    """How much two strategies ask for the same: the Jaccard index of their picks, mean over seeds."""

    strategies: tuple[str, str]
    jaccard: float | None


@dataclass(frozen=True, slots=True)
class Intervals:
    """How intervals were made: their level, how often was resampled, and the method in words; ``saved`` is that of savings."""

    level: float
    resamples: int
    method: str
    saved: str | None = None


@dataclass(frozen=True, slots=True)
class DataSource:
    """Which data it was: a digest of items and labels, how to cite it, and its licence; and, where not all items have a label,
    how many there are and how many have none; and in how many groups they are, where a split keeps these together.

    Of data that does not come with the program ``own`` says what it is: ``files`` that a command can name, ``unnamed`` files
    that none can, or what a ``script`` gave; ``read_with`` are the options that files were read with.
    """

    name: str
    fingerprint: str
    citation: str
    licence: str
    items: int = 0
    unlabelled: int = 0
    groups: int = 0
    own: str = ""
    read_with: tuple[tuple[str, str], ...] = ()

    @property
    def cited(self) -> str:
        """How a report names it, in a sentence or two."""
        if not self.citation:
            return f"{self.name}, which does not come with this program; fingerprint {self.fingerprint}."
        return f"{self.citation} Licence: {self.licence}."

    @property
    def partly_labelled(self) -> str:
        """What is to be known of a race over data of which some items have no label; empty where all have one."""
        return partly_labelled(self.items, self.unlabelled)

    @property
    def together(self) -> str:
        """What is to be known of a split that keeps groups together; empty where it keeps none."""
        return kept_together(self.groups)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that is said of one data set and one learner.

    Parameters
    ----------
    version : that of the program that said it.
    ranked_seeds : over how many seeds ranks are means: those that every strategy has.
    versions : of the software that computed the runs.
    conclusion : all of it in plain words.
    data : None in documents of before version 0.2.
    """

    version: str
    protocol: Protocol
    strategies: tuple[StrategyRow, ...]
    ranked_seeds: int
    references: References
    similarity: tuple[Similarity, ...]
    intervals: Intervals | None
    versions: Mapping[str, str]
    conclusion: str = ""
    data: DataSource | None = None

    def of(self, name: str | None) -> StrategyRow | None:
        """One strategy, by name."""
        return next((row for row in self.strategies if row.name == name), None)

    @property
    def control(self) -> StrategyRow | None:
        """The row of the A/A control."""
        return self.of(self.references.control)


@dataclass(frozen=True, slots=True)
class Across:
    """Tests over data sets for one learner: the data set is the unit, its score the mean area over seeds.

    Parameters
    ----------
    mean_aulc : scores by strategy, one per data set.
    partial : by data set, the strategies that lack seeds; while there are any, nothing is tested.
    friedman : None where there is no such test.
    """

    learner: str
    datasets: tuple[str, ...]
    seeds: int
    mean_aulc: Mapping[str, tuple[float | None, ...]]
    partial: Mapping[str, tuple[str, ...]]
    friedman: FriedmanResult | None
    conclusion: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What a bench says: one comparison per data set and learner, and the tests over data sets where there are several."""

    version: str
    comparisons: tuple[Comparison, ...]
    across: tuple[Across, ...] = ()
