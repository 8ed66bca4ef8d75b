"""What is measured of kernels and feature maps: by kernels and images that are made up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from layerctl.runtime.claims.probes import PLACES, Probe, as_smooth, halved, orientation, placed, roughness, shuffled

GRID = np.stack(np.meshgrid(np.arange(5.0) - 2, np.arange(5.0) - 2), axis=-1)


def ramp(degrees: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """A kernel that rises in one direction."""
    angle = math.radians(degrees)
    return np.asarray(GRID @ np.array([math.cos(angle), math.sin(angle)]))[None]


@pytest.mark.parametrize("degrees", range(0, 180, 15))
def test_an_edge_is_oriented_whatever_its_direction(degrees: int) -> None:
    assert orientation(ramp(degrees)) == pytest.approx(1)
    assert orientation(np.sin(ramp(degrees) * 1.5)) > 0.9
    assert orientation(3 * ramp(degrees) + 7) == pytest.approx(1)


def test_what_is_alike_in_all_directions_has_no_orientation() -> None:
    assert orientation(np.exp(-np.square(GRID).sum(axis=-1))[None]) == pytest.approx(0, abs=1e-9)
    assert orientation(np.ones((2, 5, 5))) == 0


def test_kernels_by_chance_have_no_direction() -> None:
    """In another order nothing is smooth; blurred noise is as smooth as the kernels are."""
    edges = np.concatenate([ramp(degrees) for degrees in range(0, 180, 20)])
    disordered, smooth = list(shuffled(edges, 0)), as_smooth(np.sin(1.5 * edges), 0)
    assert all((np.sort(kernels.reshape(9, -1)) == np.sort(edges.reshape(9, -1))).all() for kernels in disordered)
    assert (disordered[0] != next(shuffled(edges, 1))).any()
    assert np.mean([*map(orientation, disordered)]) < 0.5
    assert smooth.shape == (180, 5, 5)
    assert roughness(smooth) == pytest.approx(roughness(np.sin(1.5 * edges)), rel=0.01)
    assert orientation(smooth) < 0.7


@pytest.mark.parametrize("sigma", [0, 0.5, 1, 2])
def test_noise_is_no_more_oriented_than_kernels_as_smooth(sigma: float) -> None:
    from scipy import ndimage

    noise = ndimage.gaussian_filter(np.random.default_rng(0).standard_normal((300, 21, 21)), (0, sigma, sigma))[:, 8:13, 8:13]
    assert orientation(noise) == pytest.approx(orientation(as_smooth(noise, 1)), abs=0.05)
    if sigma >= 1:
        assert orientation(noise) > 1.2 * np.mean([*map(orientation, shuffled(noise, 0))]), "smooth is not oriented"


def test_images_are_put_in_their_places() -> None:
    images = np.arange(2 * 4 * 4, dtype=np.float32).reshape(2, 4, 4, 1)
    assert halved(images)[0, ..., 0].tolist() == [[2.5, 4.5], [10.5, 12.5]]
    small = np.ones((len(PLACES), 14, 14, 1), np.float32)
    whole = placed(small, np.arange(len(PLACES)), -1.0)
    assert whole.shape == (9, 28, 28, 1)
    for (down, right), image in zip(PLACES, whole[..., 0], strict=True):
        assert (image[down : down + 14, right : right + 14] == 1).all()
        assert (image == 1).sum() == 14 * 14
        assert image.min() == -1


def test_a_probe_reads_what_weighted_sums_can_tell_apart() -> None:
    random = np.random.default_rng(0)
    x = random.standard_normal((300, 6))
    labels = np.where(x[:, 0] + x[:, 1] > 0, 7, 3)
    probe = Probe(x[:200], labels[:200])
    assert (probe(x[200:]) == labels[200:]).mean() > 0.9
    assert (Probe(x[:200], random.choice([3, 7], 200))(x[200:]) == labels[200:]).mean() < 0.75
    constant = Probe(np.ones((10, 2)), np.array([1] * 9 + [2]))
    assert constant(np.ones((3, 2))).tolist() == [1, 1, 1]
