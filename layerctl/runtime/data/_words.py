"""Texts as numbers, word by word, just as Keras's TextVectorization does it by default; that layer needs TensorFlow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from layerctl.runtime.data._types import Array

SPECIAL = 2
"""Numbers before those of the vocabulary: for no word, and for any word that is not in it."""
PUNCTUATION = b"!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"


def words(text: str) -> list[str]:
    """The words of a text, ASCII letters in lower case, without ASCII punctuation; what is beyond ASCII stays as it is."""
    plain = text.encode("utf-8", "surrogatepass").lower().translate(None, PUNCTUATION)
    return [word.decode("utf-8", "surrogatepass") for word in plain.split()]


def learnt(texts: Iterable[str], size: int) -> list[str]:
    """The words that occur most, those of the same number in the order Z to A; `size` counts the two special numbers too."""
    counts = Counter(word for text in texts for word in words(text))
    ranked = sorted(counts, key=lambda word: (counts[word], word.encode("utf-8", "surrogatepass")), reverse=True)
    return ranked[: max(size, SPECIAL + 1) - SPECIAL]


def numbered(texts: Array, vocabulary: list[str], length: int) -> Array:
    """Texts as the numbers of their words, (n, length): 0 where there is none, 1 for a word that is not in the vocabulary."""
    number = {word: index for index, word in enumerate(vocabulary, start=SPECIAL)}
    found = np.zeros((len(texts), length))
    for row, text in zip(found, texts.tolist(), strict=True):
        known = [number.get(word, 1) for word in words(text)[:length]]
        row[: len(known)] = known
    return found
