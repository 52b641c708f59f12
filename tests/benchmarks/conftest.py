import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

CASES = """
dataset: Tiny
privacy_unit: one case
tables:
  Case:
    file: cases.csv
    rows: 4
    primary_key: id
    columns:
      id: {type: key, nullable: false}
      colour: {type: categorical, values: [red, no], nullable: false, domain_source: data}
      year: {type: integer, min: 2000, max: 2020, nullable: true, domain_source: codebook}
  victim:
    file: victim.csv
    rows: 8
    primary_key: victim_id
    columns:
      victim_id: {type: key, nullable: false}
      id: {type: key, nullable: false}
      sex: {type: binary, values: [f, m], nullable: true}
      country: {type: key, nullable: true}
  leg:
    file: leg.csv.gz
    rows: 16
    primary_key: [victim_id, leg_no]
    columns:
      victim_id: {type: key, nullable: false}
      leg_no: {type: integer, min: 1, max: 6, nullable: false}
      day: {type: integer, min: 0, max: 5, nullable: false}
      mode: {type: ordinal, values: [road, sea], nullable: false}
  helper:
    file: helper.csv
    rows: 3
    primary_key: helper_id
    columns:
      helper_id: {type: key, nullable: false}
      score: {type: real, min: 0.5, max: 3.5, nullable: false}
  link:
    file: link.csv
    rows: 5
    primary_key: [victim_id, helper_id]
    columns:
      victim_id: {type: key, nullable: false}
      helper_id: {type: key, nullable: false}
      role: {type: categorical, values: [a, b, unknown], nullable: true}
  country:
    file: country.csv
    rows: 2
    primary_key: iso
    columns:
      iso: {type: key, nullable: false}
      region: {type: categorical, values: [north, south], nullable: false}
relations:
- {child: victim, child_key: id, parent: Case, parent_key: id, note: 1 to many}
- {child: leg, child_key: victim_id, parent: victim, parent_key: victim_id, note: ordered by leg_no}
- {child: link, child_key: victim_id, parent: victim, parent_key: victim_id}
- {child: link, child_key: helper_id, parent: helper, parent_key: helper_id}
- {child: victim, child_key: country, parent: country, parent_key: iso, note: lookup}
"""

FILES = {
    "cases.csv": "id,colour,year\nc1,red,2000\nc2,no,2020\nc3,red,\nc4,no,2010.0\n",
    "victim.csv": "victim_id,id,sex,country\n"
    "v1,c1,f,XA\nv2,c1,f,XA\nv3,c2,m,XB\nv4,c2,f,\nv5,c2,m,XA\nv6,c4,,NA\n",
    "leg.csv.gz": "victim_id,leg_no,day,mode\nv1,1,0,road\nv1,2,3,sea\nv3,1,5,road\n",
    "helper.csv": "helper_id,score\nh1,0.5\nh2,3.5\nh3,2.00\n",
    "link.csv": "victim_id,helper_id,role\nv1,h1,a\nv2,h1,b\nv3,h2,\nv6,h1,unknown\n",
    "country.csv": "iso,region\nXA,north\nXB,south\nNA,south\n",
}


def write(path, domain, files):
    import gzip

    (path / "domain.yaml").write_text(domain, encoding="utf-8")
    for name, text in files.items():
        data = text.encode()
        (path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


@pytest.fixture
def tiny(tmp_path):
    """A folder with every form: two levels, an order, a second root, a link, a look-up, gzip."""
    target = tmp_path / "tiny"
    target.mkdir()
    return write(target, CASES, FILES)


@pytest.fixture
def households(tmp_path):
    """A larger invented folder: members of a household are alike, and like their household."""
    import numpy as np

    rng = np.random.default_rng(5)
    cases, rows, number = ["home,kind,size"], ["person,home,taste,mood"], 0
    for home in range(600):
        kind = rng.integers(3)
        children = int(kind) + 1
        taste = rng.integers(4)
        cases.append(f"h{home},{'xyz'[kind]},{'sml'[kind]}")
        for _ in range(children):
            mood = rng.choice(4, p=[0.1, 0.2, 0.3, 0.4])
            rows.append(f"p{number},h{home},{taste if rng.random() < 0.9 else mood},{mood}")
            number += 1
    domain = """
dataset: homes
tables:
  home:
    file: home.csv
    rows: 600
    primary_key: home
    columns:
      home: {type: key, nullable: false}
      kind: {type: categorical, values: [x, y, z], nullable: false}
      size: {type: ordinal, values: [s, m, l], nullable: false}
  person:
    file: person.csv
    rows: 1200
    primary_key: person
    columns:
      person: {type: key, nullable: false}
      home: {type: key, nullable: false}
      taste: {type: integer, min: 0, max: 3, nullable: false}
      mood: {type: categorical, values: [0, 1, 2, 3], nullable: false}
relations:
- {child: person, child_key: home, parent: home, parent_key: home, note: 1 to many}
"""
    target = tmp_path / "homes"
    target.mkdir()
    files = {"home.csv": "\n".join(cases) + "\n", "person.csv": "\n".join(rows) + "\n"}
    return write(target, domain, files)
