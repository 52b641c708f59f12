import re

import pytest
from hypothesis import given

from strategies import schema_forms, schemas
from synthcase.errors import FileProblem, SchemaError
from synthcase.schema import load_schema
from synthcase.schema.domains import DateBins, Flags, NumberBins
from synthcase.schema.layout import layout_of

TEXT = """
synthcase: 1
name: casework
protect: {unit: case, persons: {victim: {max_cases: 2}}, caps: {victim: 30, journey_leg: 8}}
public: {case: {rows: null}}
tables:
  case:
    key: case_id
    columns:
      country: {kind: categorical, values: [XA, NO], else: unknown, missing: {unknown: ""}}
  victim:
    key: victim_id
    parent: {table: case, by: case_id, typical: 3}
    columns:
      sex:
        {kind: categorical, values: [female, male], else: unknown,
         missing: {unknown: "", withheld: [WH, wh]}}
      age: {kind: number, bins: [0, 9, 18, 100], else: unknown, missing: {unknown: ""}}
      minor: {kind: binary, else: unknown, missing: {unknown: ""}}
      means:
        {kind: multi, values: [debt, threats], separator: ";", else: not_asked,
         missing: {not_asked: ""}}
      debt: {kind: categorical, values: [small, large], else: small, missing: {not_applicable: ""}}
      seen: {kind: date, bins: {from: 2010, to: 2011, by: year}, else: "2010"}
  trafficker:
    key: trafficker_id
    parent: {table: case, by: case_id}
    columns: {sex: {like: victim.sex}}
  journey_leg:
    key: [victim_id, leg_no]
    parent: {table: victim, by: victim_id, typical: 2, order: leg_no}
    columns: {mode: {kind: categorical, values: [road, air, other], else: other}}
  stop:
    key: stop_id
    parent: {table: journey_leg, by: [victim_id, leg_no]}
  link:
    key: [victim_id, trafficker_id]
    parents: {victim: victim_id, trafficker: trafficker_id}
    typical: 2
  country: {key: iso, lookup: true, columns: [name]}
rules:
  - {when: {victim.age: ["0-8", "9-17"]}, then: {victim.minor: "yes"}}
  - {gate: victim.debt, open_if: {victim.means: [debt]}}
questions: ["count  victim by sex, case.country"]
"""


def test_the_example_is_what_it_says():
    schema = load_schema(TEXT)
    victim, leg, link = (schema.table(name) for name in ("victim", "journey_leg", "link"))
    assert schema.roots == (schema.table("case"),)
    assert schema.table("case").column("country").domain.labels == ("XA", "NO")
    assert victim.column("age").states == ("0-8", "9-17", "18-100", "unknown")
    assert victim.column("minor").domain.labels == ("no", "yes")
    assert victim.column("seen").domain.labels == ("2010", "2011")
    assert isinstance(victim.column("means").domain, Flags)
    assert schema.table("trafficker").column("sex") == victim.column("sex")
    assert (leg.key, leg.parent.order, leg.parent.typical) == (("victim_id", "leg_no"), "leg_no", 2)
    assert schema.table("stop").parent.columns == ("victim_id", "leg_no")
    assert [(p.table, p.by, p.typical) for p in link.parents] == [
        ("victim", "victim_id", 2),
        ("trafficker", "trafficker_id", 1),
    ]
    assert schema.table("country").copied == ("name",)
    assert [p.max_cases for p in schema.protect.persons] == [2]
    assert schema.rules[0].conditions == (("age", ("0-8", "9-17")), ("minor", ("no",)))
    assert schema.questions[0].text == "count victim by sex, case.country"
    assert schema.questions[0].by == (("victim", "sex"), ("case", "country"))
    assert layout_of(schema).by_name["victim"].attribute("debt").gate.attribute == "means.debt"


def test_text_file_and_dict_give_one_schema(tmp_path):
    import yaml

    path = tmp_path / "schema.yaml"
    path.write_text("\ufeff" + TEXT, encoding="utf-8")
    from_dict = load_schema(yaml.load(TEXT, Loader=yaml.BaseLoader))
    assert load_schema(TEXT) == load_schema(path) == load_schema(str(path)) == from_dict


@given(schemas())
def test_the_canonical_text_loads_back_to_an_equal_schema(schema):
    assert load_schema(schema.text) == schema
    assert load_schema(schema.text).hash == schema.hash


@given(schema_forms())
def test_the_order_of_keys_inside_a_part_changes_nothing(form):
    turned = {key: form[key] for key in reversed(form)}
    assert load_schema(turned).text == load_schema(form).text


def without_rules(text):
    return text[: text.index("rules:")]


