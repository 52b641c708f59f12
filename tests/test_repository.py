"""What holds for the repository as a whole: the façade, the rooms, the files and the runner."""

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import synthcase

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "synthcase"

FACADE = [
    "Ledger",
    "check",
    "datasets",
    "draft",
    "errors",
    "fit",
    "load_release",
    "load_schema",
    "measure",
    "package",
    "plan",
    "read",
    "release",
    "sample",
    "verify",
]
HEAVY = {"duckdb", "matplotlib", "narwhals", "numpy", "opendp", "pandas", "pyarrow", "scipy"}


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, ROOT / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


check_names = load(Path("tools/check_names.py"))
check_sizes = load(Path("tools/check_sizes.py"))
dev = load(Path("dev.py"))


def python(code, *, path=ROOT / "src", inside=ROOT):
    environment = {**os.environ, "PYTHONPATH": str(path)}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=inside,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


class TestFacade:
    def test_the_list_is_exact_and_sorted(self):
        assert synthcase.__all__ == FACADE
        assert sorted(FACADE) == FACADE
        assert set(synthcase._EXPORTS) == set(FACADE)

    def test_dir_shows_the_list_and_the_version(self):
        assert dir(synthcase) == sorted([*FACADE, "__version__"])

    @pytest.mark.parametrize("name", FACADE)
    def test_each_name_is_what_it_says(self, name):
        value = getattr(synthcase, name)
        module, _, attribute = synthcase._EXPORTS[name].partition(":")
        loaded = importlib.import_module(module)
        assert value is (getattr(loaded, attribute) if attribute else loaded)

    @pytest.mark.parametrize("name", sorted(set(FACADE) - {"datasets", "errors"}))
    def test_each_name_is_documented(self, name):
        assert getattr(synthcase, name).__doc__

    def test_an_unknown_name_is_refused_with_the_known_ones(self):
        with pytest.raises(AttributeError, match=r"no attribute 'synthesise'.*load_schema"):
            _ = synthcase.synthesise

    def test_no_room_is_called_like_a_verb(self):
        rooms = {path.stem for path in SOURCE.iterdir()}
        assert rooms & set(FACADE) == {"datasets", "errors"}

    def test_the_version_is_the_one_in_the_changelog(self):
        versions = re.findall(r"^## \[([0-9.]+)\]", read("CHANGELOG.md"), flags=re.MULTILINE)
        assert synthcase.__version__ == versions[0]


class TestLightImports:
    def test_importing_the_package_loads_nothing_heavy(self):
        assert loaded_heavies("import synthcase") == set()

    def test_help_loads_nothing_heavy(self):
        code = (
            "import contextlib, io, sys\n"
            "from synthcase.cli import main\n"
            "sys.argv = ['synthcase', '--help']\n"
            "with contextlib.redirect_stdout(io.StringIO()) as said:\n"
            "    try:\n"
            "        main()\n"
            "    except SystemExit as end:\n"
            "        assert not end.code, end.code\n"
            "assert 'demo' in said.getvalue()"
        )
        assert loaded_heavies(code) == set()


def loaded_heavies(code):
    result = python(f"{code}\nimport sys\nprint(*sys.modules)")
    assert result.returncode == 0, result.stderr
    return {name.partition(".")[0] for name in result.stdout.split()} & HEAVY


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


