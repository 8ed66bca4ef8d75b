"""Texts as numbers of words, exactly as Keras's TextVectorization makes them by default; that layer needs TensorFlow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from layerctl.runtime.data._types import Array

SPECIAL = 2
"""Numbers before those of the vocabulary: 0 for padding, 1 for any word that is not in it."""
PUNCTUATION = b"!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"


def words(text: str) -> list[str]:
    """The words of a text: ASCII letters in lower case, ASCII punctuation removed, other characters unchanged."""
    plain = text.encode("utf-8", "surrogatepass").lower().translate(None, PUNCTUATION)
    return [word.decode("utf-8", "surrogatepass") for word in plain.split()]


def learnt(texts: Iterable[str], size: int) -> list[str]:
    """The most frequent words, equally frequent ones from Z to A; `size` counts the two special numbers too."""
    counts = Counter(word for text in texts for word in words(text))
    ranked = sorted(counts, key=lambda word: (counts[word], word.encode("utf-8", "surrogatepass")), reverse=True)
    return ranked[: max(size, SPECIAL + 1) - SPECIAL]


def numbered(texts: Array, vocabulary: list[str], length: int) -> Array:
    """Texts as the numbers of their words, (n, length): 0 for padding, 1 for a word that is not in the vocabulary."""
    number = {word: index for index, word in enumerate(vocabulary, start=SPECIAL)}
    numbers = np.zeros((len(texts), length))
    for row, text in zip(numbers, texts.tolist(), strict=True):
        known = [number.get(word, 1) for word in words(text)[:length]]
        row[: len(known)] = known
    return numbers
