import errno
import os
import stat
import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import pytest

from synthcase.core import platform

posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX only")


def python(script):
    return subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def opened(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"content")
    descriptors = [os.open(path, os.O_RDWR) for _ in range(2)]
    yield descriptors
    for descriptor in descriptors:
        os.close(descriptor)


def test_a_lock_excludes_everybody_else(opened):
    first, second = opened
    with platform.lock(first), pytest.raises(TimeoutError), platform.lock(second, timeout=0):
        pytest.fail("two held the lock")
    with platform.lock(second, timeout=0):
        pass


def test_who_waits_gets_the_lock_when_it_is_free(opened):
    first, second = opened
    holding, got = threading.Event(), []

    def hold():
        with platform.lock(first):
            holding.set()
            time.sleep(0.05)
            got.append("first")

    holder = threading.Thread(target=hold)
    holder.start()
    assert holding.wait(30)
    with platform.lock(second):
        got.append("second")
    holder.join()
    assert got == ["first", "second"]


def test_a_lock_is_let_go_after_an_error(opened):
    first, second = opened
    with pytest.raises(KeyError), platform.lock(first):
        raise KeyError
    with platform.lock(second, timeout=0):
        pass


def test_a_lock_excludes_another_process(tmp_path):
    path = tmp_path / "file"
    path.touch()
    descriptor = os.open(path, os.O_RDWR)
    script = f"""
import os
from synthcase.core import platform
descriptor = os.open({str(path)!r}, os.O_RDWR)
try:
    with platform.lock(descriptor, timeout=0):
        print("held")
except TimeoutError:
    print("waited")
"""
    with platform.lock(descriptor):
        assert python(script).stdout == "waited\n"
    assert python(script).stdout == "held\n"
    os.close(descriptor)


class FakeMsvcrt(types.ModuleType):
    """Locks like Windows: one byte of a file, and an error when it is taken."""

    LK_NBLCK, LK_UNLCK = 2, 0

    def __init__(self):
        super().__init__("msvcrt")
        self.held = set()

    def locking(self, descriptor, mode, size):
        key = (os.fstat(descriptor).st_ino, os.lseek(descriptor, 0, os.SEEK_CUR), size)
        if mode == self.LK_UNLCK:
            self.held.remove(key)
        elif key in self.held:
            raise OSError(errno.EACCES, "taken")
        else:
            self.held.add(key)


def without(monkeypatch, **modules):
    real = platform._optional
    monkeypatch.setattr(
        platform, "_optional", lambda name: modules[name] if name in modules else real(name)
    )


def test_windows_locks_a_byte_that_no_reader_wants(opened, monkeypatch):
    fake = FakeMsvcrt()
    without(monkeypatch, fcntl=None, msvcrt=fake)
    first, second = opened
    with platform.lock(first):
        ((_, place, size),) = fake.held
        assert place >= 2**40
        assert size == 1
        with pytest.raises(TimeoutError), platform.lock(second, timeout=0):
            pytest.fail("two held the lock")
    assert not fake.held


def test_a_system_that_cannot_lock_is_refused(opened, monkeypatch):
    without(monkeypatch, fcntl=None, msvcrt=None)
    with pytest.raises(OSError) as caught, platform.lock(opened[0]):
        pytest.fail("not locked")
    assert caught.value.errno == errno.ENOLCK


