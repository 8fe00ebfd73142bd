"""From texts to what learners compute with: words, parts of words, writing; fitted once on the pool, and never on a label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.features import MOST_NUMBERS
from al_core.data.how_far import tell
from al_core.data.projection import Fitted
from al_core.data.writing import COLUMNS, Writing, fitted_writing
from al_core.ground.errors import UserError

COMPONENTS = 100
"""Of words, and as many of parts of words."""
LEARNT = 20_000
"""Characters of a text that are learnt from, the first ones."""
FITTED_ON = 20_000
"""Texts that vocabularies and components are fitted on at most."""
ANALYZERS = MappingProxyType[str, dict[str, Any]]({"word": {}, "char_wb": {"ngram_range": (3, 5), "max_features": 30_000}})
"""What vocabularies are of, as scikit-learn calls it: words, and parts of words; and how it takes them."""
_BLOCK = 500


@dataclass(frozen=True, eq=False, slots=True)
class Half:
    """One of both descriptions: TF-IDF of a vocabulary, and its components.

    Parameters
    ----------
    analyzer : what it is of, a key of `ANALYZERS`.
    vectorizer : of scikit-learn, fitted.
    components : shape (components, terms); None where there are too few texts for any.
    """

    analyzer: str
    vectorizer: Any
    components: NDArray[np.float64] | None

    def described(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Texts as vectors of unit length; of a text without anything known all is 0."""
        found = self.vectorizer.transform(texts)
        found = found.toarray() if self.components is None else found @ self.components.T
        lengths = np.sqrt((found**2).sum(axis=1, keepdims=True))
        return np.asarray(found / np.where(lengths > 1e-12, lengths, 1.0))


@dataclass(frozen=True, eq=False, slots=True)
class FittedTexts(Fitted):
    """What was fitted on the texts of a pool.

    Parameters
    ----------
    halves : of words, and of parts of words, as far as there are any.
    writing : how they are written.
    column, ids : names of the columns of a table that have the texts, and what they are called; None of a folder.
    """

    halves: tuple[Half, ...]
    writing: Writing
    column: str | None = None
    ids: str | None = None

    def features(self, texts: Iterable[str], count: int) -> NDArray[np.float64]:
        """Features of so many texts."""
        blocks = [self._described(block) for block in _blocks(texts, count)]
        return np.concatenate([self._described([""])[:0], *blocks])

    def _described(self, texts: Sequence[str]) -> NDArray[np.float64]:
        return np.hstack([*(half.described(texts) for half in self.halves), self.writing.described(texts)])


def fitted_texts(path: object, texts: Sequence[str], pool: int) -> tuple[NDArray[np.float64], FittedTexts]:
    """Features of all texts, of which the first ``pool`` are fitted on, and what makes the same of others.

    Words by TF-IDF (logarithms of counts; those of one text only are left out) and their first 100 components, beside the same
    of parts of words, three to five letters, the 30,000 most frequent; both of unit length. Then how they are written, of half
    that length; see `al_core.data.writing`.

    Raises
    ------
    UserError
        There is not a word in them, or they are too many.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    if len(texts) > (most := MOST_NUMBERS // (2 * COMPONENTS + COLUMNS)):
        raise UserError(f"{path}: {len(texts):,} texts are too many; give at most {most:,}")
    places = range(pool) if pool <= FITTED_ON else np.linspace(0, pool - 1, FITTED_ON).astype(np.int64).tolist()
    sample = [texts[place][:LEARNT] for place in places]
    found = []
    for analyzer, how in ANALYZERS.items():
        tell("fitting features on", "texts")
        for least in (2, 1):  # of few texts no word may come twice
            try:
                vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=least, analyzer=analyzer, **how)
                found.append(_half(analyzer, vectorizer, vectorizer.fit_transform(sample)))
                break
            except ValueError:  # nothing is left of the vocabulary
                continue
    if not found:
        raise UserError(f"{path}: there is not a word in its texts, so nothing can be learnt from them")
    fitted = FittedTexts(tuple(found), fitted_writing(sample))
    return fitted.features(texts, len(texts)), fitted


def half_of(analyzer: str, terms: Sequence[str], weights: NDArray[np.float64], components: NDArray[np.float64] | None) -> Half:
    """The same that was fitted, made of its terms in their order, their inverse frequencies, and its components."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(sublinear_tf=True, analyzer=analyzer, vocabulary=list(terms), **ANALYZERS[analyzer])
    vectorizer.idf_ = weights
    return Half(analyzer, vectorizer, components)


def _half(analyzer: str, vectorizer: Any, counts: Any) -> Half:
    from sklearn.decomposition import TruncatedSVD

    components = min(COMPONENTS, counts.shape[0] - 1, counts.shape[1] - 1)
    if components < 1:
        return Half(analyzer, vectorizer, None)
    with np.errstate(invalid="ignore", divide="ignore"):  # equal texts have no variance to take shares of
        return Half(analyzer, vectorizer, TruncatedSVD(components, random_state=0).fit(counts).components_)


def _blocks(texts: Iterable[str], count: int) -> Iterator[list[str]]:
    waiting, done = iter(texts), 0
    while block := [text[:LEARNT] for text in islice(waiting, _BLOCK)]:
        tell("computing features of", "texts", done, count)
        yield block
        done += len(block)
