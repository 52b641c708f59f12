"""Second opinions, written without what they check: exact law, chi-square, conversion."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

FALSE_ALARM = 1e-6
"""How often an honest sampler may fail one chi-square test."""


def epsilon_cks(rho, delta=Fraction(1, 10**6)):
    """Return the ε of ρ-zCDP as a Decimal of 30 digits, by golden-section search over the order.

    ε = inf over α > 1 of ρα + ln(1/(αδ))/(α − 1) + ln(1 − 1/α).
    """
    with localcontext() as context:
        context.prec = 40
        price = Decimal(rho.numerator) / Decimal(rho.denominator)
        small = Decimal(delta.numerator) / Decimal(delta.denominator)

        def bound(log_excess):
            excess = log_excess.exp()
            order = 1 + excess
            return price * order - (order * small).ln() / excess + (1 - 1 / order).ln()

        low, high = Decimal(-20), Decimal(25)
        golden = (Decimal(5).sqrt() - 1) / 2
        for _ in range(90):
            left, right = high - golden * (high - low), low + golden * (high - low)
            low, high = (low, right) if bound(left) < bound(right) else (left, high)
        return bound((low + high) / 2)


def discrete_gaussian(sigma, reach):
    """Return the exact probabilities of −reach … reach, and of everything beyond on one side."""
    two_variance = 2 * float(sigma) ** 2
    furthest = reach + math.ceil(45 * float(sigma)) + 5
    weights = [math.exp(-k * k / two_variance) for k in range(furthest + 1)]
    total = weights[0] + 2 * math.fsum(weights[1:])
    beyond = math.fsum(weights[reach + 1 :]) / total
    return [weights[abs(k)] / total for k in range(-reach, reach + 1)], beyond


def chi_square_p(draws, sigma):
    """Return the p-value of draws against the discrete Gaussian of scale σ."""
    reach = 0
    while len(draws) * discrete_gaussian(sigma, reach + 1)[1] >= 10:
        reach += 1
    inside, beyond = discrete_gaussian(sigma, reach)
    expected = [len(draws) * p for p in (beyond, *inside, beyond)]
    seen = [0] * len(expected)
    for draw in draws:
        seen[min(max(draw, -reach - 1), reach + 1) + reach + 1] += 1
    statistic = math.fsum((s - e) ** 2 / e for s, e in zip(seen, expected, strict=True))
    return _chi_square_tail(statistic, len(expected) - 1)


def _chi_square_tail(statistic, freedom):
    """Return the exact upper tail; `freedom` is even, since the bins are symmetric about 0."""
    assert freedom % 2 == 0
    half = statistic / 2
    terms = (math.exp(-half + i * math.log(half) - math.lgamma(i + 1)) for i in range(freedom // 2))
    return math.fsum(terms)
