"""Steps in a form that more pairs of equal models share: zeros are part of a window's padding, normalizations of a product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from layerctl.base.shapes import prod
from layerctl.catalog.layers._rewriting import Channelwise, Ends, Product, Windows
from layerctl.rewrite.model_steps import Steps
from layerctl.rewrite.step import Merge, Source, Step, Zeros

Rule = Callable[[Step, Sequence[Step], Counter[int]], "Step | Source | None"]
"""What becomes of a step: another one, what it reads, or None to leave it. Given are the steps before it and their uses."""


def normalized(steps: Steps, *, folding: bool) -> Steps:
    """The same model with padding made plain, sums of sums joined, and steps that do nothing left out.

    Args:
        steps: of a model.
        folding: whether normalizations by fixed factors become part of a product or convolution in front of or behind them.
    """
    rules: list[Rule] = [_padding, _window, _joined]
    if folding:
        rules += [_behind, _in_front]
    for rule in rules:
        steps = _applied(steps, rule)
    return steps


def _applied(steps: Steps, rule: Rule) -> Steps:
    """Steps after a rule; a step that is no longer read stays, and is not looked at."""
    found, places = Steps(), dict[int, Source]()

    def new(source: Source) -> Source:
        number, path = source
        moved = places[number] if number >= 0 else (number, ())
        return moved[0], (*moved[1], *path)

    read = Counter(number for step in steps.steps for number, _ in step.sources) + Counter(number for number, _ in steps.outputs)
    uses: Counter[int] = Counter()
    for number, step in enumerate(steps.steps):
        here = step._replace(sources=tuple(map(new, step.sources)))
        changed = rule(here, found.steps, uses)
        if isinstance(changed, Step) or changed is None:
            found.steps.append(changed or here)
            places[number] = (len(found.steps) - 1, ())
            uses[len(found.steps) - 1] += read[number]
        else:
            places[number] = changed
            uses[changed[0]] += read[number] - 1
    found.outputs = tuple(map(new, steps.outputs))
    return found


def _source(step: Step, before: Sequence[Step]) -> Step | None:
    """The step whose only output is the only input of a step."""
    if len(step.sources) != 1 or step.sources[0][0] < 0 or step.sources[0][1]:
        return None
    return before[step.sources[0][0]]


def _padding(step: Step, before: Sequence[Step], uses: Counter[int]) -> Step | Source | None:
    """No zeros at all, and zeros around zeros."""
    if not isinstance(step.does, Zeros):
        return None
    if not any(map(any, step.does.ends)):
        return step.sources[0]
    inner = _source(step, before)
    if inner is None or not isinstance(inner.does, Zeros) or len(inner.does.ends) != len(step.does.ends):
        return None
    return step._replace(does=Zeros(_added(inner.does.ends, step.does.ends), inner.does.shape), sources=inner.sources)


def _added(one: Ends, other: Ends) -> Ends:
    return tuple((a + c, b + d) for (a, b), (c, d) in zip(one, other, strict=True))


def _window(step: Step, before: Sequence[Step], uses: Counter[int]) -> Step | Source | None:
    """A window that takes over the zeros in front of it; one that takes single values; one that is a product."""
    does = step.does
    if not isinstance(does, Windows):
        return None
    if does.how != "sum":
        return step.sources[0] if set(does.taps) == set(does.strides) == {1} and does.positions == does.sizes else None
    zeros, changed = _source(step, before), step
    if zeros is not None and isinstance(zeros.does, Zeros) and (ends := _along(zeros.does, step)) is not None:
        sizes = tuple(dim - start - end for dim, (start, end) in zip(does.sizes, ends, strict=True))
        does = does._replace(sizes=sizes, padding=_reached(does, sizes, _added(ends, does.padding)))
        changed = step._replace(does=does, sources=zeros.sources)
    product = _product(does)
    return changed._replace(does=product) if product is not None else changed if changed is not step else None


def _along(zeros: Zeros, step: Step) -> Ends | None:
    """The zeros along the axes of a window; None if there are others, or the window works on another shape."""
    whole = tuple(dim + start + end for dim, (start, end) in zip(zeros.shape, zeros.ends, strict=True))
    if whole != step.shape or step.layer is None or step.layer.step_layer is not None:
        return None
    channels = 0 if step.layer.channels_first else len(whole) - 1
    ends = tuple(one for axis, one in enumerate(zeros.ends) if axis != channels)
    return ends if not any(zeros.ends[channels]) else None


def _reached(does: Windows, sizes: tuple[int, ...], padding: Ends) -> Ends:
    """The padding without zeros at the ends that no window reaches."""
    spans = (rate * (taps - 1) + 1 for rate, taps in zip(does.dilation, does.taps, strict=True))
    rows = zip(sizes, does.positions, does.strides, spans, padding, strict=True)
    return tuple((start, max(0, (count - 1) * stride + span - dim - start)) for dim, count, stride, span, (start, _) in rows)


def _product(does: Windows) -> Product | None:
    """A window over all of an input, or over single positions, as a product."""
    if does.groups != 1 or does.channels_first or any(map(any, does.padding)):
        return None
    if does.taps == does.sizes and set(does.dilation) == {1}:
        return Product(1, (prod(does.sizes) or 0) * does.channels, does.outputs)
    if set(does.taps) == set(does.strides) == {1} and does.positions == does.sizes:
        return Product(prod(does.sizes), does.channels, does.outputs)
    return None


def _joined(step: Step, before: Sequence[Step], uses: Counter[int]) -> Step | Source | None:
    """A sum of sums as one sum, likewise a product, a maximum or a minimum."""
    if not _regroups(step):
        return None
    sources: list[Source] = []
    for source in step.sources:
        inner = before[source[0]] if source[0] >= 0 and not source[1] else None
        joins = inner is not None and _regroups(inner) and inner.does == step.does and uses[source[0]] == 1
        sources += inner.sources if joins and inner is not None else [source]
    return step._replace(sources=tuple(sources))


def _regroups(step: Step) -> bool:
    return isinstance(step.does, Merge) and not step.does.shapes and step.layer is not None and step.layer.regroups


def _behind(step: Step, before: Sequence[Step], uses: Counter[int]) -> Step | Source | None:
    """A product or convolution with the normalization behind it."""
    linear = _source(step, before)
    if not isinstance(step.does, Channelwise) or linear is None or not _foldable(linear) or uses[step.sources[0][0]] != 1:
        return None
    assert linear.layer is not None
    kernel = linear.weights[0]
    channels = prod(tuple(kernel[axis] for axis in linear.layer.kernel_outputs)) or 1
    inner = linear.outputs // channels if linear.layer.channels_first else 1
    if step.does != Channelwise(linear.outputs, channels, inner):
        return None
    return linear._replace(after=(*linear.after, step))


def _in_front(step: Step, before: Sequence[Step], uses: Counter[int]) -> Step | Source | None:
    """A product, or a convolution without padding, with the normalization in front of it."""
    norm, does = _source(step, before), step.does
    if norm is None or not isinstance(norm.does, Channelwise) or not _foldable(step) or uses[step.sources[0][0]] != 1:
        return None
    fits = False
    if isinstance(does, Product):
        whole = does.positions == 1 and norm.does.values == does.inputs
        fits = whole or (norm.does.inner == 1 and norm.does.channels == does.inputs)
    elif isinstance(does, Windows) and does.groups == 1 and not does.channels_first and not any(map(any, does.padding)):
        fits = norm.does.inner == 1 and norm.does.channels == does.channels
    return step._replace(before=(norm, *step.before), sources=norm.sources) if fits else None


def _foldable(step: Step) -> bool:
    """Whether a step is a product with a kernel, on which factors and offsets can be put."""
    layer = step.innermost
    return (
        layer is not None
        and layer.is_matrix
        and bool(step.weights)
        and not layer.lora_enabled
        and not (layer is not step.layer and layer.channels_first)
    )
