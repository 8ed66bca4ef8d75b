"""The functions of `keras.ops` that can be items of a spec, as `ops.NAME`; one file for a family."""

_FAMILIES = {
    "activations": (
        "celu elu gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu log_sigmoid log_softmax relu relu6 "
        "selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus tanh "
        "tanh_shrink threshold"
    ),
    "arithmetic": (
        "add arctan2 divide divide_no_nan floor_divide fmax fmin fmod logaddexp logaddexp2 maximum minimum mod multiply "
        "power subtract true_divide"
    ),
    "comparison": (
        "equal greater greater_equal isclose isfinite isinf isnan less less_equal logical_and logical_not logical_or "
        "logical_xor not_equal signbit where"
    ),
    "elementwise": (
        "absolute arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil clip cos cosh deg2rad erf erfc erfinv exp exp2 "
        "expm1 fabs floor log log10 log1p log2 nan_to_num negative rad2deg reciprocal round rsqrt sign sin sinc sinh "
        "sqrt square tan trunc"
    ),
    "indexing": "argsort one_hot sort take take_along_axis top_k",
    "joining": "concatenate hstack split stack unstack vstack",
    "matrices": "diagonal tril triu",
    "products": "dot inner matmul outer tensordot",
    "reductions": (
        "all amax amin any argmax argmin count_nonzero cumprod cumsum logsumexp max mean median min norm normalize prod "
        "ptp std sum var"
    ),
    "repeating": "broadcast_to pad repeat tile",
    "shaping": "expand_dims flip moveaxis ravel reshape roll squeeze swapaxes transpose",
    "sums": "einsum",
    "values": "cast copy ones_like saturate_cast stop_gradient zeros_like",
}
FAMILIES = {name: family for family, names in _FAMILIES.items() for name in names.split()}
"""Each function and its file."""

ALIASES = {"abs": "absolute", "hard_swish": "hard_silu", "swish": "silu"}
"""Other names under which Keras exports a function."""

_ELSEWHERE = (
    "adaptive_average_pool adaptive_max_pool allclose angle append arange argpartition array array_split associative_scan "
    "average average_pool bartlett batch_normalization binary_crossentropy bincount bitwise_and bitwise_invert "
    "bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman categorical_crossentropy cdist "
    "cholesky cholesky_inverse cond conj conjugate conv conv_transpose convert_to_numpy convert_to_tensor corrcoef "
    "correlate cross ctc_decode ctc_loss custom_gradient depth_to_space depthwise_conv det diag diagflat diff digitize "
    "dot_product_attention dsplit dstack dtype eig eigh empty empty_like extract_sequences eye fft fft2 fliplr flipud fold "
    "fori_loop full full_like gcd geomspace get_item hamming hanning heaviside histogram hsplit hypot i0 identity ifft2 "
    "imag in_top_k inv irfft is_tensor isin isneginf isposinf isreal istft jvp kaiser kron layer_normalization lcm ldexp "
    "left_shift linspace logdet logspace lstsq lu_factor map matrix_rank max_pool meshgrid moments multi_hot nanargmax "
    "nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar "
    "ndim nextafter nonzero ones percentile pinv polar psnr qr quantile real rearrange rfft right_shift rms_normalization "
    "rot90 scan scatter scatter_update searchsorted segment_max segment_min segment_prod segment_sum select separable_conv "
    "shape size slice slice_update slogdet solve solve_triangular space_to_depth sparse_categorical_crossentropy stft svd "
    "switch trace trapezoid tri unfold unique unravel_index vander vdot vectorize vectorized_map view view_as_complex "
    "view_as_real vsplit while_loop zeros"
)
ELSEWHERE = frozenset(_ELSEWHERE.split())
"""Functions of `keras.ops` that a spec cannot use."""
