from small_schemas import LINKED, PLAIN, STUDENTS, TWO_ROOTS, schema_of
from synthcase.planning import plan
from synthcase.planning.masses import expected_rows
from synthcase.planning.words import not_protected, remarks


def said(schema, unit):
    return " ".join(not_protected(schema, unit))


def test_every_plan_says_what_no_promise_covers():
    for unit in ("case", "person"):
        for part in ("population", "Groups larger", "computer that somebody else controls"):
            assert part in said(PLAIN, unit)


def test_for_persons_the_case_itself_is_not_protected():
    assert "That a case exists" in said(PLAIN, "person")
    assert "That a case had other persons." in said(PLAIN, "person")
    assert "That a case" not in said(PLAIN, "case")
    assert "That a student exists" in said(STUDENTS, "person")


def test_somebody_that_more_links_point_to_than_are_paid_for_is_named():
    sentence = "A trafficker that more than 3 rows of link point to."
    assert sentence in not_protected(LINKED, "person")
    assert "point to" not in said(LINKED, "case")


def test_a_row_of_another_tree_is_named_with_its_lines():
    sentence = (
        "A shelter that many rows of stay point to: the lines above give its price for 1, 3 and 10 "
        "of them."
    )
    for unit in ("case", "person"):
        assert sentence in not_protected(TWO_ROOTS, unit)
        lines = [line.who for line in plan(TWO_ROOTS, epsilon="1", unit=unit).guarantees]
        assert [who for who in lines if "point to" in who] == [
            f"a shelter that {n} rows of stay point to" for n in (1, 3, 10)
        ]


def test_no_lines_are_promised_where_there_are_none():
    schema = schema_of(
        {
            "case": {"x": 2},
            "stay": {"up": ("case", "shelter"), "s": 2},
            "victim": {"up": "stay", "a": 2},
            "shelter": {"k": 2},
        },
        persons={"victim": 1},
    )
    assert "A shelter that many rows of stay point to." in not_protected(schema, "person")
    assert "10 of them" in said(schema, "case")


def test_a_public_number_gives_away_who_is_in_the_file():
    schema = schema_of({"case": {"x": 2}}, persons={"case": 1}, public={"case": 3})
    assert "since the number of rows of case is public" in said(schema, "case")


class TestRemarks:
    def test_assumed_figures_are_named_and_given_ones_are_not(self):
        assert any("Nobody said how many rows" in r for r in plan(PLAIN, epsilon="4").remarks)
        given = plan(PLAIN, epsilon="4", expect={"case": 500}).remarks
        assert not any("Nobody said" in remark for remark in given)

    def test_too_few_rows_for_pairs_are_said(self):
        few = plan(PLAIN, epsilon="0.1", expect={"case": 20}, unit="case")
        assert any("only one-way tables are worth counting" in r for r in few.remarks)
        many = plan(PLAIN, epsilon="8", expect={"case": 10**6}, unit="case")
        assert not any("only one-way tables" in remark for remark in many.remarks)

    def test_the_second_end_of_a_link_is_filled_at_random(self):
        assert any(
            "link is modelled as rows of victim; which trafficker it points to" in remark
            for remark in plan(LINKED, epsilon="4").remarks
        )

    def test_domains_read_off_the_data_are_named(self):
        schema = schema_of(
            {
                "case": {
                    "x": {"kind": "categorical", "values": ["a"], "else": "a", "from_data": True}
                }
            },
            persons={},
            unit="case",
        )
        expected = expected_rows(schema, {"case": 5}, votes={"case": True})
        (remark,) = remarks(schema, expected, [])
        assert "case.x" in remark
        assert "A release refuses them" in remark
