from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import Dim, Shape, prod, text, window
from layerctl.catalog import ArgumentError, Says, Window
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, DataFormat, HasDataFormat, Layer, Refusal, Tree, Weight
from layerctl.catalog.layers._codes import KernelDoesNotFit, WrongDtype


class STFTSpectrogram(HasDataFormat, Layer):
    """Turns waveforms into spectrograms by a short-time Fourier transform, computed as a convolution that can be trained.

    Input shape: (batch, samples, channels), or (batch, channels, samples) with `data_format: channels_first`.

    Output shape: (batch, frames, frequencies × channels), with `expand_dims` (batch, frames, frequencies, channels); with
    `channels_first` (batch, frequencies × channels, frames) or (batch, channels, frames, frequencies). There are
    fft_length // 2 + 1 frequencies, twice as many in the mode `stft`.

    Weights: real_kernel and imag_kernel (frame_length, 1, fft_length // 2 + 1); in the modes `real` and `imag` one of them.

    MACs: frames × frame_length × frequencies × channels, for each kernel.

    Example:
        ```yaml
        inputs: {sound: [16000, 1]}
        layers:
          - STFTSpectrogram: {mode: log, frame_length: 400, frame_step: 160, trainable: false}
        ```
    """

    category = "preprocessing"

    mode: Literal["log", "magnitude", "psd", "real", "imag", "angle", "stft"] = Field(
        "log",
        description="the output for each frequency: the logarithm, the magnitude or the power (`psd`), the `angle`, the "
        "`real` or imaginary (`imag`) part, or both parts (`stft`).",
    )
    frame_length: PositiveInt = Field(256, description="the length of a frame, in samples.")
    frame_step: PositiveInt | None = Field(
        None, description="the step from one frame to the next; half of `frame_length` by default."
    )
    fft_length: PositiveInt | None = Field(
        None,
        description="the length of the Fourier transform, about twice the number of frequencies; the next power of two "
        "by default.",
    )
    window: Annotated[
        Window | tuple[float, ...] | None, Says("the name of a window in SciPy, such as `hann`, a list of numbers, or null")
    ] = Field("hann", description="its name in SciPy, its values as a list, or null for none.")
    periodic: bool = Field(False, description="whether the window is periodic rather than symmetric.")
    scaling: Literal["density", "spectrum"] | None = Field(
        "density", description="how the window is normalized: by its squares, by its sum, or not at all (null)."
    )
    padding: Literal["valid", "same"] = Field(
        "valid", description="`valid` (no padding) or `same` (padded so that only `frame_step` reduces the number of frames)."
    )
    expand_dims: bool = Field(False, description="whether frequencies and channels have an axis each.")
    data_format: DataFormat | None = Field(None, description="`channels_last` or `channels_first`; null is `channels_last`.")

    @model_validator(mode="after")
    def _lengths_agree(self) -> Self:
        length = self.frame_length
        if (self.frame_step or 0) > length or length // 2 + (self.frame_step or 0) == 0:
            message = f"a step of {self.frame_step or length // 2} does not go with frames of {length}"
            raise ArgumentError("frame_step", message, f"use 1 to {length}")
        if self.fft_length is not None and self.fft_length < length:
            message = f"`fft_length` {self.fft_length} is below `frame_length` {length}"
            raise ArgumentError("fft_length", message, f"use at least {length}, or leave it out")
        if isinstance(self.window, tuple) and len(self.window) != length:
            message = f"`window` has {len(self.window)} values, for frames of {length}"
            raise ArgumentError("window", message, f"list {length} numbers, or name a window")
        return self

    @property
    def frequencies(self) -> int:
        length = self.fft_length or 1 << (self.frame_length - 1).bit_length()
        return length // 2 + 1

    def output(self, call: Call) -> Tree:
        checks.floating(call.x, "STFTSpectrogram")
        if call.x.dtype == "bfloat16":
            help = "use `dtype: float32` for this layer"
            raise Refusal(WrongDtype, "STFTSpectrogram does not work in bfloat16", label="got bfloat16", help=help)
        return super().output(call)

    def frames(self, shape: Shape) -> Dim:
        samples = shape[-1] if self.channel_axis == 1 else shape[1]
        count = window(samples, self.frame_length, self.padding, self.frame_step or self.frame_length // 2)
        if count is not None and count < 1:
            raise Refusal(
                KernelDoesNotFit,
                f"a frame of {self.frame_length} samples does not fit in {samples}",
                label=f"got {text(shape)}",
                help=f"set `padding: same`, or use `frame_length: {samples}` or less",
            )
        return count

    def compute_output_shape(self, shape: Shape) -> Shape:
        first = self.channel_axis == 1
        checks.rank(shape, 3, axes="(batch, channels, samples)" if first else "(batch, samples, channels)")
        channels = checks.known(shape, self.channel_axis, "the frequencies of all channels are counted")
        frames, frequencies = self.frames(shape), self.frequencies * (2 if self.mode == "stft" else 1)
        if self.expand_dims:
            return (shape[0], channels, frames, frequencies) if first else (shape[0], frames, frequencies, channels)
        return (shape[0], frequencies * channels, frames) if first else (shape[0], frames, frequencies * channels)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        kernel = (self.frame_length, 1, self.frequencies)
        return tuple(
            Weight(f"{part}_kernel", kernel) for part, other in (("real", "imag"), ("imag", "real")) if self.mode != other
        )

    def macs(self, call: Call, output: Tree) -> int | None:
        shape = call.x.shape
        kernels = len(self.weights(call))
        return prod((self.frames(shape), self.frame_length, self.frequencies, shape[self.channel_axis], kernels))
