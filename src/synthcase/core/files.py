"""Files that are whole or absent: written aside, made durable, then given their name.

Nothing is overwritten unless asked for, nothing is written through a symbolic link, and every
refusal of the system becomes a `FileProblem` that names the file and never its content.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from synthcase.core import platform
from synthcase.errors import FileProblem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "check_target",
    "file_problem",
    "hash_file",
    "is_folder",
    "new_folder_aside",
    "read_limited",
    "safe_child",
    "write_all",
    "write_aside",
]

_CHUNK = 2**20
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_ADVICE = {
    errno.ENOSPC: "The disk is full: free some space and try again; nothing was half written.",
    errno.EDQUOT: "The disk quota is used up: free some space and try again.",
    errno.EACCES: "Check who may read and write there.",
    errno.EPERM: "Check who may read and write there.",
    errno.EROFS: "The disk is read-only: choose another place.",
    errno.ENOENT: "Check the name, and that the folder exists.",
    errno.ELOOP: "Symbolic links are refused here: name the real file.",
}


def file_problem(path: Path, doing: str, error: OSError) -> FileProblem:
    """Translate an error of the system; only its number is used, never its text."""
    code = error.errno or 0
    return FileProblem(
        f"{path.name}: {doing} failed.",
        came=os.strerror(code) if code else "an error of the operating system",
        todo=_ADVICE.get(code),
    )


@contextmanager
def _translated(path: Path, doing: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise file_problem(path, doing, error) from None


def is_folder(path: Path) -> bool:
    """Say whether there is a folder of that name; a name that no system can look up has none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def write_all(descriptor: int, data: bytes) -> None:
    """Write all bytes to an open file and wait until they are on the disk.

    Raises:
        OSError: As for `os.write` and `os.fsync`; some of the bytes may have been written.
    """
    view = memoryview(data)
    while view:
        written = os.write(descriptor, view)
        view = view[written:]
    platform.fsync(descriptor)


def _aside_name(target: Path, ending: str) -> Path:
    return target.with_name(f".{target.name}.{os.urandom(6).hex()}{ending}")


def write_aside(path: Path, data: bytes, *, private: bool = False, replace: bool = False) -> None:
    """Write a file so that it is whole, or not there at all, whenever the power fails.

    Args:
        path: The file; its folder must exist.
        data: The whole content.
        private: Whether only the owner may read it (mode 0600); otherwise the umask decides.
        replace: Whether a file of that name may be replaced.

    Raises:
        UsageError: The name is taken and `replace` is false.
        FileProblem: The name is a symbolic link or a folder, or the system refuses.
    """
    check_target(path, replace=replace, folder=False)
    aside = _aside_name(path, ".part")
    with _translated(path, "writing"):
        try:
            _write_new(aside, data, platform.PRIVATE_FILE if private else 0o666)
            if replace:
                aside.replace(path)
            else:
                platform.rename_new(aside, path)
        except FileExistsError:
            raise _taken(path) from None
        finally:
            with suppress(OSError):
                aside.unlink()
        platform.fsync_directory(path.parent)


