import errno
import hashlib
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.core import files
from synthcase.errors import FileProblem, UsageError

posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX only")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def failing(code):
    def fail(*arguments, **options):
        raise OSError(code, "the words of the system, with a secret")

    return fail


@pytest.fixture
def full_disk(monkeypatch):
    """Write half of what is given, then nothing more, as a disk does when it fills up."""
    real, calls = os.write, []

    def write(descriptor, data):
        calls.append(len(data))
        if len(calls) == 1:
            return real(descriptor, bytes(data)[: len(data) // 2])
        raise OSError(errno.ENOSPC, "no space")

    return lambda: monkeypatch.setattr(os, "write", write)


def test_a_file_is_written_whole(tmp_path):
    files.write_aside(tmp_path / "a", b"content")
    assert (tmp_path / "a").read_bytes() == b"content"
    assert names(tmp_path) == ["a"]


def test_short_writes_are_continued(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data)[:3]))
    files.write_aside(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


@posix_only
def test_only_a_private_file_is_hidden_from_others(tmp_path):
    before = os.umask(0o022)
    try:
        files.write_aside(tmp_path / "private", b"", private=True)
        files.write_aside(tmp_path / "public", b"")
    finally:
        os.umask(before)
    assert mode(tmp_path / "private") == 0o600
    assert mode(tmp_path / "public") == 0o644


def test_nothing_is_overwritten_unless_asked_for(tmp_path):
    files.write_aside(tmp_path / "a", b"1")
    with pytest.raises(UsageError, match="--replace"):
        files.write_aside(tmp_path / "a", b"2")
    assert (tmp_path / "a").read_bytes() == b"1"
    files.write_aside(tmp_path / "a", b"3", replace=True)
    assert (tmp_path / "a").read_bytes() == b"3"
    assert names(tmp_path) == ["a"]


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path, monkeypatch):
    real = files._write_new

    def meanwhile(path, data, mode):
        real(path, data, mode)
        (tmp_path / "a").write_bytes(b"of somebody else")

    monkeypatch.setattr(files, "_write_new", meanwhile)
    with pytest.raises(UsageError):
        files.write_aside(tmp_path / "a", b"mine")
    assert (tmp_path / "a").read_bytes() == b"of somebody else"
    assert names(tmp_path) == ["a"]


@posix_only
@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("dangling", [False, True])
def test_nothing_is_written_through_a_link(tmp_path, replace, dangling):
    victim = tmp_path / "victim"
    if not dangling:
        victim.write_bytes(b"precious")
    (tmp_path / "a").symlink_to(victim)
    with pytest.raises(FileProblem, match="symbolic link"):
        files.write_aside(tmp_path / "a", b"2", replace=replace)
    assert victim.exists() != dangling
    assert dangling or victim.read_bytes() == b"precious"


def test_a_folder_is_not_replaced_by_a_file(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(FileProblem, match="no file"):
        files.write_aside(tmp_path / "a", b"2", replace=True)


def test_a_full_disk_leaves_the_old_file_and_no_half_one(tmp_path, full_disk):
    (tmp_path / "a").write_bytes(b"old")
    full_disk()
    with pytest.raises(FileProblem, match="disk is full") as caught:
        files.write_aside(tmp_path / "a", b"new content", replace=True)
    assert str(caught.value).startswith("a: writing failed.")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("step", ["fsync", "open", "write"])
def test_an_error_of_the_system_is_told_by_its_number_only(tmp_path, monkeypatch, step):
    with monkeypatch.context() as patched:
        patched.setattr(os, step, failing(errno.EIO))
        with pytest.raises(FileProblem) as caught:
            files.write_aside(tmp_path / "a", b"content")
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert names(tmp_path) == []


def test_the_content_is_on_the_disk_before_the_name(tmp_path, monkeypatch):
    happened = []
    real_sync, real_rename = os.fsync, files.platform.rename_new
    monkeypatch.setattr(os, "fsync", lambda fd: happened.append("sync") or real_sync(fd))
    monkeypatch.setattr(
        files.platform, "rename_new", lambda *a: happened.append("name") or real_rename(*a)
    )
    files.write_aside(tmp_path / "a", b"content")
    expected = ["sync", "name", "sync"] if os.name == "posix" else ["sync", "name"]
    assert happened == expected


def test_names_that_no_system_can_look_up_are_told_as_ours(tmp_path):
    for name in ("x" * 300, "file/x"):
        (tmp_path / "file").touch()
        assert not files.is_folder(tmp_path / name)
        with pytest.raises(FileProblem), files.new_folder_aside(tmp_path / name, marker="a"):
            pytest.fail("it was made")
        with pytest.raises(FileProblem):
            files.write_aside(tmp_path / name, b"x")


def test_a_folder_gets_its_name_when_it_is_whole(tmp_path):
    with files.new_folder_aside(tmp_path / "out") as aside:
        (aside / "a").write_bytes(b"1")
        (aside / "sub").mkdir()
        (aside / "sub" / "b").write_bytes(b"2")
        assert aside.parent == tmp_path
        assert aside.name.startswith(".")
        assert aside.name.endswith(".part")
        assert not (tmp_path / "out").exists()
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out" / "sub" / "b").read_bytes() == b"2"


@posix_only
def test_a_new_folder_is_private(tmp_path):
    with files.new_folder_aside(tmp_path / "out"):
        pass
    assert mode(tmp_path / "out") == 0o700


@posix_only
def test_every_file_and_folder_is_on_the_disk_before_the_name(tmp_path, monkeypatch):
    synced, real = set(), os.fsync
    with files.new_folder_aside(tmp_path / "out") as aside:
        (aside / "sub").mkdir()
        (aside / "sub" / "b").write_bytes(b"2")
        inodes = {path.stat().st_ino for path in (aside, aside / "sub", aside / "sub" / "b")}

        def sync(descriptor):
            assert (os.fstat(descriptor).st_ino == tmp_path.stat().st_ino) == (
                tmp_path / "out"
            ).exists()
            synced.add(os.fstat(descriptor).st_ino)
            real(descriptor)

        monkeypatch.setattr(os, "fsync", sync)
    assert synced == inodes | {tmp_path.stat().st_ino}


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, UsageError])
def test_a_failure_leaves_no_half_folder(tmp_path, error):
    def fill(folder):
        (folder / "a").write_bytes(b"1")
        raise error

    with pytest.raises(error), files.new_folder_aside(tmp_path / "out") as aside:
        fill(aside)
    assert names(tmp_path) == []