def test_an_error_that_is_not_a_taken_lock_is_not_swallowed(opened, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def broken(descriptor, operation):
        raise OSError(errno.EBADF, "bad")

    monkeypatch.setattr(fcntl, "flock", broken)
    with pytest.raises(OSError) as caught, platform.lock(opened[0]):
        pytest.fail("not locked")
    assert caught.value.errno == errno.EBADF


@posix_only
def test_a_symbolic_link_is_not_opened(tmp_path):
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(OSError) as caught:
        platform.open_no_follow(tmp_path / "link", os.O_RDONLY)
    assert caught.value.errno == errno.ELOOP


@posix_only
def test_a_symbolic_link_is_not_opened_without_the_flag_either(tmp_path, monkeypatch):
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.delattr(os, "O_NOFOLLOW")
    with pytest.raises(OSError) as caught:
        platform.open_no_follow(tmp_path / "link", os.O_RDONLY)
    assert caught.value.errno == errno.ELOOP
    os.close(platform.open_no_follow(tmp_path / "real", os.O_RDONLY))


@posix_only
def test_a_new_file_is_private_by_default(tmp_path):
    path = tmp_path / "new"
    os.close(platform.open_no_follow(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    assert stat.S_IMODE(path.stat().st_mode) == platform.PRIVATE_FILE == 0o600
    assert platform.PRIVATE_FOLDER == 0o700


@posix_only
def test_opening_a_pipe_does_not_wait_for_its_writer(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    os.close(platform.open_no_follow(tmp_path / "pipe", os.O_RDONLY))


def test_links_are_told_from_files(tmp_path):
    (tmp_path / "real").touch()
    assert not platform.is_link(tmp_path / "real")
    assert not platform.is_link(tmp_path)
    assert not platform.is_link(tmp_path / "absent")
    if os.name == "posix":
        (tmp_path / "dangling").symlink_to(tmp_path / "absent")
        assert platform.is_link(tmp_path / "dangling")


def test_what_cannot_be_looked_at_is_no_link(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "x", tmp_path / ("x" * 300)):
        assert not platform.is_link(path)


def test_a_windows_junction_is_a_link_and_a_cloud_folder_is_none(tmp_path, monkeypatch):
    real = os.lstat(tmp_path)
    junction = types.SimpleNamespace(st_mode=real.st_mode, st_reparse_tag=0xA0000003)
    monkeypatch.setattr(os, "lstat", lambda path: junction)
    assert platform.is_link(tmp_path)
    junction.st_reparse_tag = 0x9000001A
    assert not platform.is_link(tmp_path)


@posix_only
def test_syncing_reaches_the_file_and_the_folder(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    synced = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(os.fstat(fd).st_ino))
    platform.fsync_file(tmp_path / "file")
    platform.fsync_directory(tmp_path)
    assert synced == [(tmp_path / "file").stat().st_ino, tmp_path.stat().st_ino]


@pytest.mark.parametrize("known", [True, False])
def test_macos_is_asked_to_empty_the_memory_of_the_drive(opened, monkeypatch, known):
    asked = []

    def full(descriptor, operation):
        asked.append(operation)
        if not known:
            raise OSError(errno.ENOTSUP, "a network disk")

    without(monkeypatch, fcntl=types.SimpleNamespace(F_FULLFSYNC=51, fcntl=full))
    monkeypatch.setattr(os, "fsync", lambda descriptor: asked.append("plain"))
    platform.fsync(opened[0])
    assert asked == [51, "plain"]


def test_windows_syncs_files_through_a_writing_handle_and_no_folders(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    used = []
    monkeypatch.setattr(platform, "_is_windows", lambda: True)
    monkeypatch.setattr(
        platform, "open_no_follow", lambda path, flags: used.append(flags) or os.open(path, flags)
    )
    monkeypatch.setattr(os, "fsync", lambda descriptor: used.append("synced"))
    platform.fsync_file(tmp_path / "file")
    platform.fsync_directory(tmp_path)
    assert used == [os.O_RDWR, "synced"]


def test_a_new_name_is_given_only_once(tmp_path):
    for name, content in (("a", b"1"), ("b", b"2")):
        (tmp_path / name).write_bytes(content)
    platform.rename_new(tmp_path / "a", tmp_path / "target")
    with pytest.raises(FileExistsError):
        platform.rename_new(tmp_path / "b", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"1"
    assert not (tmp_path / "a").exists()


@posix_only
def test_a_disk_without_hard_links_still_overwrites_nothing(tmp_path, monkeypatch):
    def no_links(source, target, **options):
        raise OSError(errno.EPERM, "no hard links")

    monkeypatch.setattr(os, "link", no_links)
    test_a_new_name_is_given_only_once(tmp_path)


@posix_only
def test_another_error_of_the_disk_is_not_swallowed(tmp_path, monkeypatch):
    def broken(source, target, **options):
        raise OSError(errno.EIO, "broken")

    (tmp_path / "a").touch()
    monkeypatch.setattr(os, "link", broken)
    with pytest.raises(OSError) as caught:
        platform.rename_new(tmp_path / "a", tmp_path / "b")
    assert caught.value.errno == errno.EIO


def test_windows_renames_because_its_rename_never_overwrites(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"1")
    monkeypatch.setattr(platform, "_is_windows", lambda: True)
    monkeypatch.setattr(os, "link", None)
    platform.rename_new(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"1"


@posix_only
def test_a_hardened_process_leaves_no_core_and_private_files(tmp_path):
    script = f"""
import os, resource
from pathlib import Path
from synthcase.core import platform
print(platform.harden_process())
Path({str(tmp_path / "new")!r}).touch()
print(resource.getrlimit(resource.RLIMIT_CORE))
if os.path.exists("/proc/self/status"):
    import ctypes
    print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
    done = python(script)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "'umask', 'core limit'" in lines[0]
    assert lines[1] == "(0, 0)"
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    if sys.platform.startswith("linux"):
        assert "'not dumpable'" in lines[0]
        assert lines[2] == "0"


def test_hardening_says_only_what_it_did(monkeypatch):
    without(monkeypatch, resource=None)
    monkeypatch.setattr(sys, "platform", "win32")
    before = os.umask(0o022)
    try:
        assert platform.harden_process() == ("umask",)
    finally:
        os.umask(before)


def test_a_c_library_without_prctl_is_no_error(monkeypatch):
    monkeypatch.setattr(platform.ctypes, "CDLL", lambda name: types.SimpleNamespace())
    assert not platform._forbid_dumping()


def test_only_this_module_asks_for_the_system():
    root = Path(platform.__file__).parents[1]
    asking = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for word in ("os.name", "sys.platform", "import fcntl", "import msvcrt", "import resource")
        if word in path.read_text(encoding="utf-8")
    }
    assert asking <= {"core/platform.py"}
