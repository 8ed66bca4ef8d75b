"""Handwritten digits of 8×8 pixels that come with the package: UCI optdigits (Alpaydin, Kaynak 1998)."""

from layerctl.catalog.datasets._base import Facts

FACTS = Facts(
    name="digits",
    description="real handwritten digits, 8×8 pixels, resized to the model's input",
    size=(8, 8),
    pixel_range=(0, 16),
    classes=10,
    train=3823,
    test=1797,
    resized=True,
    shipped=True,
    licence="CC BY 4.0",
)
