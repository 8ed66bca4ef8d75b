"""einsum: products and sums over axes, which letters name."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field

from layerctl.base.shapes import Dim, Shape, Tensor, broadcast, same, text
from layerctl.catalog import Says
from layerctl.catalog.layers._base import Call, Reach, Tree, leaves
from layerctl.catalog.layers._codes import ShapesDoNotMerge, WrongDtype, WrongRank
from layerctl.catalog.layers._receptive_field import by_letters
from layerctl.catalog.ops import _dtypes as dtypes
from layerctl.catalog.ops._base import Operation, marks, unmarked
from layerctl.catalog.ops.products import work

TERM = r"(?:[a-z]*(?:\.\.\.)?[a-z]*)"
FORM = re.compile(rf"({TERM}(?:,{TERM})*)(?:->({TERM}))?")


class Equation(NamedTuple):
    """A parsed equation: a term for each operand, and one for the output; in a term, `.` stands for `...`."""

    inputs: tuple[str, ...]
    output: str

    @classmethod
    def parse(cls, subscripts: str) -> "Equation | None":
        match = FORM.fullmatch(subscripts)
        if match is None:
            return None
        inputs = tuple(term.replace("...", ".") for term in match[1].split(","))
        letters = "".join(inputs).replace(".", "")
        if match[2] is None:
            once = "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
            if [letter for letter in letters if letter in once] != list(once):
                return None  # Keras promises them in alphabetical order, but does not reorder them
            return cls(inputs, ("." if "." in "".join(inputs) else "") + once)
        output = match[2].replace("...", ".")
        known = set("".join(inputs))
        if len(set(output)) < len(output) or not set(output) <= known or ("." in known) != ("." in output):
            return None
        return cls(inputs, output)


def _equation(subscripts: str) -> str:
    if Equation.parse(subscripts) is None:
        raise ValueError
    return subscripts


class Einsum(Operation):
    """A product of tensors, summed over axes, as an equation of letters says.

    Input shape: one tensor, or a list of them; axes with the same letter have the same size.

    Output shape: the sizes of the output's letters.

    MACs: of two operands the product of the sizes of all letters but the batch; of one 0; of more unknown, as they depend on
        the order.
    """

    category = "products"
    tensors = ("operands",)
    input_kind = "either"
    sample = "bij->bji"

    subscripts: Annotated[str, AfterValidator(_equation), Says("an equation of small letters like `bqd,bkd->bqk`")] = Field(
        description="a letter from a to z for each axis, the batch included: `bqd,bkd->bqk`; `...` stands for any axes."
    )

    @property
    def equation(self) -> Equation:
        equation = Equation.parse(self.subscripts)
        assert equation is not None
        return equation

    def reach_of(self, part: int | str, shapes: Mapping[int | str, Shape], literals: Mapping[str, Any]) -> Reach:
        inputs, output = self.equation
        known = isinstance(part, int) and "." not in "".join(inputs)
        return by_letters(inputs[int(part)], output, shapes[part]) if known else None

    def positional(self, operands: Mapping[str, Any]) -> list[Any]:
        return [self.subscripts, *self.called_on(operands)]

    def called_on(self, operands: Mapping[str, Any]) -> list[Any]:
        value = operands["operands"]
        return list(value) if isinstance(value, list) else [value]

    def keywords(self) -> dict[str, Any]:
        return {}

    def result(self, operands: Tensor | tuple[Tensor, ...]) -> Tree:
        tensors = (operands,) if isinstance(operands, Tensor) else operands
        dtype = self.promoted({str(number): tensor for number, tensor in enumerate(tensors)})
        self.accepts(dtype, on=dtypes.NUMERIC)
        if dtype == "bool":
            self.refuse(WrongDtype, "does not multiply truth values", help="cast them first with `ops.cast: int32`")
        sizes, elided = self.sizes(tuple(marks(tensors, [tensor.shape for tensor in tensors])))
        shape = [dim for letter in self.equation.output for dim in (elided if letter == "." else (sizes[letter],))]
        return Tensor(unmarked(shape), "int32" if {tensor.dtype for tensor in tensors} == {"int8"} else dtype)

    def sizes(self, shapes: tuple[Shape, ...]) -> tuple[dict[str, Dim], Shape]:
        """The size of each letter, and what `...` stands for.

        Raises:
            Refusal: the shapes do not fit the equation.
        """
        terms = self.equation.inputs
        if len(terms) != len(shapes):
            count = f"{len(terms)} tensor{'s' if len(terms) > 1 else ''}"
            help = "give `inputs:` a list with one for each term between the commas"
            self.refuse(ShapesDoNotMerge, f"`{self.subscripts}` is about {count}; it is called on {len(shapes)}", help=help)
        sizes: dict[str, Dim] = {}
        elided: Shape = ()
        for term, shape in zip(terms, shapes, strict=True):
            extra = len(shape) - len(term.replace(".", ""))
            if extra < 0 or (extra and "." not in term):
                shown = term.replace(".", "...")
                message = f"`{shown}` does not name the axes of {text(unmarked(shape))}, the batch included"
                self.refuse(WrongRank, message, help="write one letter for each axis, or `...` for those that do not matter")
            before, _, after = term.partition(".")
            middle = shape[len(before) : len(shape) - len(after)]
            wider = broadcast(elided, middle) if "." in term else elided
            if wider is None:
                self.refuse(ShapesDoNotMerge, f"`...` stands for {text(elided)} and {text(middle)}", help="name these axes")
            elided = wider
            for letter, dim in (*zip(before, shape, strict=False), *zip(after[::-1], shape[::-1], strict=False)):
                self.note(sizes, letter, dim, shapes)
        return sizes, elided

    def note(self, sizes: dict[str, Dim], letter: str, dim: Dim, shapes: tuple[Shape, ...]) -> None:
        known = sizes.get(letter)
        if letter in sizes and not same(known, dim):
            listed = ", ".join(text(unmarked(shape)) for shape in shapes)
            message = f"`{letter}` of `{self.subscripts}` stands for axes of different sizes in {listed}"
            self.refuse(ShapesDoNotMerge, message, help="use a letter of its own for each axis")
        wider = broadcast((known,), (dim,)) if letter in sizes else (dim,)
        assert wider is not None
        sizes[letter] = wider[0]

    def macs(self, call: Call, output: Tree) -> int | None:
        tensors = tuple(leaves(call.inputs))
        if len(tensors) != 2:
            return 0 if len(tensors) == 1 else None
        sizes, elided = self.sizes(tuple(marks(tensors, [tensor.shape for tensor in tensors])))
        return work((*sizes.values(), *elided), tensors)
