from synthcase.schema.rules import Derived, Forbidden, Gate


def test_rules_are_values():
    assert Gate("t", "a", "b", ("x",)) == Gate("t", "a", "b", ("x",))
    assert len({Derived("t", "a", "b", ()), Forbidden("t", ()), Forbidden("t", ())}) == 2
