import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.errors import LedgerError, UsageError
from synthcase.privacy.accounting import rho_of
from synthcase.privacy.chain import Chain, Entry
from synthcase.privacy.replay import cap_fields, genesis_fields, replay, reserve_fields
from synthcase.privacy.reservation import checked_prices

HASH = "0a" * 32
GENESIS = genesis_fields("all persons", cap_fields("4", "A. Person"))
RESERVE = reserve_fields(
    checked_prices({"case": Fraction(1, 50)}), plan_hash=HASH, purpose="a release"
)
FILE = f"answers-{'1' * 32}.json"
ANSWERS = {"reservation": 1, "file": FILE, "sha256": HASH, "size": 4}
RELEASE = {"sha256": HASH, "name": "release-1", "reservation": 1}
CAP = {**cap_fields("5", "B. Person"), "reason": "a second year"}
NOTE = {"text": "a remark"}
WHOLE = [
    ("genesis", GENESIS),
    ("reserve", RESERVE),
    ("answers", ANSWERS),
    ("release", RELEASE),
    ("cap", CAP),
    ("note", NOTE),
]


def chain(*lines):
    entries = [
        Entry(seq, kind, "2026-11-24", fields, str(seq) * 64)
        for seq, (kind, fields) in enumerate(lines)
    ]
    return Chain(tuple(entries), size=0)


def test_every_kind_of_line_is_understood():
    budget = replay(chain(*WHOLE))
    assert budget.population == "all persons"
    assert [cap.rho for cap in budget.caps] == [rho_of("4"), rho_of("5")]
    assert [cap.reason for cap in budget.caps] == ["", "a second year"]
    assert budget.cap == rho_of("5")
    assert budget.spent() == {"case": Fraction(1, 50)}
    assert budget.reservations[0].prices == (("case", Fraction(1, 50)),)
    assert budget.reservations[0].ledger == "0" * 64
    assert budget.answers[1].file == budget.reservations[0].answers_name
    assert budget.unanswered() == ()
    assert budget.releases[0].name == "release-1"
    assert budget.notes == ("a remark",)


def test_two_ledgers_never_begin_alike():
    assert genesis_fields("p", {})["nonce"] != genesis_fields("p", {})["nonce"]


@pytest.mark.parametrize(
    ("lines", "number", "why"),
    [
        ([("reserve", RESERVE)], 1, "beginning"),
        ([("genesis", GENESIS), ("genesis", GENESIS)], 2, "beginning"),
        ([("genesis", {**GENESIS, "format": "synthcase-ledger/2"})], 1, "format"),
        ([("genesis", {**GENESIS, "delta": "1/1000"})], 1, "δ"),
        ([("genesis", {**GENESIS, "cap_rho": "0/1"})], 1, "not above 0"),
        ([("genesis", {**GENESIS, "extra": 1})], 1, "not known"),
        ([*WHOLE[:1], ("refund", RESERVE)], 2, "not known"),
        ([*WHOLE[:1], ("note", {})], 2, "not known"),
        ([*WHOLE[:1], ("answers", ANSWERS)], 2, "nobody paid"),
        ([*WHOLE[:3], ("answers", ANSWERS)], 4, "twice"),
        ([*WHOLE[:2], ("answers", {**ANSWERS, "file": "../x"})], 3, "another name"),
        ([*WHOLE[:2], ("answers", {**ANSWERS, "reservation": True})], 3, "number"),
        ([*WHOLE[:2], ("answers", {**ANSWERS, "sha256": "0A" * 32})], 3, "hash"),
        ([*WHOLE[:2], ("release", RELEASE)], 3, "without answers"),
        ([*WHOLE[:1], ("cap", cap_fields("3", "B") | {"reason": "r"})], 2, "not higher"),
        ([*WHOLE[:1], ("cap", cap_fields("4", "B") | {"reason": "r"})], 2, "not higher"),
        ([*WHOLE[:1], ("reserve", {**RESERVE, "prices": []})], 2, "prices"),
        ([*WHOLE[:1], ("reserve", {**RESERVE, "prices": {"case": "1/1"}})], 2, "above the cap"),
        ([*WHOLE[:1], ("reserve", {**RESERVE, "prices": {"case": "-1/9"}})], 2, "of its form"),
        ([*WHOLE[:1], ("reserve", {**RESERVE, "prices": {"case": "0.1"}})], 2, "of its form"),
        ([*WHOLE[:1], ("reserve", {**RESERVE, "prices": {"case": 0}})], 2, "of its form"),
        ([*WHOLE[:1], ("reserve", {**RESERVE, "prices": {}})], 2, "of its form"),
        ([*WHOLE[:1], ("note", {"text": 5})], 2, "text"),
    ],
)
def test_a_contradiction_is_refused_with_its_line(lines, number, why):
    with pytest.raises(LedgerError, match=f"line {number}:") as caught:
        replay(chain(*lines))
    assert why in caught.value.came


def test_every_reservation_counts_against_the_cap_of_its_time():
    share = reserve_fields(
        checked_prices({"case": rho_of("4") / 2}), plan_hash=HASH, purpose="half"
    )
    lines = [("genesis", GENESIS), ("reserve", share), ("reserve", share)]
    assert replay(chain(*lines)).spent() == {"case": rho_of("4")}
    with pytest.raises(LedgerError, match="line 4"):
        replay(chain(*lines, ("reserve", share)))
    # A cap that is raised afterwards does not excuse it.
    with pytest.raises(LedgerError, match="line 4"):
        replay(chain(*lines, ("reserve", share), ("cap", CAP)))
    replay(chain(*lines, ("cap", CAP), ("note", NOTE)))


anything = st.none() | st.booleans() | st.integers() | st.text(max_size=5)


@given(st.data())
def test_a_field_of_any_other_kind_is_refused_with_our_error(data):
    place = data.draw(st.integers(0, len(WHOLE) - 1))
    kind, fields = WHOLE[place]
    key = data.draw(st.sampled_from(sorted(fields)))
    value = data.draw(anything | st.lists(anything, max_size=2))
    changed = [*WHOLE]
    changed[place] = (kind, {**fields, key: value})
    with contextlib.suppress(LedgerError):
        replay(chain(*changed))


@pytest.mark.parametrize("epsilon", ["0", "x", "-1", "1e9"])
def test_a_cap_that_is_no_number_is_refused(epsilon):
    with pytest.raises(UsageError, match="ε"):
        cap_fields(epsilon, "A. Person")
