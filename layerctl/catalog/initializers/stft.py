from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from layerctl.base.shapes import FLOATS
from layerctl.catalog import Window
from layerctl.catalog.initializers._base import Initializer


class STFT(Initializer):
    """The kernel of a short-time Fourier transform, for a Conv1D on one channel."""

    dtypes = FLOATS

    side: Literal["real", "imag"] = Field("real", description="whether the kernel gives the real or the imaginary part.")
    window: Window | tuple[float, ...] | None = Field(
        "hann", description="the window's name in SciPy, its values, or null for none."
    )
    scaling: Literal["density", "spectrum"] | None = Field(
        "density", description="how the window is normalized: by its squares, by its sum, or not at all (null)."
    )
    periodic: bool = Field(False, description="whether the window is periodic rather than symmetric.")

    def misfit(self, shape: Sequence[int | None]) -> str | None:
        if len(shape) != 3 or shape[1] != 1:
            return "is not the kernel of a Conv1D on one channel, and STFT makes one"
        if isinstance(self.window, tuple) and len(self.window) != shape[0]:
            return f"is {shape[0]} steps long, and `window` has {len(self.window)} values"
        return None
