"""Deliberate refusals of what Keras accepts; the layers' classes explain them in `stricter`.

Arguments of a wrong type are not listed: no cases are generated for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from layerctl.catalog import CATALOGS
from layerctl.catalog.layers._base import Layer
from tests.judge.case import Item, Raw

PATTERNS: Mapping[str, str] = {
    "epsilon": r"`epsilon` takes a (number of at least 0|positive number)",
    "momentum": r"`(renorm_)?momentum` takes a number from 0 to 1",
    "no axes": r"`\w*axis` takes .*got the list \[\]",
    "text": r"works on numbers; got string",
    "a list": r"works on one tensor; it is given 2",
    "alpha": r"`alpha` takes a positive number",
    "no figures": r"`(scale|offset|mean|variance)` takes .*got the list \[\]",
    "glu": r"`glu` cannot be an activation",
    "norms": r"`(min|max)_value` takes a number of at least 0|`min_value` .* is above `max_value`",
    "axes of a constraint": r"takes norms|names twice",
    "STFT": r"STFT makes one",
    "integers": r"ReLU with a slope and a limit works on floats",
    "booleans": r"GaussianDropout works on floats; got bool",
    "dropout": r"dropout` takes a number from 0 to 1",
    "one value": r"expected an input of at least rank 2; got rank 1",
    "ngrams": r"`ngrams` takes",
    "soft cap": r"`logit_soft_cap` takes",
    "directions": r"both directions must give the same shapes",
    "size 0": r"`(target|output)_shape` takes",
    "penalty": r"OrthogonalRegularizer (judges|compares)",
    "mask with features": r"expected a mask of shape .*, a value for each step; got",
    "mask of a frozen layer": r"expected a mask",
    "renorm limits": r"`dmax` is a size|`rmax` .* is below `rmin`",
    "integers in a softmax": r"Softmax works on floats; got u?int",
    "noise shape": r"`noise_shape` (\[.*null.*\] does not fit|takes)",
    "one image": r"expected an input of rank 4.*got rank 3",
    "modes": r"`(mode|bounding_box_format|fill_mode)` takes one of",
    "no pixels": r"`(height|width)` takes a positive integer",
    "idle numbers": r"`(max_number|value_range)` takes",
    "factors": r"(factor|scale|sigma)` takes",
    "sparse": r"cannot make (sparse vectors|them of a batch)",
    "vectors of a batch": r"joins the values of a sample",
    "parts": r"in a Pipeline works on floats|works on one tensor; it is given 2",
    "one sound": r"\(batch, samples\); got rank 1",
    "idle length": r"`sequence_length` takes",
    "no operations": r"`num_ops` takes",
    "no bands": r"`num_mel_bins` takes",
    "batch of numbers": r"`(scale|offset)` has \d+ values.*the input is \(\S+\)$",
    "float16": r"cannot compute in float16",
    "no cells": r"`cells` takes a list of one or more",
    "no bins": r"`num_bins` takes a positive integer",
    "pitch": r"`(min|max)_freq` takes",
    "unknown channels": r"needs it in a Pipeline",
    "bins": r"`bins` takes a positive integer",
    "Equalization": r"Equalization a layer of a functional model",
    "colours": r"RandAugment works on colours|AugMix works on colours",
    "no chains": r"`(num_chains|chain_depth)` takes",
    "states": r"the `states` of \w+ is (one tensor|2 tensors \(h, c\)); got",
    "dtypes of a cell": r"of its own within \w+Cell|within a layer that works in",
    "dropout of a cell": r"keeps what `\w*dropout` drops",
    "widths": r"must be equally wide",
    "keys and values": r"each key needs its value",
    "attention mask": r"`\w+_mask` must have the shape .*\?",
    "attention axes": r"`attention_axes` .*: steps attend along",
    "no steps": r"expected a query of rank 3.*got rank 2",
    "query mask": r"`query_mask` takes booleans",
    "dtypes of a stack": r"within a stack that works in",
    "sparse queries": r"cannot work on sparse vectors",
    "lora": r"`lora_rank` takes a positive integer",
}
"""For each key of `stricter`, a regular expression for the messages of the refusals that it explains."""
AGAIN = {"second call": r"LC406"}
"""The same for refusals of a second call of a layer."""


def layers_of(items: Sequence[Item]) -> Iterator[type[Layer]]:
    """The classes of a case's layers, and of layers within their arguments."""
    for item in items:
        for name in (item.layer, *words(item.args)):
            cls = CATALOGS["layers"].find(name) if name[:1].isupper() else None
            if cls is not None:
                assert issubclass(cls, Layer)
                yield cls


def words(raw: Raw) -> Iterator[str]:
    """All strings in arguments, including keys."""
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, Mapping):
        for key, value in raw.items():
            yield from (str(key), *words(value))
    elif isinstance(raw, list | tuple):
        for value in raw:
            yield from words(value)


def excused(items: Sequence[Item], says: str, *, again: bool = False) -> bool:
    """Whether a layer of the case documents (in `stricter`) this refusal, which Keras does not share."""
    patterns = {**PATTERNS, **AGAIN} if again else PATTERNS
    documented = {key for cls in layers_of(items) for part in cls.__mro__ for key in vars(part).get("stricter", ())}
    return any(key in documented and re.search(pattern, says) for key, pattern in patterns.items())
