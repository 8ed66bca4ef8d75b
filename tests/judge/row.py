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
    """What the judge cannot derive from a layer's fields.

    Attributes:
        feed: draws plausible inputs.
        args: draws arguments whose valid values depend on the input or cannot be guessed from their type.
        before: draws layers before it, such as Masking.
        call: draws literal keyword arguments of the call; `DERIVE` leaves one out.
        finish: changes the drawn arguments, for those that depend on each other.
    """

    feed: Feed
    args: Mapping[str, Make] = field(default_factory=dict)
    before: Callable[[Random, Fed], tuple[Item, ...]] = lambda rng, fed: ()
    call: Mapping[str, Make] = field(default_factory=dict)
    finish: Callable[[Random, dict[str, Raw]], dict[str, Raw]] = lambda rng, args: args
