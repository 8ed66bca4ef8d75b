from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveInt, model_validator

from layerctl.base.shapes import Shape, text
from layerctl.catalog import ArgumentError, Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, Refusal, Tree
from layerctl.catalog.layers._codes import KernelDoesNotFit, ShapeDoesNotSuit, WrongDtype


class MelSpectrogram(Layer):
    """Turns waveforms into spectrograms on the mel scale, which is spaced as humans hear pitch.

    Input shape: (batch, samples).

    Output shape: (batch, num_mel_bins, frames), with samples // sequence_stride + 1 frames.

    Example:
        ```yaml
        inputs: {sound: [16000]}
        layers:
          - MelSpectrogram: {num_mel_bins: 80, sampling_rate: 16_000, sequence_stride: 256}
        ```
    """

    category = "preprocessing"
    stricter = {
        "one sound": "A single sound is refused: Keras would take the batch for its samples.",
        "pitch": "A frequency below 0 is refused; Keras does not check.",
        "no bands": "`num_mel_bins` below 1 is refused: the output would be empty.",
        "idle length": "A `sequence_length` below 1 is refused, even if no window needs it.",
    }

    fft_length: PositiveInt = Field(2048, description="the length of the Fourier transform of a frame.")
    sequence_stride: PositiveInt = Field(512, description="the step from one frame to the next, in samples.")
    sequence_length: PositiveInt | None = Field(
        None, description="the length of the window, in samples; `fft_length` by default."
    )
    window: Annotated[
        Literal["hann", "hamming"] | tuple[float, ...] | None, Says("`hann`, `hamming`, a list of numbers, or null")
    ] = Field("hann", description="`hann`, `hamming`, its values as a list, or null for none.")
    sampling_rate: PositiveInt = Field(16_000, description="samples per second.")
    num_mel_bins: PositiveInt = Field(128, description="the number of mel bands.")
    min_freq: NonNegativeFloat = Field(20.0, description="the lowest frequency, in hertz.")
    max_freq: NonNegativeFloat | None = Field(
        None, description="the highest frequency, in hertz; half the sampling rate by default."
    )
    power_to_db: bool = Field(True, description="whether the result is in decibels.")
    top_db: float = Field(80.0, description="the range in decibels: lower values are raised to the highest minus this.")
    mag_exp: float = Field(2.0, description="the exponent of the magnitudes: 1 for magnitudes, 2 for powers.")
    min_power: float = Field(
        1e-10, description="the lowest power; smaller ones are raised to it before the conversion to decibels."
    )
    ref_power: float = Field(1.0, description="the power that is 0 decibels.")

    @model_validator(mode="after")
    def _window_fits(self) -> Self:
        filled = self.sequence_length or self.fft_length
        if filled > self.fft_length:
            message = f"`sequence_length` {filled} is above `fft_length` {self.fft_length}"
            raise ArgumentError("sequence_length", message, f"use at most {self.fft_length}, or raise `fft_length`")
        if isinstance(self.window, tuple) and len(self.window) != filled:
            message = f"`window` has {len(self.window)} values, and is {filled} samples long"
            raise ArgumentError("window", message, f"list {filled} numbers, or name a window")
        return self

    def output(self, call: Call) -> Tree:
        checks.numeric(call.x, "MelSpectrogram")
        if self.power_to_db and call.policy.compute == "float64":
            help = "use float32, or `power_to_db: false`"
            raise Refusal(WrongDtype, "MelSpectrogram computes decibels in float32, and cannot in float64", help=help)
        return super().output(call)

    def compute_output_shape(self, shape: Shape) -> Shape:
        checks.rank(
            shape, 2, axes="(batch, samples)", help="give the input the shape [samples], or put a Reshape before this layer"
        )
        samples = shape[1]
        if samples is None:
            return shape[0], self.num_mel_bins, None
        half, stride = self.fft_length // 2, self.sequence_stride
        if samples <= half:
            raise Refusal(
                KernelDoesNotFit,
                f"{samples} samples are too few to mirror half a window of {self.fft_length} at their ends",
                label=f"got {text(shape)}",
                help=f"use `fft_length: {2 * samples - 1}` or less, or longer sounds",
            )
        frames = 1 + (samples + 2 * half - self.fft_length) // stride
        if frames != (promised := (samples + stride + 1) // stride):
            raise Refusal(
                ShapeDoesNotSuit,
                f"of {samples} samples Keras promises {promised} frames and makes {frames}",
                label=f"got {text(shape)}",
                help="make the input one sample longer, or use another `sequence_stride` or an even `fft_length`",
            )
        return shape[0], self.num_mel_bins, frames