class TestFiles:
    def test_no_file_names_a_machine_a_registry_or_a_tool(self):
        found = []
        for path in check_names.committed(ROOT):
            text = path.read_text(encoding="utf-8", errors="ignore")
            found += check_names.forbidden_words(path.relative_to(ROOT).as_posix(), text)
        assert found == []

    @pytest.mark.parametrize(
        "line",
        [
            "see /" + "work/main/x.py",
            "open('/" + "home/ana/records.csv')",
            "C:" + "\\Users\\ana",
            "https://py" + "pi.org/simple",
            "https://files.python" + "hosted.org/x.whl",
            "written with Cl" + "aude",
            "an illegal " + "migrant",
        ],
    )
    def test_what_no_file_may_hold_is_found(self, line):
        assert len(list(check_names.forbidden_words("x.md", f"fine\n{line}\n"))) == 1

    def test_files_are_found_without_git_too(self, tmp_path, monkeypatch):
        for name in (".venv/x.py", "docs/x.md"):
            (tmp_path / name).parent.mkdir()
            (tmp_path / name).touch()
        monkeypatch.setenv("PATH", "")
        assert check_names.committed(tmp_path) == [tmp_path / "docs" / "x.md"]

    @pytest.mark.parametrize("line", ["casework/main", "out/work/x", "network/root/", "a homework"])
    def test_what_only_looks_like_it_is_left_alone(self, line):
        assert list(check_names.forbidden_words("x.md", line)) == []

    def test_constraints_pin_every_dependency_and_name_no_host(self):
        pins = read("constraints.txt").lower()
        assert "://" not in pins
        pinned = set(re.findall(r"^([a-z0-9._-]+)==", pins, flags=re.MULTILINE))
        project = tomllib.loads(read("pyproject.toml"))["project"]
        wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
        assert {re.match(r"[\w.-]+", line).group().lower() for line in wanted} <= pinned

    def test_reasons_stand_beside_every_rule_switched_off(self):
        lint = read("pyproject.toml").partition("[tool.ruff.lint]\n")[2].partition("\n[tool.i")[0]
        codes = re.findall(r'^  "[A-Z]+\d*",.*$', lint, flags=re.MULTILINE)
        assert len(codes) > 10
        assert [line for line in codes if not re.search(r'",\s+# \S', line)] == []


class TestMirror:
    def test_every_module_has_its_tests(self):
        assert list(check_names.missing_tests(ROOT)) == []

    def test_a_module_without_tests_is_found(self, tmp_path):
        room = tmp_path / "src" / "synthcase" / "model"
        room.mkdir(parents=True)
        (room / "__init__.py").write_text('"""Passes names on."""\n')
        (room / "classes.py").write_text('"""Something."""\n')
        (found,) = check_names.missing_tests(tmp_path)
        assert "tests/model/test_classes.py" in found

    def test_nobody_takes_a_verb_from_the_facade(self):
        text = "from synthcase import __version__, errors\nfrom synthcase import read\n"
        (found,) = check_names.through_the_facade("model/x.py", text)
        assert "model/x.py:2: imports read" in found

    @pytest.mark.parametrize(
        "line",
        [
            "import numpy as np; np.random.default_rng()",
            "def draw(sigma, seed): ...",
            "from numpy.random import PCG64",
        ],
    )
    def test_a_seed_in_the_privacy_room_is_found(self, line):
        assert list(check_names.seeded_noise("noise.py", line))


class TestSizes:
    def test_sizes_hold(self):
        assert check_sizes.main() == 0

    def test_a_long_function_is_found_and_a_long_docstring_is_not(self):
        docstring = '    """Say.\n' + "    more\n" * 60 + '    """\n'
        short = "def f():\n" + docstring + "\n    # why\n" + "    g()\n" * 39
        assert list(check_sizes.too_big("x.py", short)) == []
        assert len(list(check_sizes.too_big("x.py", short + "    g()\n"))) == 1

    def test_a_long_class_and_a_long_module_are_found(self):
        text = "class A:\n" + "    x = 1\n" * 150 + "y = 1\n" * 150
        found = list(check_sizes.too_big("x.py", text))
        assert [sentence.partition(" ")[0] for sentence in found] == ["x.py:", "x.py:1:"]


def lint_imports(folder, *contracts):
    arguments = ["--no-cache", "--no-logo"]
    for contract in contracts:
        arguments += ["--contract", contract]
    code = (
        "import sys; from importlinter.cli import lint_imports_command as lint\n"
        f"sys.argv = ['lint-imports', *{arguments!r}]; lint()"
    )
    return python(code, path=folder / "src", inside=folder)


@pytest.fixture
def copy(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCE, tmp_path / "src" / "synthcase", ignore=ignored)
    return tmp_path


def plant(folder, module, line):
    path = folder / "src" / "synthcase" / f"{module}.py"
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{old}\n{line}\n", encoding="utf-8")