def test_a_full_disk_inside_the_block_is_told_as_ours(tmp_path):
    with (
        pytest.raises(FileProblem, match="disk is full") as caught,
        files.new_folder_aside(tmp_path / "out"),
    ):
        raise OSError(errno.ENOSPC, "secret")
    assert "secret" not in str(caught.value)
    assert names(tmp_path) == []


def filled(folder, content=b"old"):
    folder.mkdir()
    (folder / "manifest.json").write_bytes(content)
    return folder


def test_an_existing_folder_is_replaced_only_when_asked_for(tmp_path):
    out = filled(tmp_path / "out")
    with pytest.raises(UsageError, match="--replace"), files.new_folder_aside(out):
        pytest.fail("the block ran")
    with files.new_folder_aside(out, replace=True) as aside:
        (aside / "new").touch()
        assert names(out) == ["manifest.json"]
    assert names(out) == ["new"]
    assert names(tmp_path) == ["out"]


def test_an_empty_folder_counts_as_existing(tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(UsageError), files.new_folder_aside(tmp_path / "out"):
        pytest.fail("the block ran")


def test_a_folder_that_appears_meanwhile_is_not_replaced(tmp_path):
    with pytest.raises(UsageError), files.new_folder_aside(tmp_path / "out"):
        filled(tmp_path / "out")
    assert names(tmp_path / "out") == ["manifest.json"]
    assert names(tmp_path) == ["out"]


def test_a_folder_without_the_marker_is_never_deleted(tmp_path):
    out = tmp_path / "Documents"
    out.mkdir()
    (out / "thesis").touch()
    with (
        pytest.raises(UsageError, match="may be replaced"),
        files.new_folder_aside(out, replace=True, marker="manifest.json"),
    ):
        pytest.fail("the block ran")
    assert names(out) == ["thesis"]
    filled(tmp_path / "release")
    with files.new_folder_aside(tmp_path / "release", replace=True, marker="manifest.json"):
        pass
    assert names(tmp_path / "release") == []


def test_a_file_is_not_replaced_by_a_folder(tmp_path):
    (tmp_path / "out").touch()
    with pytest.raises(FileProblem), files.new_folder_aside(tmp_path / "out", replace=True):
        pytest.fail("the block ran")


@posix_only
@pytest.mark.parametrize("replace", [False, True])
def test_a_link_is_not_taken_for_a_folder(tmp_path, replace):
    filled(tmp_path / "real")
    (tmp_path / "out").symlink_to(tmp_path / "real")
    with (
        pytest.raises(FileProblem, match="symbolic link"),
        files.new_folder_aside(tmp_path / "out", replace=replace),
    ):
        pytest.fail("the block ran")
    assert names(tmp_path / "real") == ["manifest.json"]


def test_a_swap_that_fails_puts_the_old_folder_back(tmp_path, monkeypatch):
    out = filled(tmp_path / "out")
    real = type(out).rename

    def rename(self, target):
        if self.name.endswith(".part"):
            raise OSError(errno.EIO, "broken")
        return real(self, target)

    monkeypatch.setattr(type(out), "rename", rename)
    with pytest.raises(FileProblem), files.new_folder_aside(out, replace=True):
        pass
    assert names(out) == ["manifest.json"]
    assert names(tmp_path) == ["out"]


@posix_only
def test_a_link_inside_a_new_folder_is_refused(tmp_path):
    (tmp_path / "real").touch()
    with pytest.raises(FileProblem), files.new_folder_aside(tmp_path / "out") as aside:
        (aside / "a").symlink_to(tmp_path / "real")
    assert names(tmp_path) == ["real"]


@pytest.mark.parametrize("size", [0, 1, 9, 10])
def test_a_file_up_to_the_limit_is_read(tmp_path, size):
    (tmp_path / "a").write_bytes(b"x" * size)
    assert files.read_limited(tmp_path / "a", 10) == b"x" * size


@pytest.mark.parametrize("size", [11, 3 * 2**20])
def test_a_larger_file_is_refused(tmp_path, size):
    (tmp_path / "a").write_bytes(b"x" * size)
    with pytest.raises(FileProblem, match="at most 10 bytes"):
        files.read_limited(tmp_path / "a", 10)


def test_a_far_larger_file_is_not_even_read(tmp_path, monkeypatch):
    path = tmp_path / "a.bin"
    path.touch()
    os.truncate(path, 2**40)
    monkeypatch.setattr(os, "read", lambda *_: pytest.fail("it was read"))
    with pytest.raises(FileProblem, match="too large"):
        files.read_limited(path, 10)


def test_a_file_that_grows_while_it_is_read_is_read_to_its_end_or_refused(tmp_path, monkeypatch):
    path, real = tmp_path / "a.bin", os.read
    path.write_bytes(b"x" * 5)

    def grow(descriptor, number):
        with path.open("ab") as file:
            file.write(b"y" * 2)
        return real(descriptor, 3)

    monkeypatch.setattr(os, "read", grow)
    with pytest.raises(FileProblem, match="too large"):
        files.read_limited(path, 20)


def test_a_missing_file_is_told_by_its_name(tmp_path):
    for read in (files.hash_file, lambda path: files.read_limited(path, 10)):
        with pytest.raises(FileProblem, match=r"plan\.json: reading failed") as caught:
            read(tmp_path / "plan.json")
        assert str(tmp_path) not in str(caught.value)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(FileProblem):
        files.read_limited(tmp_path, 10)


@posix_only
def test_pipes_and_devices_are_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", type(tmp_path)("/dev/zero")):
        with pytest.raises(FileProblem, match="ordinary"):
            files.read_limited(path, 10)
        with pytest.raises(FileProblem, match="ordinary"):
            files.hash_file(path)


@posix_only
def test_a_link_is_read_unless_links_are_refused(tmp_path):
    (tmp_path / "real").write_bytes(b"1")
    (tmp_path / "a").symlink_to(tmp_path / "real")
    assert files.read_limited(tmp_path / "a", 10) == b"1"
    with pytest.raises(FileProblem):
        files.read_limited(tmp_path / "a", 10, no_follow=True)


def test_the_hash_of_a_file_is_that_of_its_content(tmp_path):
    content = os.urandom(2**20 + 7)
    (tmp_path / "a").write_bytes(content)
    assert files.hash_file(tmp_path / "a") == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("name", ["a", "a.csv", "data/a.csv", "a-b_c", "console.txt"])
def test_a_plain_name_is_joined(tmp_path, name):
    assert files.safe_child(tmp_path, name) == tmp_path / name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../a",
        "a/../../b",
        "/etc/passwd",
        "a//b",
        "a/",
        "C:\\a",
        "C:a",
        "\\\\server\\a",
        "a\\..\\b",
        "a\0b",
        "a\nb",
        "CON",
        "nul.txt",
        "data/com1.csv",
        "a.",
        "a ",
        "a:stream",
        "a*",
        "a|b",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    with pytest.raises(FileProblem):
        files.safe_child(tmp_path, name)


@posix_only
def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "out").symlink_to(tmp_path)
    with pytest.raises(FileProblem):
        files.safe_child(tmp_path / "in", "out/a")


@given(st.text(max_size=20))
def test_no_name_leaves_the_folder(tmp_path_factory, name):
    folder = tmp_path_factory.getbasetemp()
    try:
        child = files.safe_child(folder, name)
    except FileProblem:
        return
    assert child.resolve().is_relative_to(folder.resolve())
    assert child != folder
