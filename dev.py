"""The front door of this repository: `python dev.py demo`, `test`, `check` or `bench`.

Standard library only. The first run makes `.venv` and installs into it; later runs start at once,
until pyproject.toml or constraints.txt changes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
RUNTIME, DEV = "runtime", "dev"
PURPOSES = {RUNTIME: "synthcase", DEV: "working on synthcase"}
OLDEST_PYTHON = (3, 11)
HEARTBEAT = {True: 0.5, False: 15.0}  # seconds between signs of life, on a terminal and in a log


class Refusal(Exception):  # noqa: N818 - it is what we tell the person, not a bug
    """Something the person at the keyboard has to change; the message says what."""


def scripts_folder(environment: Path = VENV, *, windows: bool = os.name == "nt") -> Path:
    """Return the folder of programs inside a virtual environment."""
    return environment / ("Scripts" if windows else "bin")


def program(name: str, environment: Path = VENV, *, windows: bool = os.name == "nt") -> Path:
    """Return the path of a program inside a virtual environment."""
    return scripts_folder(environment, windows=windows) / (f"{name}.exe" if windows else name)


def fingerprint(root: Path = ROOT) -> str:
    """Return a hash of everything that decides what has to be installed, and where it points."""
    digest = hashlib.sha256(str(root).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def stamp(kind: str, environment: Path = VENV) -> Path:
    """Return the file that remembers which fingerprint was installed last."""
    return environment / f"synthcase-{kind}.stamp"


def is_current(kind: str, environment: Path = VENV, root: Path = ROOT) -> bool:
    """Tell whether the environment already holds this kind; what `dev` needs includes `runtime`."""
    wanted = fingerprint(root)
    files = [stamp(name, environment) for name in {kind, DEV}]
    return any(file.is_file() and file.read_text(encoding="utf-8") == wanted for file in files)


def child_environment() -> dict[str, str]:
    """Return the environment for programs we start: ours, less what would mix in another Python."""
    mixing = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    kept = {name: value for name, value in os.environ.items() if name not in mixing}
    path = os.pathsep.join([str(scripts_folder()), kept.get("PATH", os.defpath)])
    return {**kept, "PATH": path, "PYTHONUTF8": "1"}


def make_environment() -> None:
    """Make `.venv`, or accept the one that is there if its Python is new enough."""
    python = program("python")
    if not python.exists():
        print("making .venv", flush=True)
        existed = VENV.exists()
        try:
            venv.create(VENV, with_pip=True, symlinks=os.name != "nt")
        except (OSError, subprocess.CalledProcessError) as error:
            if not existed:
                shutil.rmtree(VENV, ignore_errors=True)
            hint = "On Debian and Ubuntu install the package python3-venv, then run this again."
            message = f"this Python ({sys.executable}) cannot make a virtual environment. {hint}"
            raise Refusal(message) from error
    needed = f"import sys, pip; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    if subprocess.run([python, "-c", needed], env=child_environment(), check=False).returncode:
        message = (
            "the folder .venv holds no pip, or a Python older than 3.11. "
            "Delete the folder and run this again."
        )
        raise Refusal(message)


def install(kind: str) -> None:
    """Install this repository into `.venv`, for running it (runtime) or for working on it (dev)."""
    if is_current(kind):
        return
    make_environment()
    for name in (RUNTIME, DEV):
        stamp(name).unlink(missing_ok=True)
    target = f"{ROOT}[dev]" if kind == DEV else str(ROOT)
    options = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    constraints = ["--constraint", str(ROOT / "constraints.txt")]
    pip = [str(program("python")), "-m", "pip", "install", *options, *constraints]
    watch([*pip, "--editable", target], label=f"installing what {PURPOSES[kind]} needs into .venv")
    stamp(kind).write_text(fingerprint(), encoding="utf-8")


def watch(command: list[str], *, label: str) -> None:
    """Run a program and show that it is alive; show its own words only if it fails."""
    print(label, flush=True)
    started = time.monotonic()
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=child_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            said = follow(process, started)
        except KeyboardInterrupt:
            process.terminate()
            raise
    if process.returncode != 0:
        sys.stderr.write("".join(said))
        message = f"{label}: this failed (exit code {process.returncode}); its own words are above."
        raise Refusal(message)
    print(f"done in {time.monotonic() - started:.0f} s", flush=True)


def forward(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    """Pass each line a program prints to a queue, and None at its end."""
    if process.stdout is not None:
        for line in process.stdout:
            lines.put(line)
    lines.put(None)


def follow(process: subprocess.Popen[str], started: float) -> list[str]:
    """Collect what a program prints until its end, with a sign of life now and then."""
    lines: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=forward, args=(process, lines), daemon=True)
    reader.start()
    terminal = sys.stdout.isatty()
    said: list[str] = []
    shown = time.monotonic()
    while True:
        try:
            line = lines.get(timeout=HEARTBEAT[terminal])
        except queue.Empty:
            line = ""
        if line is None:
            break
        if line:
            said.append(line)
        if time.monotonic() - shown >= HEARTBEAT[terminal]:
            shown = time.monotonic()
            show_progress(said, shown - started, terminal=terminal)
    reader.join()
    if terminal:
        print(f"\r{' ' * width()}\r", end="", flush=True)
    return said


def show_progress(said: list[str], seconds: float, *, terminal: bool) -> None:
    """Print how far pip has come: packages looked at, seconds, and what it does now."""
    starts = ("Collecting ", "Requirement already satisfied")
    looked_at = sum(line.startswith(starts) for line in said)
    now = said[-1].strip() if said else "starting pip"
    text = f"  {seconds:4.0f} s  {looked_at} packages  {now}"
    if terminal:
        print(f"\r{text[: width()].ljust(width())}", end="", flush=True)
    else:
        print(text[:100], flush=True)


def width() -> int:
    """Return how many characters fit on one line of the terminal."""
    return shutil.get_terminal_size().columns - 1


def run(*command: str | Path, inside: Path | None = ROOT) -> int:
    """Run a program of the environment and return its exit code."""
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=inside, env=child_environment(), check=False).returncode


def demo(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Run the whole journey on made-up cases."""
    install(RUNTIME)
    out = ["--out", arguments.out] if arguments.out else []
    return run(program("python"), "-m", "synthcase", "demo", *out, *rest, inside=None)


