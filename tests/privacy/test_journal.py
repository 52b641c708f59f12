import errno
import os
import stat

import pytest

from synthcase.core import canonical
from synthcase.errors import FileProblem, InternalError, LedgerError
from synthcase.privacy import journal
from synthcase.privacy.budget import Answers

NAME = "answers-0a.json"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def known(data):
    return Answers(NAME, canonical.sha256_hex(data), len(data))


def test_answers_are_kept_as_they_are(tmp_path):
    assert journal.keep_answers(tmp_path, NAME, b"[1]\n") == b"[1]\n"
    assert journal.read_answers(tmp_path, known(b"[1]\n")) == b"[1]\n"
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_answers_that_a_killed_run_left_whole_are_adopted(tmp_path):
    journal.keep_answers(tmp_path, NAME, b"[1]\n")
    assert journal.keep_answers(tmp_path, NAME, b"[2]\n") == b"[1]\n"
    assert (tmp_path / NAME).read_bytes() == b"[1]\n"


def test_halves_that_a_killed_run_left_are_removed(tmp_path):
    (tmp_path / f".{NAME}.0123.part").write_bytes(b"[1")
    (tmp_path / ".answers-0b.json.4567.part").write_bytes(b"[1")
    journal.keep_answers(tmp_path, NAME, b"[2]\n")
    assert names(tmp_path) == [NAME]


@pytest.mark.parametrize("changed", [b"[2]\n", b"[1]", b"[1]\n\n", b""])
def test_changed_answers_are_refused(tmp_path, changed):
    journal.keep_answers(tmp_path, NAME, b"[1]\n")
    (tmp_path / NAME).write_bytes(changed)
    with pytest.raises((LedgerError, FileProblem)) as caught:
        journal.read_answers(tmp_path, known(b"[1]\n"))
    assert NAME in str(caught.value)


def test_missing_answers_are_told(tmp_path):
    with pytest.raises(FileProblem, match=NAME):
        journal.read_answers(tmp_path, known(b"[1]\n"))


@pytest.mark.skipif(os.name != "posix", reason="POSIX only")
def test_a_planted_link_is_neither_written_nor_read(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"[1]\n")
    (tmp_path / NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileProblem):
        journal.keep_answers(tmp_path, NAME, b"[2]\n")
    with pytest.raises(FileProblem):
        journal.read_answers(tmp_path, known(b"[1]\n"))
    assert (tmp_path / "elsewhere").read_bytes() == b"[1]\n"


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def full(descriptor, data):
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(FileProblem, match="disk is full"):
            journal.keep_answers(tmp_path, NAME, b"[1]\n")
    assert names(tmp_path) == []
    assert journal.keep_answers(tmp_path, NAME, b"[2]\n") == b"[2]\n"


def test_answers_beyond_all_measure_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "_MAX_ANSWERS", 3)
    with pytest.raises(InternalError):
        journal.keep_answers(tmp_path, NAME, b"[1]\n")
