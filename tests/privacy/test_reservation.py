import dataclasses
from fractions import Fraction

import pytest

from synthcase.errors import InternalError
from synthcase.privacy.reservation import Reservation, checked_prices, sealed


def reservation(**changes):
    values = {
        "ledger": "0a" * 32,
        "seq": 1,
        "line_hash": "0b" * 32,
        "said": {"plan": "0c" * 32, "purpose": "a release", "day": "2026-11-24"},
        "prices": (("case", Fraction(1)),),
    }
    return sealed(**{**values, **changes})


def test_nobody_else_makes_a_reservation():
    with pytest.raises(InternalError, match=r"Ledger\.reserve"):
        Reservation("0a", 1, "0b", "0c", "a release", "2026-11-24", (), seal=object())
    with pytest.raises(TypeError):
        Reservation("0a", 1, "0b", "0c", "a release", "2026-11-24", ())


def test_a_reservation_cannot_be_changed():
    made = reservation()
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.prices = ()
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(made, prices=())


def test_every_reservation_has_its_own_file_of_answers():
    assert reservation().answers_name == f"answers-{'0b' * 16}.json"
    assert reservation(line_hash="0d" * 32).answers_name != reservation().answers_name


def test_prices_are_sorted_by_account():
    prices = {"victim": Fraction(2), "case": Fraction(1), "both": Fraction(0)}
    expected = (("both", Fraction(0)), ("case", Fraction(1)), ("victim", Fraction(2)))
    assert checked_prices(prices) == expected


@pytest.mark.parametrize(
    "prices",
    [
        {},
        {"case": Fraction(0)},
        {"case": Fraction(-1), "victim": Fraction(1)},
        {"case": 0.5},
        {"case": 1},
        {"case": True},
        {"case": "1/2"},
        {"": Fraction(1)},
        {"Case": Fraction(1)},
        {"a b": Fraction(1)},
        {"case\n": Fraction(1)},
        {"x" * 42: Fraction(1)},
    ],
    ids=repr,
)
def test_other_prices_are_refused(prices):
    with pytest.raises(InternalError):
        checked_prices(prices)
