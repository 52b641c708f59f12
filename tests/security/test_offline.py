"""Every command runs with the network blocked, and none tries to use it."""

import os
import subprocess
import sys

import pytest

import casefiles
import shelter

# Whatever opens a socket through Python meets the hook, however it got at the class.
BLOCKED = """
import json, socket, sys

tried = []

def refuse(event, arguments):
    if event.startswith("socket."):
        tried.append(event)
        raise OSError("the network is blocked")

class Socket:
    def __init__(self, *_, **__):
        tried.append("socket.socket")
        raise OSError("the network is blocked")

socket.socket = Socket
sys.addaudithook(refuse)

import pytest, shelter, synthcase.cli.boundary
{mutant}
with pytest.MonkeyPatch.context() as monkeypatch:
    shelter.quick_fit(monkeypatch)
    said = [shelter.say(call) for call in json.loads(sys.stdin.read())]
json.dump([tried, said], sys.stdout)
"""
A_CALL_HOME = """
import synthcase.measurement.measuring as measuring, urllib.request
real = measuring.count
def count(*arguments, **options):
    try:
        urllib.request.urlopen("http://192.0.2.1/", timeout=1)
    except OSError:
        pass
    return real(*arguments, **options)
measuring.count = count
"""


def run_blocked(home, calls, *, mutant=""):
    import json

    done = subprocess.run(
        [sys.executable, "-c", BLOCKED.replace("{mutant}", mutant)],
        cwd=home,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        input=json.dumps(calls),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def every_command(data):
    draft = ["draft", data, "--out", "draft.yaml"]
    check = ["check", data, "--schema", "schema.yaml"]
    raise_cap = ["ledger", "raise", "ledger", "--cap", "1000", "--set-by", "A", "--reason", "why"]
    return [
        ["--version"], ["--help"], ["--info"], ["schema-json"], draft, check,
        *shelter.commands(data), raise_cap, ["verify", "nowhere"], ["plan"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "kind", ["csv", *(pytest.param(k, marks=pytest.mark.slow) for k in ("sqlite", "duckdb"))]
)
def test_no_command_needs_or_tries_the_network(tmp_path, kind):
    shelter.settle(tmp_path, {})
    data = casefiles.SOURCES[kind](tmp_path / "records", shelter.TABLES)
    tried, said = run_blocked(tmp_path, every_command(str(data)))
    assert tried == []
    assert [code for _, code, _, _ in said][-2:] == [2, 2]
    assert [code for _, code, _, _ in said][:-2] == [0] * (len(said) - 2), said


@pytest.mark.slow
def test_the_demonstration_needs_no_network(tmp_path):
    tried, said = run_blocked(tmp_path, [["demo", "--out", "demo"]])
    assert tried == []
    assert said[0][1] == 0, said


def test_a_call_home_is_noticed(tmp_path):
    shelter.settle(tmp_path, shelter.TABLES)
    tried, _ = run_blocked(tmp_path, shelter.commands("records")[:4], mutant=A_CALL_HOME)
    assert tried != []