def changed(old, new):
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("synthcase: 1", "synthcase: 2", "synthcase: Input should be '1'"),
        ("name: casework", "name: a/b", "cannot name a schema"),
        ("name: casework", "name: casework\nextra: 1", "extra: this key is not known"),
        ("{unit: case", "{unit: house", "protect.unit"),
        ("max_cases: 2", "max_cases: 0", "max_cases"),
        ("victim: 30", "victim: 3x", "a whole number is expected (came: '3x')"),
        ("caps: {victim: 30", "caps: {case: 30", "case, which has no parent"),
        ("caps: {victim: 30", "caps: {country: 30", "no measured table"),
        ("public: {case", "public: {kase", "which is no table"),
        ("{rows: null}", "{rows: 80}", "needs a `source`"),
        ("  country: {key: iso", "  ../country: {key: iso", "cannot name a table"),
        ("  country: {key: iso", "  con: {key: iso", "cannot name a table"),
        ("kind: number", "kind: numbr", "columns.age: a column names its `kind`"),
        (
            "kind: binary, else: unknown,",
            "kind: binary,",
            "columns.minor.else: this key is missing",
        ),
        ("bins: [0, 9, 18, 100]", "bins: [0, 18, 9]", "table victim: column age: bins need"),
        ("bins: [0, 9, 18, 100]", "bins: [0, x]", "columns.age.bins.1: a number is expected"),
        ("bins: [0, 9, 18, 100]", "bins: [0, 9.5], decimals: 0", "more decimals"),
        ("bins: [0, 9, 18, 100]", "values: [0, 9]", "columns.age.values: this key is not known"),
        ("from: 2010,", "from: 2010-02,", "do not begin and end a year"),
        ("from: 2010,", "from: 2012,", "each later"),
        ("to: 2011,", "to: 9999-12-31,", "are days, months or years"),
        ('else: "2010"', 'else: "2012"', "column seen: `else: 2012` is neither"),
        ("[female, male]", "[female, female]", "lists a value twice"),
        ("[female, male]", '[female, "=cmd()"]', "formula"),
        ("[female, male]", '[female, ""]', "cannot be a value"),
        ("[female, male]", '[female, "a\\nb"]', "cannot be a value"),
        ("[female, male]", "[female, WH]", "also a spelling of missing"),
        ("withheld: [WH, wh]", 'withheld: [WH, ""]', "share a spelling"),
        ("withheld: [WH, wh]", "secret: WH", "missing.secret"),
        ('separator: ";"', 'separator: ""', "separator"),
        ("      minor: {kind", "      case_id: {kind", "a key and a column at once"),
        ("      minor: {kind", "      -sex: {kind", "cannot name a column"),
        ("      minor: {kind", "      minor__missing: {kind", "cannot name a column"),
        ("      seen: {kind", "      means.debt: {kind", "names a column twice"),
        ("like: victim.sex", "like: victim.sexx", "which is no column"),
        ("like: victim.sex", "like: trafficker.sex", "copies no other column"),
        ("parent: {table: victim,", "parent: {table: victims,", "which is no table"),
        ("parent: {table: victim,", "parent: {table: country,", "the look-up table country"),
        (
            "parent: {table: case, by: case_id, typical: 3}",
            "parent: {table: stop, by: s}",
            "circle",
        ),
        ("by: [victim_id, leg_no]", "by: victim_id", "one column for each part of its key"),
        ("typical: 3}", "typical: 0}", "from 1 to 1000"),
        ("    typical: 2\n", "    parent: {table: case, by: c}\n", "both `parent` and `parents`"),
        ("lookup: true", "lookup: yes", "true or false is expected"),
        ("lookup: true, ", "", "without a domain"),
        ("count  victim by sex", "count victim of sex", "not understood"),
        ("count  victim by sex", "count trafficker by means", "no column 'means'"),
        ("sex, case.country", "sex, trafficker.sex", "by a column of 'trafficker'"),
        ("sex, case.country", "sex, victim.sex", "twice"),
        ("rows: null", "rows: x", "whole number"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(old, new, match):
    with pytest.raises(SchemaError, match=re.escape(match) if "(" in match else match):
        load_schema(changed(old, new))


SENSITIVE = 'topic: health, justification: "needed for care", '


@pytest.mark.parametrize(
    ("extra", "match"),
    [
        ("topic: health, ", "says not why"),
        ('topic: health, justification: " ", ', "says not why"),
        ("topic: wealth, justification: x, ", "topic"),
        ("shared: A-B, ", "`shared` does not fit"),
        ("approved: {by: me}, ", "approved.source: this key is missing"),
        ('approved: {by: me, source: ""}, ', "names a person"),
        ("from_data: maybe, ", "true or false"),
    ],
)
def test_marks_of_a_column_are_checked(extra, match):
    with pytest.raises(SchemaError, match=match):
        load_schema(
            changed(
                "        {kind: categorical, values: [female",
                f"        {{{extra}kind: categorical, values: [female",
            )
        )


def test_a_topic_with_its_reason_is_kept():
    schema = load_schema(
        changed(
            "        {kind: categorical, values: [female",
            f"        {{{SENSITIVE}kind: categorical, values: [female",
        )
    )
    sex = schema.table("victim").column("sex")
    assert (sex.topic, sex.justification) == ("health", "needed for care")


def test_a_domain_from_data_waits_for_approval():
    marked = changed(
        "        {kind: categorical, values: [female",
        "        {from_data: true, kind: categorical, values: [female",
    )
    assert load_schema(marked).unapproved == ("victim.sex", "trafficker.sex")
    approved = marked.replace("from_data: true", "from_data: true, approved: {by: A, source: ISO}")
    assert load_schema(approved).unapproved == ()


def test_a_copy_with_other_values_does_not_inherit_an_approval():
    marked = changed(
        "        {kind: categorical, values: [female",
        "        {from_data: true, approved: {by: A, source: B}, kind: categorical, "
        "values: [female",
    ).replace("like: victim.sex", "like: victim.sex, values: [man, woman]")
    sex = load_schema(marked).table("trafficker").column("sex")
    assert (sex.approved, sex.from_data, sex.missing_kinds) == (
        None,
        False,
        ("unknown", "withheld"),
    )


def test_a_copy_of_another_kind_keeps_no_domain():
    copied = changed("like: victim.sex", "like: victim.age, kind: binary, else: unknown")
    assert load_schema(copied).table("trafficker").column("sex").domain.labels == ("no", "yes")


def test_columns_that_share_a_domain_list_the_same_values():
    both = changed("values: [XA, NO], ", "values: [XA, NO], shared: place, ").replace(
        "values: [female, male], ", "values: [XA, XB], shared: place, "
    )
    with pytest.raises(SchemaError, match="share the domain place"):
        load_schema(both)


def test_decimals_are_those_of_the_edges_unless_given():
    ages = [
        load_schema(without_rules(changed("bins: [0, 9, 18, 100]", bins)))
        .table("victim")
        .column("age")
        .domain
        for bins in ("bins: [0, 9.25, 18]", "bins: [0, 9, 18], decimals: 1", "bins: [0, 1e1]")
    ]
    assert all(isinstance(age, NumberBins) for age in ages)
    assert [age.decimals for age in ages] == [2, 1, 0]
    assert ages[0].labels == ("0.00-9.24", "9.25-18.00")


def test_dates_may_list_their_edges():
    bins = "bins: [2010-01-01, 2010-02-01, 2012-01-01]"
    schema = load_schema(
        changed("bins: {from: 2010, to: 2011, by: year}", bins).replace(
            'else: "2010"', 'else: "2010-01-01/2010-01-31"'
        )
    )
    domain = schema.table("victim").column("seen").domain
    assert isinstance(domain, DateBins)
    assert domain.labels == ("2010-01-01/2010-01-31", "2010-02-01/2011-12-31")
    with pytest.raises(SchemaError, match="a day is expected"):
        load_schema(changed("{from: 2010, to: 2011, by: year}", "[2010-01-01, 2010-02-30]"))


def test_flag_columns_take_the_order_of_values_and_match_them():
    flags = "flags: {threats: m_thr, debt: m_debt}"
    schema = load_schema(changed('separator: ";"', flags))
    assert schema.table("victim").column("means").source_names == ("m_debt", "m_thr")
    for wrong in ("flags: {debt: a}", "flags: {debt: a, threats: b, other: c}"):
        with pytest.raises(SchemaError, match="one column for each value"):
            load_schema(changed('separator: ";"', wrong))


def test_a_long_list_of_errors_is_cut():
    columns = ", ".join(f"c{n}: {{kind: nothing}}" for n in range(30))
    text = f"synthcase: 1\nname: x\ntables: {{t: {{key: k, columns: {{{columns}}}}}}}\n"
    with pytest.raises(SchemaError, match="and 20 more"):
        load_schema(text)


@pytest.mark.parametrize(
    "text",
    ["a\n", "- a\n", "tables: x\n", "tables: {t: x}\n", "tables: {t: {columns: [{like: 1}]}}\n"],
)
def test_another_shape_is_refused_and_not_a_crash(text):
    with pytest.raises(SchemaError):
        load_schema(text)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path):
    with pytest.raises(FileProblem):
        load_schema(tmp_path / "none.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: é".encode("latin-1"))
    with pytest.raises(SchemaError, match=r"latin\.yaml is not UTF-8"):
        load_schema(path)
