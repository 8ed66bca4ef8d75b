"""Classes as a model's outputs take them: their order, their names, and how many there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from layerctl.analysis.data.arrays import CLASSES, refuse
from layerctl.analysis.data.cells import amount, is_number
from layerctl.analysis.data.wanted import Target, Wanted
from layerctl.diagnostics.errors import SpecError


def ordered(names: Collection[str], target: Target, wanted: Wanted) -> list[str]:
    """The classes in the order of their class numbers, for labels that are texts.

    Texts are sorted. If all of them are integers, they are sorted as numbers; if these begin at 0, they are the class numbers.

    Raises:
        SpecError: a label is not in `class_names`.
    """
    class_names = wanted.options.get("class_names")
    names = sorted(names)
    if class_names:
        check_names(class_names, wanted)
        if unknown := [name for name in names if name not in class_names]:
            help = f"add it to `class_names`: {', '.join(names[:10])} {'…' if len(names) > 10 else 'is all there is'}"
            raise refuse(wanted, f"the label `{unknown[0]}` is none of `class_names`", help, option="class_names")
        return list(class_names)
    integers = [integer(name) for name in names]
    if None in integers or not names:
        return names
    numbers = sorted({number for number in integers if number is not None})
    few = min(numbers) == 0 and max(numbers) <= 2 * len(numbers) + 8
    return [str(number) for number in (range(max(numbers) + 1) if few else numbers)]


def check_names(names: Sequence[str], wanted: Wanted) -> None:
    """Checks that each class has a name of its own."""
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        help = "give each class a name of its own"
        raise refuse(wanted, f"`class_names` has the name `{twice}` more than once", help, option="class_names")


def check_classes(names: Collection[str], target: Target, wanted: Wanted, *, whole: bool = True) -> list[str] | None:
    """The classes of an output in their order; None if its labels are not classes.

    Args:
        names: the labels of all parts, each once.
        target: the output.
        wanted: the model's requirements.
        whole: whether these are all labels; where they are not, labels that are integers may become other class numbers.

    Raises:
        SpecError: a label is not in `class_names`, or there are more classes than the output tells apart.
    """
    if target.form not in CLASSES:
        texts = [name for name in names if not is_number(name)]
        if target.form is not None and texts:
            raise not_a_number(min(texts), target, wanted)  # the labels come in no order; the message is the same each time
        return None
    classes = ordered(names, target, wanted)
    units = target.shape[-1] if target.shape else 1
    most = 2 if target.form == "binary" and units == 1 else target.classes
    index = {name: number for number, name in enumerate(classes)}
    used = {index[name if name in index else str(integer(name))] for name in names} - {target.ignored}
    if most is not None and (max(used, default=0) if whole else len(names) - 1) >= most:
        listed = ", ".join(f"`{name}`" for name in classes[:8]) + (", …" if len(classes) > 8 else "")
        takes = f"{target.loss} on one unit tells two apart" if units == 1 else f"the output `{target.name}` has {units} units"
        help = f"give the output {len(classes)} units"
        if units == 1:
            help += " and softmax, and take `sparse_categorical_crossentropy`"
        raise refuse(wanted, f"the data have {'' if whole else 'at least '}{len(classes)} classes ({listed}); {takes}", help)
    return classes


def not_a_number(label: str, target: Target, wanted: Wanted) -> SpecError:
    message = f"the labels are texts (`{label}`); {target.loss} takes numbers"
    written = amount(label)
    help = "for classes the loss is `sparse_categorical_crossentropy`" if written is None else f"write them like `{written}`"
    return refuse(wanted, message, help)


def integer(name: str) -> int | None:
    """The integer that a label spells; None for another text."""
    return int(float(name)) if is_number(name) and float(name).is_integer() else None