class TestImportContracts:
    def test_they_hold(self):
        result = lint_imports(ROOT)
        assert result.returncode == 0, result.stdout

    @pytest.mark.parametrize(
        ("contract", "module", "line"),
        [
            ("layers", "core/planted", "import synthcase.schema"),
            ("layers", "records/planted", "from synthcase.model import fit"),
            ("after-the-noise", "sampling/planted", "import synthcase.records"),
            ("after-the-noise", "releasing/planted", "import synthcase.privacy.noise"),
            ("before-the-records", "planning/planted", "import synthcase.records"),
            ("one-place-draws-noise", "pipeline/planted", "import synthcase.privacy.noise"),
            ("noise-has-no-seed", "privacy/planted", "import random"),
            ("simulated-cases", "datasets/planted", "import synthcase.plans"),
            ("duckdb", "schema/planted", "import duckdb"),
            ("opendp", "measurement/planted", "import opendp.prelude"),
            ("typer", "pipeline/planted", "import typer"),
            ("matplotlib", "model/planted", "import matplotlib.figure"),
        ],
    )
    def test_one_wrong_import_breaks_them(self, copy, contract, module, line):
        plant(copy, module, line)
        result = lint_imports(copy, contract)
        assert result.returncode == 1
        assert "BROKEN" in result.stdout

    def test_a_detour_to_a_record_is_found(self, copy):
        plant(copy, "core/planted", "import synthcase.records")
        plant(copy, "model/planted", "import synthcase.core.planted")
        result = lint_imports(copy, "after-the-noise")
        assert result.returncode == 1
        assert "synthcase.core.planted" in result.stdout

    def test_the_facade_may_name_every_room_for_type_checkers(self, copy):
        plant(copy, "__init__", "if False:\n    from synthcase.records import read as read")
        plant(copy, "core/planted", "from synthcase import __version__")
        result = lint_imports(copy, "layers", "after-the-noise", "simulated-cases")
        assert result.returncode == 0, result.stdout

    def test_a_room_without_a_place_is_found(self, copy):
        (copy / "src" / "synthcase" / "newroom").mkdir()
        plant(copy, "newroom/__init__", '"""A room nobody placed."""')
        result = lint_imports(copy, "layers")
        assert result.returncode == 1
        assert "newroom" in result.stdout


class TestRunner:
    def test_it_uses_the_standard_library_only(self):
        imported = re.findall(r"^(?:import|from) (\w+)", read("dev.py"), flags=re.MULTILINE)
        assert set(imported) <= {*sys.stdlib_module_names}

    def test_programs_are_found_on_windows_too(self):
        here = Path("env")
        assert dev.program("python", here, windows=True) == here / "Scripts" / "python.exe"
        assert dev.program("python", here, windows=False) == here / "bin" / "python"

    def test_an_install_is_repeated_only_when_what_it_needs_changes(self, tmp_path):
        for name in ("pyproject.toml", "constraints.txt"):
            (tmp_path / name).write_text("a")
        assert not dev.is_current("runtime", tmp_path, tmp_path)
        dev.stamp("dev", tmp_path).write_text(dev.fingerprint(tmp_path))
        assert dev.is_current("runtime", tmp_path, tmp_path)
        assert dev.is_current("dev", tmp_path, tmp_path)
        (tmp_path / "constraints.txt").write_text("b")
        assert not dev.is_current("dev", tmp_path, tmp_path)

    def test_what_is_installed_for_running_does_not_do_for_working(self, tmp_path):
        for name in ("pyproject.toml", "constraints.txt"):
            (tmp_path / name).write_text("a")
        dev.stamp("runtime", tmp_path).write_text(dev.fingerprint(tmp_path))
        assert not dev.is_current("dev", tmp_path, tmp_path)

    def test_the_words_of_a_failing_install_are_shown(self, capsys):
        code = "import sys; print('no room on this disk'); sys.exit(3)"
        with pytest.raises(dev.Refusal, match="exit code 3"):
            dev.watch([sys.executable, "-c", code], label="installing")
        assert "no room on this disk" in capsys.readouterr().err

    def test_the_words_of_a_good_install_are_not(self, capsys):
        dev.watch([sys.executable, "-c", "print('chatter')"], label="installing")
        said = capsys.readouterr()
        assert "chatter" not in said.out + said.err
        assert "done in" in said.out

    def test_benchmarks_that_are_not_there_are_a_sentence(self, monkeypatch, tmp_path, capsys):
        monkeypatch.setattr(dev, "ROOT", tmp_path)
        assert dev.main(["bench"]) == 2
        assert "benchmarks/run.py does not exist" in capsys.readouterr().err

    @pytest.mark.skipif(os.name == "nt", reason="Windows keeps no execute bit")
    def test_ci_can_be_started(self):
        assert os.access(ROOT / ".ci" / "run", os.X_OK)
