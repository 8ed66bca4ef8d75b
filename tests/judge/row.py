"""The form of a row of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from tests.judge.case import Fed, Item, Raw
from tests.judge.inputs import Feed
from tests.judge.values import Make


@dataclass(frozen=True)
class Row:
    """What cannot be derived of a layer.

    Attributes:
        feed: what it is plausibly called on.
        args: how to make arguments whose good values depend on the input or are hard to guess from their type.
        before: layers ahead of it, such as Masking.
        call: plain keyword arguments of the call; those that are left to be derived are left out.
        finish: a last change to the arguments, for those that depend on each other.
    """

    feed: Feed
    args: Mapping[str, Make] = field(default_factory=dict)
    before: Callable[[Random, Fed], tuple[Item, ...]] = lambda rng, fed: ()
    call: Mapping[str, Make] = field(default_factory=dict)
    finish: Callable[[Random, dict[str, Raw]], dict[str, Raw]] = lambda rng, args: args
