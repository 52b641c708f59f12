"""A hostile, broken or foreign file at any command: a clear error of ours, quickly, and no trace.

Each run is a process of its own, so that its memory and time can be measured. It must end with an
exit code of ours and a message of ours, within two seconds of computing and 512 MB, and leave every
file as it was.
"""

import os
import shutil

import pytest

import casefiles
import hostile
import shelter
from crash import Nursery

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX only")

SECONDS = 2.0
KILOBYTES = 512 * 1024
EVERY = 6
"""In the quick run one file in so many is tried."""


@pytest.fixture(scope="module")
def nursery():
    with Nursery() as running:
        yield running


@pytest.fixture(scope="module")
def settled(tmp_path_factory, nursery):
    """A folder in which every command has been run once."""
    top = tmp_path_factory.mktemp("hostile")
    home = shelter.settle(top / "house", shelter.TABLES)
    for call in shelter.commands("records"):
        end = nursery.run(call, home=home, said=top / "said.txt")
        assert end["code"] == 0, (top / "said.txt").read_text()
    return home


@pytest.fixture
def house(settled):
    """The same folder, with an empty place for bad files."""
    shutil.rmtree(settled / "bad", ignore_errors=True)
    (settled / "bad").mkdir()
    return settled


def refused(nursery, home, call, *, codes=(1, 2, 3, 4)):
    """Run a command on what must be refused, and return what it said."""
    said = home.parent / "said.txt"
    before = state(home)
    end = nursery.run(call, home=home, said=said)
    text = said.read_text(errors="replace")
    assert end["code"] in codes, (end, text[-2000:])
    assert "This is a bug" not in text, text[-2000:]
    assert "Traceback" not in text
    assert end["cpu"] < SECONDS, end
    assert end["peak"] < KILOBYTES, end
    assert len(text) < 20_000
    assert state(home) == before
    return text


