import gzip
from fractions import Fraction

import pytest
from folder import Column, FolderError, read_folder, read_frames, write_frames


def test_tables_fall_into_roots_look_ups_and_children(tiny):
    folder = read_folder(tiny)
    assert folder.name == "Tiny"
    assert folder.roots == ("Case", "helper")
    assert folder.lookups == ("country",)
    assert folder.measured == ("Case", "helper", "victim", "leg", "link")
    assert [relation.parent for relation in folder.parents("link")] == ["victim", "helper"]
    assert folder.parents("leg")[0].order == ("leg_no",)


def test_keys_and_order_columns_are_not_measured(tiny):
    folder = read_folder(tiny)
    assert folder.columns("Case") == ("colour", "year")
    assert folder.columns("victim") == ("sex",)
    assert folder.columns("leg") == ("day", "mode")
    assert folder.columns("link") == ("role",)


def test_values_stay_the_text_of_the_description(tiny):
    assert read_folder(tiny).tables["Case"].columns["colour"].values == ("red", "no")


def test_cells_are_text_and_empty_is_missing(tiny):
    frames = read_frames(read_folder(tiny))
    assert list(frames["victim"]["country"]) == ["XA", "XA", "XB", "", "XA", "NA"]
    assert list(frames["Case"]["year"]) == ["2000", "2020", "", "2010"]
    assert list(frames["helper"]["score"]) == ["0.5", "3.5", "2.00"]
    assert list(frames["leg"]["mode"]) == ["road", "sea", "road"]


def test_a_plain_name_finds_the_gzipped_file(tiny):
    plain = tiny / "victim.csv"
    text = plain.read_bytes()
    plain.unlink()
    (tiny / "victim.csv.gz").write_bytes(gzip.compress(text))
    assert len(read_frames(read_folder(tiny))["victim"]) == 6


def test_ten_bins_of_equal_width():
    column = Column(name="x", kind="real", low=Fraction("0.5"), high=Fraction("3.5"))
    assert len(column.edges) == 11
    assert column.edges[1] == Fraction("0.8")
    single = Column(name="x", kind="integer", low=Fraction(3), high=Fraction(3))
    assert single.states == 1


def test_written_tables_have_the_folders_own_names(tiny, tmp_path):
    folder = read_folder(tiny)
    frames = read_frames(folder)
    synthetic = {name: frame.iloc[::-1] for name, frame in frames.items() if name != "country"}
    synthetic["victim"] = synthetic["victim"].drop(columns="country").assign(extra="x")
    write_frames(folder, synthetic, tmp_path / "out")
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {
        "cases.csv", "victim.csv", "leg.csv.gz", "helper.csv", "link.csv", "country.csv",
    }  # fmt: skip
    assert (tmp_path / "out" / "cases.csv").read_text() == (
        "id,colour,year\nc4,no,2010\nc3,red,\nc2,no,2020\nc1,red,2000\n"
    )
    assert (
        (tmp_path / "out" / "victim.csv")
        .read_text()
        .startswith("victim_id,id,sex,country\nv6,c4,,\n")
    )
    assert (tmp_path / "out" / "country.csv").read_text() == (tiny / "country.csv").read_text()
    legs = gzip.decompress((tmp_path / "out" / "leg.csv.gz").read_bytes()).decode()
    assert legs == "victim_id,leg_no,day,mode\nv3,1,5,road\nv1,2,3,sea\nv1,1,0,road\n"


def test_the_real_tables_are_never_overwritten(tiny):
    folder = read_folder(tiny)
    with pytest.raises(FolderError, match="overwrite"):
        write_frames(folder, read_frames(folder), tiny)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("type: binary", "type: blob", "unknown type 'blob'"),
        ("min: 2000, ", "", "no `min` and `max`"),
        ("values: [f, m], ", "", "lists no values"),
        ("parent: helper", "parent: nobody", "'nobody', which is no table"),
    ],
)
def test_a_description_that_is_not_understood_is_refused(tiny, old, new, message):
    source = tiny / "domain.yaml"
    source.write_text(source.read_text().replace(old, new))
    with pytest.raises(FolderError, match=message):
        read_folder(tiny)


def test_what_is_absent_is_named(tiny, tmp_path):
    with pytest.raises(FolderError, match=r"domain\.yaml"):
        read_folder(tmp_path)
    (tiny / "helper.csv").write_text("helper_id\nh1\n")
    with pytest.raises(FolderError, match="helper has no column score"):
        read_frames(read_folder(tiny))
    (tiny / "helper.csv").unlink()
    with pytest.raises(FolderError, match=r"helper\.csv or helper\.csv\.gz"):
        read_frames(read_folder(tiny))
