import getpass
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from synthcase.cli import about as module
from synthcase.cli.about import about


def test_versions_and_protections_but_nobody_s_name():
    text = about()
    assert "python 3." in text
    assert "protections: umask" in text
    assert str(Path.home()) not in text
    assert f" {getpass.getuser()}\n" not in text


def test_a_library_that_is_missing_is_said(monkeypatch):
    def nothing(_):
        raise PackageNotFoundError

    monkeypatch.setattr(module, "version", nothing)
    assert "numpy not installed" in about()