def test(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Run the tests; further arguments go to pytest."""
    install(DEV)
    which = ["-m", "slow or not slow"] if arguments.slow else []
    spread = ["-n", "auto", "--maxprocesses", "4"]
    return run(program("python"), "-m", "pytest", *spread, *which, *rest)


def check(_: argparse.Namespace, rest: list[str]) -> int:
    """Run every check a change must pass, and name those that fail."""
    if rest:
        message = f"check takes no arguments, but got: {' '.join(rest)}"
        raise Refusal(message)
    install(DEV)
    python = program("python")
    checks: list[tuple[str, list[str | Path]]] = [
        ("format", [python, "-m", "ruff", "format", "--check", "--quiet", "."]),
        ("lint", [python, "-m", "ruff", "check", "--quiet", "."]),
        ("types", [python, "-m", "mypy", "--strict", "src"]),
        ("imports", [program("lint-imports"), "--no-logo"]),
        ("docstrings", [program("interrogate"), "--config", "pyproject.toml", "src"]),
        ("sizes", [python, "tools/check_sizes.py"]),
        ("names", [python, "tools/check_names.py"]),
    ]
    failed = [name for name, command in checks if not passes(name, command)]
    print(f"failed: {', '.join(failed)}" if failed else "all checks hold", flush=True)
    return 1 if failed else 0


def passes(name: str, command: list[str | Path]) -> bool:
    """Run one check, say how it went, and show its words if it failed."""
    result = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=child_environment(),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    held = result.returncode == 0
    print(f"{'ok  ' if held else 'FAIL'}  {name}", flush=True)
    if not held:
        print(result.stdout, flush=True)
    return held


def bench(_: argparse.Namespace, rest: list[str]) -> int:
    """Run the benchmarks; further arguments go to them."""
    script = ROOT / "benchmarks" / "run.py"
    if not script.is_file():
        message = "there are no benchmarks yet: benchmarks/run.py does not exist"
        raise Refusal(message)
    install(DEV)
    return run(program("python"), script, *rest)


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    about = (__doc__ or "").splitlines()[0]
    front = argparse.ArgumentParser(prog="dev.py", description=about, allow_abbrev=False)
    commands = front.add_subparsers(dest="command", required=True, metavar="COMMAND")
    entry = commands.add_parser("demo", help="the whole journey on made-up cases")
    entry.add_argument("--out", metavar="DIR", help="folder to write to")
    entry.set_defaults(act=demo)
    entry = commands.add_parser("test", help="the tests; what follows goes to pytest")
    entry.add_argument("--slow", action="store_true", help="the slow ones too")
    entry.set_defaults(act=test)
    entry = commands.add_parser("check", help="format, lint, types, imports, docstrings, sizes")
    entry.set_defaults(act=check)
    entry = commands.add_parser("bench", help="the benchmarks; what follows goes to them")
    entry.set_defaults(act=bench)
    return front


def main(words: list[str] | None = None) -> int:
    """Carry out one command and return its exit code."""
    if sys.version_info < OLDEST_PYTHON:
        print(f"dev.py: Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
        return 2
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console of Windows may lack a character
    arguments, rest = parser().parse_known_args(words)
    try:
        code: int = arguments.act(arguments, rest)
    except Refusal as refusal:
        print(f"dev.py: {refusal}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ndev.py: stopped", file=sys.stderr)
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
