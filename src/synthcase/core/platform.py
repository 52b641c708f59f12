"""Everything that differs between POSIX and Windows, with its fallback.

No other module asks which system it runs on. Where a system lacks something (modes of files, fsync
of a folder, core-dump limits), the function does nothing there and says so in its docstring.
"""

from __future__ import annotations

import ctypes
import errno
import importlib
import os
import stat
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

__all__ = [
    "PRIVATE_FILE",
    "PRIVATE_FOLDER",
    "fsync",
    "fsync_directory",
    "fsync_file",
    "harden_process",
    "is_link",
    "lock",
    "open_no_follow",
    "rename_new",
]

PRIVATE_FILE = 0o600
"""Mode of a file that only its owner may read. Windows ignores it."""

PRIVATE_FOLDER = 0o700
"""Mode of a folder that only its owner may enter. Windows ignores it."""

_RETRY_SECONDS = 0.02
_PR_SET_DUMPABLE = 4
# Windows locks bytes, and nobody else may read them: so one that no file reaches.
_LOCKED_BYTE = 2**40
_JUNCTION = 0xA0000003
_NO_HARD_LINKS = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK}


def _optional(name: str) -> ModuleType | None:
    """Import a module of the standard library that not every system has."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _flag(name: str) -> int:
    return int(getattr(os, name, 0))


def _is_windows() -> bool:
    return os.name == "nt"


def open_no_follow(path: Path, flags: int, mode: int = PRIVATE_FILE) -> int:
    """Open a file, but never through a symbolic link and never waiting for a pipe.

    Args:
        path: The file. Only its last part is checked; folders above may be links.
        flags: As for `os.open`.
        mode: Mode of a file that is created.

    Returns:
        A file descriptor in binary mode, not inherited by child processes.

    Raises:
        OSError: As for `os.open`; `ELOOP` for a symbolic link.
    """
    # Without O_NOFOLLOW a link planted between the check and the opening is not seen; there
    # (Windows) making a link needs a right that ordinary users do not have.
    if not _flag("O_NOFOLLOW") and path.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    extra = _flag("O_NOFOLLOW") | _flag("O_BINARY") | _flag("O_CLOEXEC") | _flag("O_NONBLOCK")
    return os.open(path, flags | extra | _flag("O_NOINHERIT"), mode)


@contextmanager
def lock(descriptor: int, *, timeout: float = 30.0) -> Iterator[None]:
    """Hold an exclusive lock on an open file; other processes that ask wait.

    Args:
        descriptor: A file opened for writing; its content is not touched, its position may move.
        timeout: How long to wait, in seconds.

    Raises:
        TimeoutError: Another process kept the lock.
        OSError: The file system cannot lock.
    """
    deadline = time.monotonic() + timeout
    while not _try_lock(descriptor):
        if time.monotonic() >= deadline:
            raise TimeoutError
        time.sleep(_RETRY_SECONDS)
    try:
        yield
    finally:
        _unlock(descriptor)


def _try_lock(descriptor: int) -> bool:
    fcntl, msvcrt = _optional("fcntl"), _optional("msvcrt")
    if fcntl is None and msvcrt is None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        elif msvcrt is not None:
            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            return False
        raise
    return True


def _unlock(descriptor: int) -> None:
    fcntl, msvcrt = _optional("fcntl"), _optional("msvcrt")
    if fcntl is not None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    elif msvcrt is not None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)


def fsync(descriptor: int) -> None:
    """Wait until everything written to an open file is on the disk itself.

    On macOS a plain fsync leaves it in the memory of the drive, where a power cut loses it.
    """
    fcntl = _optional("fcntl")
    if fcntl is not None and hasattr(fcntl, "F_FULLFSYNC"):
        # A network disk may not know the stronger call.
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    os.fsync(descriptor)


def fsync_file(path: Path) -> None:
    """Wait until the content of a file is on the disk."""
    # Windows flushes only through a handle that may write.
    descriptor = open_no_follow(path, os.O_RDWR if _is_windows() else os.O_RDONLY)
    try:
        fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_directory(folder: Path) -> None:
    """Wait until the names in a folder are on the disk. Does nothing on Windows."""
    if _is_windows():
        return
    descriptor = os.open(folder, os.O_RDONLY | _flag("O_DIRECTORY") | _flag("O_CLOEXEC"))
    try:
        fsync(descriptor)
    finally:
        os.close(descriptor)


def rename_new(source: Path, target: Path) -> None:
    """Rename a file, but never over another one.

    Raises:
        FileExistsError: Something has the name `target`.
        OSError: As for `os.link` and `os.rename`.
    """
    if _is_windows():
        source.rename(target)
        return
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        # Memory sticks have no hard links: there the check and the rename are two steps.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        source.rename(target)
    else:
        source.unlink()


def is_link(path: Path) -> bool:
    """Say whether `path` itself is a symbolic link or a Windows junction.

    What cannot be looked at counts as none: whoever uses it next is told the reason.
    """
    try:
        status = os.lstat(path)
    except OSError:
        return False
    # Not every reparse point is a link: a folder kept in a cloud service is one too.
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION


def harden_process() -> tuple[str, ...]:
    """Make this process leave as little as possible behind, and say what was done.

    New files are private (umask 077); no core dump is written (limit 0); on Linux other processes
    of the same user cannot read the memory. Python cannot wipe memory, and swap stays.

    Returns:
        The protections that are now in force: "umask", "core limit", "not dumpable".
    """
    os.umask(0o077)
    done = ["umask"]
    resource = _optional("resource")
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        done.append("core limit")
    if sys.platform.startswith("linux") and _forbid_dumping():
        done.append("not dumpable")
    return tuple(done)


def _forbid_dumping() -> bool:
    try:
        return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False