def state(home):
    return {
        path: (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in home.parent.rglob("*")
        if path.name not in ("said.txt", "said.txt.calls") and path.is_file()
    }


def sliced(files, *, every):
    return [pair for at, pair in enumerate(files) if at % every == 0]


def put(home, name, data):
    path = home / "bad" / name
    path.write_bytes(data)
    return f"bad/{name}"


@pytest.fixture(params=[EVERY, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def every(request):
    return request.param


LEDGER = ["--ledger", "ledger"]
SCHEMA_CALLS = {
    "plan": lambda bad: ["plan", "--schema", bad, "--epsilon", "4", "--out", "made"],
    "check": lambda bad: ["check", "records", "--schema", bad],
    "release": lambda bad: [
        "release", "records", "--schema", bad, "--epsilon", "1", *LEDGER, "--out", "made", "--yes",
    ],
}  # fmt: skip


def test_schemas(house, nursery, every):
    for number, (name, data) in enumerate(hostile.schemas()):
        if number % every:
            continue
        bad = put(house, "schema.yaml", data)
        for command, call in SCHEMA_CALLS.items():
            if command == "plan" or every == 1:
                text = refused(nursery, house, call(bad))
                assert text.startswith("synthcase: "), (name, command, text)
    assert not (house / "made").exists()


@pytest.mark.slow
def test_devices_pipes_and_folders_in_place_of_a_file(house, nursery):
    os.mkfifo(house / "bad" / "pipe")
    for bad in ("/dev/zero", "bad/pipe", "bad", "nowhere", "bad/" + "x" * 300):
        for call in (
            *(call(bad) for call in SCHEMA_CALLS.values()),
            ["measure", "records", "--plan", bad, *LEDGER, "--out", "made"],
            ["fit", bad, "--out", "made"],
            ["sample", bad, "--out", "made"],
            ["verify", bad],
            ["ledger", "show", bad],
        ):
            refused(nursery, house, call)
    (house / "bad" / "pipe").unlink()


PLAN_CALLS = [
    lambda bad: ["measure", "records", "--plan", bad, *LEDGER, "--out", "made", "--yes"],
    lambda bad: ["fit", "stages/measurements.json", "--plan", bad, "--out", "made"],
    lambda bad: [
        "package", "stages/model.safetensors", "--measurements", "stages/measurements.json",
        "--plan", bad, "--out", "made",
    ],
]  # fmt: skip
MEASUREMENTS_CALLS = [
    lambda bad: ["fit", bad, "--plan", "stages/plan.json", "--out", "made"],
    lambda bad: [
        "package", "stages/model.safetensors", "--measurements", bad, "--plan",
        "stages/plan.json", "--out", "made",
    ],
]  # fmt: skip
MODEL_CALLS = [
    lambda bad: ["sample", bad, "--out", "made"],
    lambda bad: [
        "package", bad, "--measurements", "stages/measurements.json", "--out", "made",
    ],
]  # fmt: skip


@pytest.mark.parametrize(
    ("good", "files", "calls"),
    [
        ("stages/plan.json", hostile.json_files, PLAN_CALLS),
        ("stages/measurements.json", hostile.json_files, MEASUREMENTS_CALLS),
        ("stages/model.safetensors", hostile.models, MODEL_CALLS),
    ],
    ids=["plan", "measurements", "model"],
)
def test_files_between_the_stages(house, nursery, every, good, files, calls):
    for name, data in sliced(files((house / good).read_bytes()), every=every):
        bad = put(house, "file.json", data)
        for call in calls[: 1 if every > 1 else None]:
            text = refused(nursery, house, call(bad))
            assert text.partition("\n")[0].startswith(("synthcase: ", "read")), (name, text)
    assert not (house / "made").exists()


@pytest.mark.parametrize("size", [2**31, 2**28 + 1, 2**27 + 1, 2**26 + 1])
def test_files_that_are_too_large(house, nursery, size):
    path = house / "bad" / "large"
    path.touch()
    os.truncate(path, size)
    for call in (PLAN_CALLS[0], MEASUREMENTS_CALLS[0], MODEL_CALLS[0], SCHEMA_CALLS["plan"]):
        refused(nursery, house, call("bad/large"))
    path.unlink()


def test_ledgers(house, nursery, every):
    good = (house / "ledger" / "ledger.jsonl").read_bytes()
    for name, data in sliced(hostile.ledgers(good), every=every):
        folder = house / "bad" / "ledger"
        shutil.copytree(house / "ledger", folder)
        (folder / "ledger.jsonl").write_bytes(data)
        calls = [
            ["ledger", "show", "bad/ledger"],
            ["ledger", "verify", "bad/ledger"],
            ["ledger", "raise", "bad/ledger", "--cap", "200", "--set-by", "a", "--reason", "b"],
            ["release", "records", "--schema", "schema.yaml", "--epsilon", "1", "--ledger",
             "bad/ledger", "--out", "made", "--yes"],
        ]  # fmt: skip
        for call in calls[: 1 if every > 1 else None]:
            text = refused(nursery, house, call, codes=(3,))
            assert text.startswith("synthcase: "), (name, text)
        shutil.rmtree(folder)


def test_releases(house, nursery, every):
    names = ["manifest.json", "plan.json", "measurements.json", "model.safetensors"]
    for name in names:
        good = (house / "release" / name).read_bytes()
        files = hostile.models(good) if name.endswith("safetensors") else hostile.json_files(good)
        for _, data in sliced(files, every=every * 2):
            folder = house / "bad" / "release"
            shutil.copytree(house / "release", folder)
            (folder / name).write_bytes(data)
            refused(nursery, house, ["verify", "bad/release"], codes=(2, 4))
            shutil.rmtree(folder)


def test_a_manifest_whose_names_lead_elsewhere(house, nursery):
    import json

    folder = house / "bad" / "release"
    shutil.copytree(house / "release", folder)
    good = json.loads((folder / "manifest.json").read_bytes())
    entry = good["files"]["plan.json"]
    for name in ("../../schema.yaml", "/etc/hostname", "a\\..\\b", "nul", "x:y", ".", "data"):
        changed = {**good, "files": {**good["files"], name: entry}}
        text = json.dumps(changed, sort_keys=True, separators=(",", ":"))
        (folder / "manifest.json").write_bytes(text.encode() + b"\n")
        refused(nursery, house, ["verify", "bad/release"], codes=(4,))
    shutil.rmtree(folder)


def test_links_inside_a_release(house, nursery):
    folder = house / "bad" / "release"
    shutil.copytree(house / "release", folder)
    (folder / "plan.json").unlink()
    (folder / "plan.json").symlink_to(house / "release" / "plan.json")
    refused(nursery, house, ["verify", "bad/release"], codes=(4,))
    shutil.rmtree(folder)
    folder.symlink_to(house / "release")
    refused(nursery, house, ["verify", "bad/release"], codes=(2,))
    folder.unlink()


def record_calls(data):
    release = ["release", data, "--schema", "schema.yaml", "--epsilon", "1", *LEDGER]
    return [
        ["check", data, "--schema", "schema.yaml"],
        ["measure", data, "--plan", "stages/plan.json", *LEDGER, "--out", "stages/x", "--yes"],
        [*release, "--out", "made", "--yes"],
    ]


def test_records(house, nursery, every):
    good = shelter.TABLES["victim"]
    for name, file, data in sliced(hostile.records(good), every=every):
        folder = shelter.write_csv(house / "bad" / "records", shelter.TABLES)
        (folder / "victim.csv").unlink()
        (folder / file).write_bytes(data)
        for call in record_calls("bad/records")[: 1 if every > 1 else None]:
            text = refused(nursery, house, call, codes=(1, 2))
            assert "victim" in text, name
        shutil.rmtree(folder)


@pytest.mark.parametrize("kind", ["sqlite", "duckdb", "parquet"])
def test_databases(house, nursery, every, kind):
    made = casefiles.SOURCES[kind](house / "bad", shelter.TABLES)
    path = made / "victim.parquet" if kind == "parquet" else made
    good = path.read_bytes()
    parts = [good[: len(good) * part // 8] for part in range(1, 8)]
    middle = len(good) // 2
    broken = [*parts, good[:100] + b"\0" * 4000 + good[4100:], good[:middle] + good[middle + 7 :]]
    # What begins like no database at all is refused by its first bytes.
    for data in [b"", b"\0" * 20, *broken][:: 3 if every > 1 else 1]:
        path.write_bytes(data)
        source = str((made if kind == "parquet" else path).relative_to(house))
        for call in record_calls(source)[: 1 if every > 1 else None]:
            refused(nursery, house, call, codes=(1, 2))
    shutil.rmtree(made) if kind == "parquet" else path.unlink()


OUTPUTS = {
    "plan": lambda out: ["plan", "--schema", "schema.yaml", "--epsilon", "4", "--out", out],
    "draft": lambda out: ["draft", "records", "--out", out],
    "measure": lambda out: [
        "measure", "records", "--plan", "stages/plan.json", *LEDGER, "--out", out, "--yes",
    ],
    "fit": lambda out: [
        "fit", "stages/measurements.json", "--plan", "stages/plan.json", "--out", out,
    ],
    "sample": lambda out: ["sample", "stages/model.safetensors", "--out", out],
    "package": lambda out: [
        "package", "stages/model.safetensors", "--measurements", "stages/measurements.json",
        "--plan", "stages/plan.json", "--out", out,
    ],
    "release": lambda out: [
        "release", "records", "--schema", "schema.yaml", "--epsilon", "1", *LEDGER, "--out", out,
        "--yes",
    ],
    "ledger": lambda out: [
        "ledger", "new", out, "--population", "a", "--cap", "4", "--set-by", "b",
    ],
    "demo": lambda out: ["demo", "--out", out],
}  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        "measure",
        "package",
        *(
            pytest.param(c, marks=pytest.mark.slow)
            for c in OUTPUTS
            if c not in ("measure", "package")
        ),
    ],
)
def test_a_link_where_the_output_shall_be(house, nursery, command):
    elsewhere = house.parent / "elsewhere"
    shutil.rmtree(elsewhere, ignore_errors=True)
    elsewhere.mkdir()
    (elsewhere / "file").write_text("mine")
    (elsewhere / "folder").mkdir()
    for target in ("file", "folder", "free"):
        link = house / "bad" / "link"
        link.symlink_to(elsewhere / target)
        calls = [OUTPUTS[command]("bad/link")]
        if command not in ("sample", "ledger", "demo"):
            calls.append([*calls[0], "--replace"])
        for call in calls:
            refused(nursery, house, call, codes=(2,))
        link.unlink()
        assert sorted(path.name for path in elsewhere.iterdir()) == ["file", "folder"]
        assert (elsewhere / "file").read_text() == "mine"
    shutil.rmtree(elsewhere)


@pytest.mark.slow
def test_a_run_that_takes_too_much_is_noticed(house):
    greedy = "import synthcase.planning.planner as p\nreal = p.layout_of\n"
    for waste in ("b'x' * 2**29", "[number * number for number in range(2 * 10**7)] and 0"):
        mutant = (
            f"{greedy}def waste(schema):\n    {waste}\n    return real(schema)\np.layout_of=waste"
        )
        with Nursery(mutant) as running, pytest.raises(AssertionError):
            refused(running, house, OUTPUTS["plan"]("made"), codes=(0,))
        (house / "made").unlink(missing_ok=True)
