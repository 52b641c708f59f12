import ast
import inspect
import itertools
import json
import math
import os
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from independent import FALSE_ALARM, chi_square_p, discrete_gaussian
from synthcase.errors import InternalError
from synthcase.privacy import noise
from synthcase.privacy.noise import add_noise

DRAWS = 20_000


def zeros(*shape):
    return np.zeros(shape, dtype=np.int64)


def table_sampler(variance_factor=1.0):
    """Return a second sampler by inversion, with a fixed seed: for mutants only."""

    def draw(sigma, count):
        wrong = Fraction(float(sigma) * math.sqrt(variance_factor))
        reach = math.ceil(12 * float(wrong))
        inside, _ = discrete_gaussian(wrong, reach)
        generator = random.Random(1)
        return generator.choices(range(-reach, reach + 1), weights=inside, k=count)

    return draw


def opendp(sigma, count):
    return add_noise(zeros(count), sigma).tolist()


def rounded_normal(sigma, count):
    generator = random.Random(1)
    return [round(generator.gauss(0, float(sigma))) for _ in range(count)]


def zero_counted_twice(sigma, count):
    # The classic slip: a sign and a magnitude, so that +0 and −0 are both 0.
    draws = table_sampler()(sigma, 2 * count)
    kept = itertools.chain([0] * (draws.count(0) // 2), draws)
    return random.Random(2).sample(list(kept), count)


def a_tenth_without_noise(sigma, count):
    draws = table_sampler()(sigma, count)
    return [0 if place % 10 == 0 else draw for place, draw in enumerate(draws)]


def shifted(sigma, count):
    return [draw + (place % 4 == 0) for place, draw in enumerate(table_sampler()(sigma, count))]


@pytest.mark.parametrize("sigma", ["1/2", "3", "25/4", "80"])
def test_the_noise_follows_the_exact_law(sigma):
    assert chi_square_p(opendp(Fraction(sigma), DRAWS), Fraction(sigma)) > FALSE_ALARM


@pytest.mark.parametrize("sigma", ["1/2", "3", "80"])
def test_the_check_passes_an_honest_second_sampler(sigma):
    draws = table_sampler()(Fraction(sigma), DRAWS)
    assert chi_square_p(draws, Fraction(sigma)) > FALSE_ALARM


@pytest.mark.parametrize(
    ("mutant", "sigma"),
    [
        (table_sampler(0.9), "3"),
        (table_sampler(1.1), "3"),
        (rounded_normal, "1/2"),
        (zero_counted_twice, "3"),
        (a_tenth_without_noise, "3"),
        (shifted, "3"),
    ],
    ids=["variance x 0.9", "variance x 1.1", "rounded", "two zeros", "unnoised", "shifted"],
)
def test_the_check_fails_every_mutant(mutant, sigma):
    assert chi_square_p(mutant(Fraction(sigma), DRAWS), Fraction(sigma)) < FALSE_ALARM


@pytest.mark.slow
def test_a_million_draws_follow_the_law_where_one_in_a_hundred_unnoised_would_show():
    sigma, count = Fraction(2), 10**6
    leaky = table_sampler()(sigma, count)
    leaky[::100] = [0] * len(leaky[::100])
    assert chi_square_p(leaky, sigma) < FALSE_ALARM
    assert chi_square_p(opendp(sigma, count), sigma) > FALSE_ALARM


@pytest.mark.parametrize("sigma", [Fraction(5 * 10**7 * 2**30), Fraction(2**20), Fraction(3, 2)])
def test_mean_variance_and_neighbours_are_right_at_any_scale(sigma):
    draws = [draw / float(sigma) for draw in opendp(sigma, 5_000)]
    limit = 5.5  # one false alarm in 26 million for each of the three
    root = math.sqrt(len(draws))
    mean = math.fsum(draws) / len(draws)
    variance = math.fsum(x * x for x in draws) / len(draws)
    beside = math.fsum(x * y for x, y in itertools.pairwise(draws)) / len(draws)
    assert abs(mean) * root < limit
    assert abs(variance - 1) * root / math.sqrt(2) < limit
    assert abs(beside) * root < limit


def test_noise_is_added_to_the_count_and_keeps_the_shape():
    counts = np.arange(24, dtype=np.int64).reshape(2, 3, 4) * 10**6
    noisy = add_noise(counts, Fraction(2))
    assert noisy.shape == counts.shape
    assert noisy.dtype == np.int64
    assert np.abs(noisy - counts).max() < 2 * 64
    assert counts.tolist() == (np.arange(24).reshape(2, 3, 4) * 10**6).tolist()


def test_an_array_in_any_memory_order_keeps_its_cells():
    counts = (np.arange(12, dtype=np.int64).reshape(3, 4) * 10**6).T
    assert np.abs(add_noise(counts, Fraction(1)) - counts).max() < 64


@pytest.mark.parametrize("shape", [(0,), (3, 0, 2)])
def test_no_cells_have_no_noise(shape):
    noisy = add_noise(zeros(*shape), Fraction(1))
    assert noisy.shape == shape
    assert noisy.dtype == np.int64


def test_a_single_number_has_noise_too():
    assert add_noise(np.array(10**6, dtype=np.int64), Fraction(1)).shape == ()


@pytest.mark.parametrize(
    "sigma",
    [
        Fraction(0),
        Fraction(-1),
        Fraction(1, 3),
        Fraction(1, 10),
        Fraction(2**53 + 1),
        Fraction(2**53 + 1, 2**60),
        Fraction(2**63),
        Fraction(1, 2**63),
        1,
        1.0,
        True,
        "1",
        None,
        np.float64(1),
    ],
)
def test_a_scale_that_no_float_holds_is_refused(sigma):
    for counts in (zeros(2), zeros(0)):
        with pytest.raises(InternalError):
            add_noise(counts, sigma)


@pytest.mark.parametrize(
    "counts",
    [zeros(2).astype(kind) for kind in ("float64", "bool", "int32", "uint64", "object", ">i8")]
    + [[1, 2], 1, None, np.ma.masked_array([1, 2], mask=[False, True]), np.int64(1)],
    ids=lambda counts: str(getattr(counts, "dtype", type(counts).__name__)),
)
def test_anything_but_64_bit_integers_is_refused(counts):
    with pytest.raises(InternalError):
        add_noise(counts, Fraction(1))


@pytest.mark.parametrize(
    ("count", "sigma"),
    [(2**62, 1), (-(2**62), 1), (2**63 - 1, 1), (-(2**63), 1), (2**62 - 64, 1), (0, 2**56)],
)
def test_counts_that_could_saturate_are_refused_and_not_told(count, sigma):
    with pytest.raises(InternalError) as caught:
        add_noise(np.array([0, count], dtype=np.int64), Fraction(sigma))
    assert str(abs(count)) not in str(caught.value) or count == 0


def test_the_largest_counts_that_cannot_saturate_are_taken():
    edge = 2**62 - 65
    noisy = add_noise(np.array([edge, -edge], dtype=np.int64), Fraction(1))
    assert np.abs(noisy - np.array([edge, -edge])).max() < 64


def test_opendp_pricing_the_noise_otherwise_is_refused(monkeypatch):
    import opendp.prelude as dp

    for factor in (Fraction(99, 100), Fraction(101, 100)):
        with monkeypatch.context() as patched:
            real = dp.m.make_gaussian
            patched.setattr(
                dp.m,
                "make_gaussian",
                lambda *space, scale, real=real, f=factor: real(*space, scale=scale * float(f)),
            )
            with pytest.raises(InternalError, match="prices"):
                add_noise(zeros(2), Fraction(2))


def test_an_error_of_opendp_is_not_quoted(monkeypatch):
    import opendp.prelude as dp
    from opendp.mod import OpenDPException

    def broken(*space, scale):
        raise OpenDPException("FailedFunction", message="count 4711", raw_traceback="")

    monkeypatch.setattr(dp.m, "make_gaussian", broken)
    with pytest.raises(InternalError) as caught:
        add_noise(zeros(2), Fraction(2))
    assert "4711" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_nobody_can_pass_a_seed():
    assert list(inspect.signature(add_noise).parameters) == ["counts", "sigma"]
    tree = ast.parse(Path(noise.__file__).read_text(encoding="utf-8"))
    named = {
        name
        for node in ast.walk(tree)
        for name in (
            getattr(node, "id", None),
            getattr(node, "attr", None),
            getattr(node, "arg", None),
            getattr(node, "name", None),
            getattr(node, "module", None),
        )
        if name
    }
    words = {word for name in named for word in name.replace(".", "_").lower().split("_")}
    assert not words & {"random", "rng", "seed", "prng", "generator", "state", "secrets"}


def test_the_noise_ignores_every_seed_of_the_process():
    seen = set()
    for _ in range(2):
        random.seed(1)
        np.random.seed(1)  # noqa: NPY002 - the old global generator is what is to be ignored
        seen.add(tuple(opendp(Fraction(1000), 10)))
    assert len(seen) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX only")
def test_two_forked_twins_draw_different_noise():
    script = """
import json, os
from fractions import Fraction
import numpy as np
from synthcase.privacy.noise import add_noise

draw = lambda: add_noise(np.zeros(10, dtype=np.int64), Fraction(10**6)).tolist()
draw()
reading, writing = os.pipe()
if os.fork() == 0:
    os.write(writing, json.dumps(draw()).encode())
    os._exit(0)
mine = draw()
os.wait()
print(json.dumps([mine, json.loads(os.read(reading, 10_000))]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    mine, twin = json.loads(done.stdout)
    assert len(mine) == len(twin) == 10
    assert mine != twin


def test_importing_the_room_loads_no_heavy_library():
    script = (
        "import sys, synthcase.privacy.noise, synthcase.privacy.ledger;"
        "print([m for m in ('numpy', 'opendp', 'random') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "numpy" not in done.stdout
    assert "opendp" not in done.stdout
