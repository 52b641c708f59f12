import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from independent import epsilon_cks
from synthcase.errors import InternalError, UsageError
from synthcase.privacy import accounting
from synthcase.privacy.accounting import GRID, belief, epsilon_of, gaussian_rho, rho_of, round_up

rhos = st.builds(lambda mantissa, shift: Fraction(mantissa, 2**shift), st.integers(1, 2**20),
                 st.integers(10, 40))  # fmt: skip


@pytest.mark.parametrize(
    ("rho", "epsilon"),
    [("1/100", 0.622), ("1/10", 2.142), ("1/2", 5.222), ("1", 7.766), ("2", 11.69)],
)
def test_epsilon_is_that_of_the_published_table(rho, epsilon):
    places = 2 if epsilon > 10 else 3
    assert round(epsilon_of(Fraction(rho)), places) == epsilon


@pytest.mark.parametrize(
    ("epsilon", "rho"),
    [("0.5", 0.00664), ("1", 0.02436), ("2", 0.08815), ("4", 0.31106), ("8", 1.05236)],
)
def test_rho_is_that_of_the_published_table(epsilon, rho):
    assert round(float(rho_of(epsilon)), 5) == rho


@given(rhos)
@settings(max_examples=25)
@example(Fraction(1, 3))
@example(Fraction(10_000))
@example(GRID * 1000)
def test_epsilon_is_never_below_a_second_opinion(rho):
    ours, exact = Decimal(epsilon_of(rho)), epsilon_cks(rho)
    # The search of the second opinion ends within 10⁻²⁰ above the infimum.
    assert exact - Decimal("1e-18") <= ours <= exact * (1 + Decimal("1e-12"))


@given(rhos, st.sampled_from([Fraction(1, 10**3), Fraction(1, 10**6), Fraction(1, 10**9)]))
@settings(max_examples=15)
def test_epsilon_agrees_at_another_delta(rho, delta):
    ours, exact = Decimal(epsilon_of(rho, delta=delta)), epsilon_cks(rho, delta)
    if exact > Decimal("1e-3"):
        assert exact - Decimal("1e-18") <= ours <= exact * (1 + Decimal("1e-9"))


@given(rhos, rhos)
def test_epsilon_grows_with_rho(one, other):
    low, high = sorted((one, other))
    assert epsilon_of(low) <= epsilon_of(high)


def test_epsilon_is_larger_than_for_continuous_noise():
    # At σ = 3 the curve of the continuous Gaussian claims ε = 1.448, where δ is already 1.09e-6.
    assert epsilon_of(gaussian_rho(Fraction(1), Fraction(3))) > 1.448


@given(st.fractions(Fraction(1, 1000), Fraction(50), max_denominator=1000))
@settings(max_examples=15)
def test_rho_is_the_largest_step_that_costs_no_more(epsilon):
    rho = rho_of(epsilon)
    assert (rho / GRID).denominator == 1
    assert Fraction(epsilon_of(rho)) <= epsilon < Fraction(epsilon_of(rho + GRID))


def test_an_epsilon_means_the_number_that_is_written():
    assert rho_of("0.1") == rho_of(0.1) == rho_of(Fraction(1, 10)) == rho_of("1/10")
    assert rho_of("4") == rho_of(4) == rho_of(4.0) == rho_of("4.0")


def test_a_smaller_delta_costs_more():
    assert rho_of("4", delta=Fraction(1, 10**8)) < rho_of("4")


@pytest.mark.parametrize(
    "epsilon",
    [
        "0",
        "-1",
        "",
        "four",
        "1e3",
        "nan",
        "inf",
        "1/0",
        "10001",
        " 4",
        "1_0",
        True,
        0,
        -0.5,
        "٤",
        float("nan"),
        float("inf"),
        1e300,
        Fraction(-1, 2),
        Fraction(1, 10**15),
    ],
)
def test_any_other_epsilon_is_refused(epsilon):
    with pytest.raises(UsageError):
        rho_of(epsilon)


@pytest.mark.parametrize("rho", [0.5, 1, "1/2", None, Fraction(-1, 2), Fraction(10_001)])
def test_only_an_exact_price_is_converted(rho):
    for convert in (epsilon_of, round_up, belief):
        with pytest.raises(InternalError):
            convert(rho)


@pytest.mark.parametrize("delta", [Fraction(0), Fraction(1), Fraction(-1), 1e-6])
def test_only_a_probability_is_a_delta(delta):
    with pytest.raises(UsageError):
        epsilon_of(Fraction(1), delta=delta)
    with pytest.raises(UsageError):
        rho_of("1", delta=delta)


def test_nothing_spent_is_nothing_lost():
    assert epsilon_of(Fraction(0)) == 0
    assert belief(Fraction(0)) == 0.5


def test_delta_is_rounded_down_to_a_float():
    for delta in (Fraction(1, 10**6), Fraction(1, 3), Fraction(1, 7)):
        below = Fraction(accounting._float_below(delta))
        assert below <= delta < Fraction(math.nextafter(float(below), 1))


def test_the_price_of_a_table_is_exact():
    assert gaussian_rho(Fraction(2), Fraction(10)) == Fraction(1, 100)
    assert gaussian_rho(Fraction(0), Fraction(10)) == 0
    third = gaussian_rho(Fraction(1), Fraction(3))
    assert third + third + third == Fraction(1, 6)


@pytest.mark.parametrize(
    ("delta_squared", "sigma"),
    [
        (Fraction(1), Fraction(0)),
        (Fraction(1), Fraction(-1)),
        (Fraction(-1), Fraction(1)),
        (1.0, Fraction(1)),
        (1, Fraction(1)),
        (Fraction(1), 2.0),
        (Fraction(1), True),
    ],
)
def test_a_price_of_anything_but_fractions_is_refused(delta_squared, sigma):
    with pytest.raises(InternalError):
        gaussian_rho(delta_squared, sigma)


@given(st.fractions(0, 10_000))
def test_rounding_up_costs_less_than_one_step(rho):
    assert 0 <= round_up(rho) - rho < GRID
    assert round_up(round_up(rho)) == round_up(rho)


def test_the_odds_are_the_published_ones():
    # ε = 1 and δ = 1/(10·3000): 70 %; ε = 2, 4, 8: 84, 96 and 99.8 %.
    delta = Fraction(1, 30_000)
    seen = [100 * belief(rho_of(epsilon, delta=delta)) for epsilon in (1, 2, 4, 8)]
    assert [round(x) for x in seen[:3]] == [70, 84, 96]
    assert round(seen[3], 1) == 99.8


@given(st.floats(0.01, 0.99), st.sampled_from([Fraction(1, 100), Fraction(1), Fraction(10)]))
def test_the_odds_multiply(prior, rho):
    exact = Fraction(prior)
    before = float(exact / (1 - exact))
    after = belief(rho, prior=exact)
    loss = float(rho) + math.sqrt(2 * float(rho)) * 3.090232306167813
    assert math.isclose(after, before * math.exp(loss) / (1 + before * math.exp(loss)))


def test_odds_without_a_meaning_are_refused():
    for wrong in ({"prior": Fraction(0)}, {"prior": Fraction(1)}, {"probability": 0.4}):
        with pytest.raises(InternalError):
            belief(Fraction(1), **wrong)
