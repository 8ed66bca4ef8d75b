import re
from string import ascii_letters
from typing import Annotated, NamedTuple, Self

from pydantic import AfterValidator, Field, PositiveInt, model_validator

from layerctl.base.shapes import Dim, Shape, prod, same, text
from layerctl.catalog import Activation, ArgumentError, Constraint, Initializer, Regularizer, Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, HasActivation, HasLora, Layer, Reach, Refusal, Tree, Weight
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, UnknownDimension, WrongRank
from layerctl.catalog.layers._receptive_field import by_letters

FORMS = (
    re.compile(r"(?P<input>[a-zA-Z]+),(?P<kernel>[a-zA-Z]+)->(?P<output>[a-zA-Z]+)"),
    re.compile(r"(?P<left>\.{3})(?P<input>[a-zA-Z]+),(?P<kernel>[a-zA-Z]+)->\.{3}(?P<output>[a-zA-Z]+)"),
    re.compile(r"(?P<input>[a-zA-Z]{2,})(?P<right>\.{3}),(?P<kernel>[a-zA-Z]+)->(?P<output>[a-zA-Z]+)\.{3}"),
)


class Equation(NamedTuple):
    """An einsum equation in one of the forms that Keras accepts.

    Attributes:
        input: the letters of the input's axes; the first is the batch's unless `left`.
        kernel: the letters of the kernel's axes.
        output: the letters of the output's axes.
        left: whether an ellipsis stands before the letters of input and output.
        right: whether an ellipsis stands after them.
    """

    input: str
    kernel: str
    output: str
    left: bool
    right: bool

    @classmethod
    def parse(cls, equation: str) -> "Equation | None":
        for form in FORMS:
            if match := form.fullmatch(equation):
                groups = match.groupdict()
                return cls(groups["input"], groups["kernel"], groups["output"], "left" in groups, "right" in groups)
        return None


class Shapes(NamedTuple):
    """The shapes that an equation gives for an input, and the size of each letter."""

    kernel: Shape
    bias: Shape | None
    output: Shape
    sizes: dict[str, Dim]


def _equation(text: str) -> str:
    if Equation.parse(text) is None:
        raise ValueError
    return text