def _write_new(path: Path, data: bytes, mode: int) -> None:
    descriptor = platform.open_no_follow(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        write_all(descriptor, data)
    finally:
        os.close(descriptor)


def _taken(path: Path) -> UsageError:
    return UsageError(
        f"{path.name} exists already.",
        expected="a name that is free",
        todo="Choose another name, or say --replace if the old one may go.",
    )


def check_target(path: Path, *, replace: bool, folder: bool) -> None:
    """Refuse a target that is a link, of the wrong kind, taken, or without a folder to stand in."""
    if not is_folder(path.parent):
        raise FileProblem(f"{path.parent.name} is no folder.", todo="Make it, or check the name.")
    if platform.is_link(path):
        raise FileProblem(
            f"{path.name} is a symbolic link.",
            expected="a name that is free" if not replace else "a real file or folder",
            todo="Name the place itself.",
        )
    if not os.path.lexists(path):
        return
    if not replace:
        raise _taken(path)
    if path.is_dir() != folder:
        kind = "folder" if folder else "file"
        raise FileProblem(f"{path.name} is no {kind}, so no {kind} can replace it.")


@contextmanager
def new_folder_aside(
    target: Path, *, replace: bool = False, marker: str | None = None
) -> Iterator[Path]:
    """Build a folder aside and give it its name only when everything in it is on the disk.

    Args:
        target: The folder to be made; the folder above must exist.
        replace: Whether a folder of that name may be replaced.
        marker: With `replace`: the name of a file that the old folder must hold, so that a slip
            of the hand cannot delete a folder of another kind.

    Yields:
        A hidden folder (mode 0700) beside the target, to be filled.

    Raises:
        UsageError: The name is taken and `replace` is false, or the old folder lacks `marker`.
        FileProblem: The name is a symbolic link or a file, or the system refuses.
    """
    _check_folder_target(target, replace=replace, marker=marker)
    aside = _aside_name(target, ".part")
    with _translated(target, "making the folder"):
        try:
            aside.mkdir(platform.PRIVATE_FOLDER)
            yield aside
            _fsync_tree(aside)
            _check_folder_target(target, replace=replace, marker=marker)
            _swap_in(aside, target)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise


def _check_folder_target(target: Path, *, replace: bool, marker: str | None) -> None:
    check_target(target, replace=replace, folder=True)
    if marker is not None and is_folder(target) and not (target / marker).is_file():
        raise UsageError(
            f"{target.name} is not a folder that may be replaced.",
            expected=f"a folder with a file {marker}",
            todo="Choose another name, or remove the folder yourself.",
        )


def _fsync_tree(folder: Path) -> None:
    for place, _, files in os.walk(folder):
        for name in files:
            platform.fsync_file(Path(place, name))
        platform.fsync_directory(Path(place))


def _swap_in(aside: Path, target: Path) -> None:
    """Rename `aside` to `target`; an old folder goes aside first and is deleted last."""
    old = _aside_name(target, ".old") if target.is_dir() else None
    if old is not None:
        target.rename(old)
    try:
        aside.rename(target)
    except OSError:
        if old is not None:
            old.rename(target)
        raise
    platform.fsync_directory(target.parent)
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _open_regular(path: Path, *, no_follow: bool) -> Iterator[int]:
    """Open a regular file for reading; a device or a pipe could never end."""
    real = path if no_follow else Path(os.path.realpath(path))
    with _translated(path, "reading"):
        descriptor = platform.open_no_follow(real, os.O_RDONLY)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileProblem(f"{path.name} is not an ordinary file.")
            yield descriptor
        finally:
            os.close(descriptor)


def read_limited(path: Path, max_bytes: int, *, no_follow: bool = False) -> bytes:
    """Read a whole file, unless it is larger than allowed.

    Args:
        path: An ordinary file.
        max_bytes: The largest accepted size, in bytes.
        no_follow: Whether a symbolic link is refused.

    Raises:
        FileProblem: Missing, unreadable, no ordinary file, or too large.
    """
    with _open_regular(path, no_follow=no_follow) as descriptor:
        # What is too large is not read; all else comes in one piece, and is in memory once.
        piece = size = os.fstat(descriptor).st_size
        chunks, done = [], 0
        while size <= max_bytes:
            chunk = os.read(descriptor, min(max(piece, _CHUNK), max_bytes - done) + 1)
            if not chunk:
                break
            chunks.append(chunk)
            done += len(chunk)
            size = max(size, done)
        if size > max_bytes:
            raise FileProblem(f"{path.name} is too large.", expected=f"at most {max_bytes} bytes")
    return b"".join(chunks)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's content as 64 hexadecimal digits.

    Raises:
        FileProblem: Missing, unreadable or no ordinary file.
    """
    digest = hashlib.sha256()
    with _open_regular(path, no_follow=False) as descriptor:
        while chunk := os.read(descriptor, _CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def safe_child(folder: Path, name: str) -> Path:
    """Join a name that came from a file, unless it leads out of the folder on any system.

    Args:
        folder: The folder that must not be left.
        name: A relative name, with `/` between its parts.

    Raises:
        FileProblem: The name is absolute, climbs, follows a link outside, or is one that Windows
            reserves or cannot write.
    """
    parts = name.split("/")
    child = folder.joinpath(*parts)
    bad = any(not p or p[-1] in ". " or _RESERVED.fullmatch(p) for p in parts)
    if bad or _FORBIDDEN.search(name) or not child.resolve().is_relative_to(folder.resolve()):
        raise FileProblem(
            "A file name leads out of its folder, or cannot be used on every system.",
            expected="a relative name without '..', ':', '\\' or control characters",
        )
    return child
