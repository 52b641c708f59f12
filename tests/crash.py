"""A nursery of processes that can be killed: loaded once, forked for each run, ended by SIGKILL.

A run may be killed after some seconds, or before its n-th call that changes something on the disk.
The second way reaches every state that a killed process, or a power cut that keeps what was
synced, can leave behind.
"""

import json
import os
import subprocess
import sys

# Calls that change what the disk holds or what is known to be on it.
CALLS = ("write", "fsync", "link", "rename", "replace", "unlink", "mkdir", "ftruncate")

_NURSERY = """
import json, os, signal, sys, time
import duckdb, numpy, opendp.prelude, pandas, pyarrow.csv, pyarrow.parquet, safetensors.numpy
import synthcase.cli.app, synthcase.cli.boundary, synthcase.measurement, synthcase.model
import synthcase.pipeline, synthcase.planning, synthcase.records, synthcase.releasing
import synthcase.sampling, synthcase.sampling.writing, synthcase.releasing.verifying

import pytest, shelter
shelter.quick_fit(pytest.MonkeyPatch())
exec(os.environ["SYNTHCASE_TEST_MUTANT"])

def kill_before(number):
    done = [0]
    def watched(real):
        def call(*arguments, **options):
            done[0] += 1
            if done[0] == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **options)
        return call
    for name in %(calls)r:
        setattr(os, name, watched(getattr(os, name)))
    return done

def child(job):
    os.chdir(job["home"])
    said = os.open(job["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    done = kill_before(job["kill_before"])
    code = synthcase.cli.boundary.run(job["call"])
    sys.stdout.flush()
    sys.stderr.flush()
    with open(job["said"] + ".calls", "w") as file:
        file.write(str(done[0]))
    os._exit(code)

for line in sys.stdin:
    job = json.loads(line)
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        child(job)
    if job["kill_after"] is not None:
        time.sleep(job["kill_after"])
        os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    print(json.dumps({
        "code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - began,
        "peak": usage.ru_maxrss, "cpu": usage.ru_utime + usage.ru_stime,
    }), flush=True)
""" % {"calls": CALLS}  # noqa: UP031 - the script is full of braces


class Nursery:
    """Runs commands in processes that are cheap to start and may be killed.

    Args:
        mutant: Python text that breaks something before the first run.
    """

    def __init__(self, mutant=""):
        self._process = subprocess.Popen(
            [sys.executable, "-c", _NURSERY],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(sys.path),
                "SYNTHCASE_TEST_MUTANT": mutant,
                "OPENBLAS_NUM_THREADS": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)

    def run(self, call, *, home, said, kill_after=None, kill_before=0):
        """Run one command, and return exit code (−9 if killed), seconds, peak memory and CPU."""
        job = {
            "call": [str(part) for part in call],
            "home": str(home),
            "said": str(said),
            "kill_after": kill_after,
            "kill_before": kill_before,
        }
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())