class EinsumDense(HasActivation, HasLora, Layer):
    """A dense layer over any axes: multiplies the input by a kernel as an einsum equation says, and adds a bias.

    Input shape: (batch, …), with an axis for each letter.

    Output shape: (batch, *output_shape), and the axes of `...`. An axis whose size is null stays unknown, as in Keras.

    Weights: kernel, an axis for each of its letters; bias, from the first letter of `bias_axes` on, 1 along the others.

    MACs: product of the sizes of all letters and of the axes of `...`, the batch left out.

    Example:
        ```yaml
        - EinsumDense: {equation: "abc,cd->abd", output_shape: [null, 64], bias_axes: d}
        ```
    """

    category = "core"
    fixed_by_first_call = "rank"
    stricter = {
        "size 0": "A size of 0 is refused: a sample without values is of no use.",
    }

    equation: Annotated[
        str, AfterValidator(_equation), Says("an equation like `ab,bc->ac`, `...a,ab->...b` or `ab...,bc->ac...`")
    ] = Field(
        description="the axes of input, kernel and output by letters, such as `abc,cd->abd`; `...` stands for any axes "
        "before or after the letters of input and output."
    )
    output_shape: Annotated[
        PositiveInt | tuple[PositiveInt | None, ...], Says("a positive integer, or a list, each a positive integer or null")
    ] = Field(
        description="the sizes of the output's letters, without the batch and what `...` stands for; null for one that "
        "the input has too."
    )
    activation: Activation = Field(None, description="the function applied to the sums; none by default.")
    bias_axes: str | None = Field(None, description="the output's letters along which a bias is added; none by default.")
    kernel_initializer: Initializer = Field("glorot_uniform", description="initial values of the kernel.")
    bias_initializer: Initializer = Field("zeros", description="initial values of the bias.")
    kernel_regularizer: Regularizer = Field(None, description="a penalty on the kernel.")
    bias_regularizer: Regularizer = Field(None, description="a penalty on the bias.")
    kernel_constraint: Constraint = Field(None, description="applied to the kernel after each update.")
    bias_constraint: Constraint = Field(None, description="applied to the bias after each update.")
    lora_rank: PositiveInt | None = Field(
        None, description="the rank of a low-rank update that is trained in place of the kernel."
    )
    lora_alpha: float | None = Field(None, description="the scale of the low-rank update; `lora_rank` by default.")
    gptq_unpacked_column_size: None = Field(
        None, description="null; quantization happens after training and has no place in a spec."
    )
    quantization_config: None = Field(None, description="null; quantization happens after training and has no place in a spec.")

    @model_validator(mode="after")
    def _letters_match(self) -> Self:
        letters, equation = self.letters, self.equation
        for letter in letters.output:
            if letters.output.count(letter) > 1:
                raise ArgumentError("equation", f"`{letter}` stands twice in the output of `{equation}`", "name each axis once")
            if letter not in letters.input + letters.kernel:
                message = f"the output's `{letter}` is neither in the input nor in the kernel of `{equation}`"
                raise ArgumentError("equation", message, "put it into the kernel, or take it out of the output")
        for letter in letters.kernel:
            if letter not in letters.input + letters.output:
                message = f"the kernel's `{letter}` is neither in the input nor in the output of `{equation}`"
                raise ArgumentError("equation", message, "put it into the output, or take it out of the kernel")
        for letter in self.bias_axes if self.bias_axes is not None else ():
            if letter not in letters.output:
                message = f"`bias_axes` names `{letter}`, which is no axis of the output of `{equation}`"
                raise ArgumentError("bias_axes", message, f"use letters of `{letters.output}`")
        if self.bias_axes == "":
            raise ArgumentError("bias_axes", "`bias_axes` names no axis", "write null for no bias")
        return self.refuse_constraint("kernel_constraint", self.kernel_constraint)

    @property
    def letters(self) -> Equation:
        equation = Equation.parse(self.equation)
        assert equation is not None
        return equation

    def output(self, call: Call) -> Tree:
        checks.numeric(call.x, "EinsumDense")
        shapes = self.shapes(call.x.shape)
        for name, shape in (("kernel", shapes.kernel), ("bias", shapes.bias or ())):
            if None in shape:
                message = f"the {name} needs to know all its sizes; `{self.equation}` on {text(call.x.shape)} leaves it "
                message += text(shape, batch=False)
                help = "write the unknown sizes into `output_shape` or `inputs`"
                raise Refusal(UnknownDimension, message, label="needs known dimensions", help=help)
        return call.result(shapes.output)

    def shapes(self, shape: Shape) -> Shapes:
        """The shapes that Keras computes in `build`, with the checks that its einsum needs."""
        letters = self.letters
        elided = self.elided(shape)
        output = self.full_output(shape, elided)
        sizes = self.input_sizes(shape, elided)
        lettered = output[elided:] if letters.left else output
        wanted = dict(zip(letters.output, lettered, strict=False))
        for letter in letters.input:
            size = wanted.get(letter)
            if size is not None and size != sizes[letter]:
                has = sizes[letter] or "?"
                message = f"`output_shape` gives axis `{letter}` {size} values; it has {has} in the input {text(shape)}"
                help = f"write {sizes[letter] or 'null'} or null for it"
                raise Refusal(ShapeDoesNotSuit, message, help=help)
        kernel = tuple(wanted[letter] if letter in wanted else sizes[letter] for letter in letters.kernel)
        bias: Shape | None = None
        if self.bias_axes is not None:
            start = min(letters.output.index(letter) for letter in self.bias_axes)
            bias = tuple(wanted[letter] if letter in self.bias_axes else 1 for letter in letters.output[start:])
            bias = (*bias, *(1 for _ in range(elided if letters.right else 0)))
        known = {letter: size for letter, size in (wanted | sizes).items() if size is not None}
        return Shapes(kernel, bias, output, {letter: known.get(letter) for letter in wanted | sizes})

    def reach(self, shape: Shape) -> Reach:
        letters, elided = self.letters, list(range(self.elided(shape)))
        left, right = (elided if letters.left else []), (elided if letters.right else [])
        return by_letters([*left, *letters.input, *right], [*left, *letters.output, *right], shape)

    def elided(self, shape: Shape) -> int:
        """How many axes the ellipsis stands for."""
        letters = self.letters
        count = len(shape) - len(letters.input)
        if count < 0 or (count > 0 and not (letters.left or letters.right)):
            least = "at least rank" if letters.left or letters.right else "rank"
            message = f"`{self.equation}` wants an input of {least} {len(letters.input)}; got rank {len(shape)}, {text(shape)}"
            help = "give the input a letter for each axis, the batch included, or use `...`"
            raise Refusal(WrongRank, message, label=f"got {text(shape)}", help=help)
        return count

    def full_output(self, shape: Shape, elided: int) -> Shape:
        """`output_shape` with the batch and the axes of the ellipsis."""
        letters = self.letters
        sizes: Shape = (self.output_shape,) if isinstance(self.output_shape, int) else self.output_shape
        before = max(elided, 1) if letters.left else 1
        wanted = len(letters.output) + (elided if letters.left else 0) - before
        if len(sizes) != wanted:
            message = f"`output_shape` needs {wanted} of the sizes of `{letters.output}`; got {len(sizes)}"
            help = "give a size for each of the output's letters but the batch's; null for one that the input has too"
            raise Refusal(ShapeDoesNotSuit, message, help=help)
        passed = shape[1:before]
        if passed != passed[::-1]:
            message = f"Keras mixes up the axes {text(passed, batch=False)} that `...` stands for in `{self.equation}`"
            shown = ", ".join("null" if dim is None else str(dim) for dim in (*passed, *sizes))
            help = f"write a letter for each axis: `equation: {self.spelled_out(elided)}` and `output_shape: [{shown}]`"
            raise Refusal(ShapeDoesNotSuit, message, help=help)
        return (*shape[:before], *sizes, *(shape[len(shape) - elided :] if letters.right else ()))

    def spelled_out(self, elided: int) -> str:
        """The equation with letters in place of an ellipsis on the left."""
        letters = self.letters
        used = {*letters.input, *letters.kernel, *letters.output}
        free = "".join(letter for letter in ascii_letters if letter not in used)[:elided]
        return f"{free}{letters.input},{letters.kernel}->{free}{letters.output}"

    def input_sizes(self, shape: Shape, elided: int) -> dict[str, Dim]:
        letters = self.letters
        lettered = shape[elided:] if letters.left else shape
        sizes: dict[str, Dim] = {}
        for letter, size in zip(letters.input, lettered, strict=False):
            if not same(sizes.get(letter), size) or (letter in sizes and lettered is shape and letter == letters.input[0]):
                message = f"`{letter}` stands for axes of different sizes in {text(shape)}"
                raise Refusal(ShapeDoesNotSuit, message, help="use a letter of its own for each axis")
            sizes[letter] = size
        return sizes

    def weights(self, call: Call) -> tuple[Weight, ...]:
        shapes = self.shapes(call.x.shape)
        kernel = tuple(size or 0 for size in shapes.kernel)
        bias = () if shapes.bias is None else (Weight("bias", tuple(size or 0 for size in shapes.bias)),)
        return self.updated(Weight("kernel", kernel), *bias)

    def macs(self, call: Call, output: Tree) -> int | None:
        shape = call.x.shape
        letters, elided = self.letters, self.elided(shape)
        sizes = self.shapes(shape).sizes
        if letters.left and elided:
            return prod((*shape[1:elided], *sizes.values()))
        rest = shape[len(letters.input) :]
        return prod((*rest, *(size for letter, size in sizes.items() if letter != letters.input[0])))
