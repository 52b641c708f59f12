"""The append-only file under the ledger: lines of canonical JSON, each holding the last one's hash.

A change of any byte shows, because every line must be the canonical text of itself, must carry its
own hash, and must name the hash of the line before. What the file alone cannot show is that its
last lines were cut off, or that it was exchanged as a whole: for that, released files carry the
head, and somebody else keeps it.

A last line without its newline was never confirmed to anybody. If its own hash proves it whole, it
is kept (to count too much is safe); otherwise it is a torn write, and is cut.

Privacy:
    Reads no record.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from synthcase.core import canonical, platform
from synthcase.core.files import file_problem, is_folder, read_limited, write_all
from synthcase.errors import FileProblem, InternalError, LedgerError
from synthcase.privacy.words import head_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = [
    "LEDGER_FILE",
    "Chain",
    "Entry",
    "Head",
    "HeldChain",
    "append",
    "first_line",
    "locked",
    "parse",
    "read_chain",
]

LEDGER_FILE = "ledger.jsonl"
"""Name of the file inside the ledger's folder."""

_BEFORE_THE_FIRST = "0" * 64
_MAX_BYTES = 32 * 2**20
_MAX_LINE = 2**16
_OWN_KEYS = frozenset({"seq", "prev", "kind", "day", "hash"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the chain whose hash has been checked."""

    seq: int
    """Position, from 0."""
    kind: str
    day: str
    """Date (UTC) of writing; nothing finer is kept."""
    fields: Mapping[str, object]
    """Everything else that the line says."""
    hash: str
    """SHA-256 over the canonical text of all the rest, the previous hash included."""


class Head(NamedTuple):
    """The end of a chain: whoever keeps it notices when lines before it disappear."""

    seq: int
    hash: str

    @property
    def words(self) -> str:
        """The hash as twelve words, for a notebook."""
        return head_words(self.hash)


@dataclass(frozen=True, slots=True)
class Chain:
    """A ledger file that has been read and checked from the first line to the last."""

    entries: tuple[Entry, ...]
    size: int
    """Bytes of the whole lines."""
    tail: bytes = b""
    """What stands behind the last newline: to be cut, or to be completed if it is an entry."""
    tail_is_entry: bool = False

    @property
    def head(self) -> Head:
        """The last entry's place and hash."""
        return Head(self.entries[-1].seq, self.entries[-1].hash)


@dataclass(frozen=True, slots=True)
class HeldChain:
    """A chain under this process's exclusive lock."""

    chain: Chain
    descriptor: int


def _line(seq: int, prev: str, kind: str, fields: Mapping[str, object]) -> bytes:
    if _OWN_KEYS & fields.keys():
        raise InternalError("A ledger entry cannot redefine its own place in the chain.")
    day = datetime.now(UTC).date().isoformat()
    body = {"seq": seq, "prev": prev, "kind": kind, "day": day, **fields}
    line = canonical.dumps({**body, "hash": canonical.sha256_hex(canonical.dumps(body))})
    if len(line) > _MAX_LINE:
        raise InternalError("A ledger entry is too long.", expected=f"at most {_MAX_LINE} bytes")
    return line


def first_line(kind: str, fields: Mapping[str, object]) -> bytes:
    """Return the line that begins a new chain."""
    return _line(0, _BEFORE_THE_FIRST, kind, fields)


def parse(data: bytes) -> Chain:
    """Check a whole ledger file.

    Args:
        data: The bytes of the file.

    Returns:
        The entries, and what is left behind the last newline.

    Raises:
        LedgerError: A line is not what was written; the message gives its number.
    """
    *lines, tail = data.split(b"\n")
    entries: list[Entry] = []
    for line in lines:
        entries.append(_entry(line, entries))
    size = len(data) - len(tail)
    last = _whole_tail(tail, entries)
    if last is not None:
        entries.append(last)
    if not entries:
        raise LedgerError("The ledger is empty.", expected="a first line that names its persons")
    return Chain(tuple(entries), size, tail, tail_is_entry=last is not None)


def _entry(line: bytes, before: list[Entry]) -> Entry:
    number = len(before) + 1
    try:
        body = canonical.loads(line, what="a line of the ledger", max_bytes=_MAX_LINE)
    except FileProblem:
        raise _broken(number, "the line is no entry") from None
    if not isinstance(body, dict) or not body.keys() >= _OWN_KEYS:
        raise _broken(number, "the line is no entry")
    if canonical.dumps(body) != line + b"\n":
        raise _broken(number, "the line is not in its canonical form")
    own_hash = body.pop("hash")
    if canonical.sha256_hex(canonical.dumps(body)) != own_hash:
        raise _broken(number, "the line does not match its own hash")
    prev, seq = body.pop("prev"), body.pop("seq")
    if type(seq) is not int or seq != len(before):
        raise _broken(number, "the line stands in the wrong place")
    if prev != (before[-1].hash if before else _BEFORE_THE_FIRST):
        raise _broken(number, "the line does not follow the line before it")
    kind, day = body.pop("kind"), body.pop("day")
    if not isinstance(kind, str) or not isinstance(day, str) or not _DAY.fullmatch(day):
        raise _broken(number, "the line is no entry")
    return Entry(seq, kind, day, body, own_hash)


def _whole_tail(tail: bytes, before: list[Entry]) -> Entry | None:
    """Return the entry that lacks only its newline, or None for a torn write."""
    if not tail:
        return None
    try:
        return _entry(tail, before)
    except LedgerError:
        if _holds_an_object(tail):
            # A torn write is the beginning of a line. A whole object here was changed afterwards.
            raise
        return None


def _holds_an_object(tail: bytes) -> bool:
    try:
        json.JSONDecoder().raw_decode(tail.decode("ascii", errors="replace"))
    except (ValueError, RecursionError):
        return False
    return True


def _broken(number: int, why: str) -> LedgerError:
    return LedgerError(
        f"The ledger is broken at line {number}: nothing can be spent from it.",
        expected="the file as synthcase wrote it",
        came=why,
        todo="Put back a whole copy of the ledger's folder, and find out who or what changed it. "
        "Never begin a new ledger for the same persons.",
    )


def read_chain(folder: Path) -> Chain:
    """Read and check the chain of a ledger folder; nothing is written.

    Raises:
        FileProblem: There is no readable ledger, or it is a symbolic link.
        LedgerError: The chain is broken.
    """
    if platform.is_link(folder) or not is_folder(folder):
        raise FileProblem(
            f"{folder.name} is no ledger.",
            expected=f"a folder (no symbolic link) with a file {LEDGER_FILE}",
            todo="Check the name. A new population begins with: synthcase ledger new",
        )
    return parse(read_limited(folder / LEDGER_FILE, _MAX_BYTES, no_follow=True))


@contextmanager
def locked(folder: Path) -> Iterator[HeldChain]:
    """Hold the ledger's lock, with its chain freshly read, checked and mended.

    Yields:
        What `append` needs.

    Raises:
        FileProblem: The file cannot be opened or locked.
        LedgerError: The chain is broken, or another process keeps the lock.
    """
    path = folder / LEDGER_FILE
    read_chain(folder)
    try:
        descriptor = platform.open_no_follow(path, os.O_RDWR | os.O_APPEND)
    except OSError as error:
        raise file_problem(path, "opening for writing", error) from None
    try:
        with platform.lock(descriptor):
            yield HeldChain(_mended(read_chain(folder), path, descriptor), descriptor)
    except TimeoutError:
        raise LedgerError(
            "The ledger is locked.",
            came="another process has held it for half a minute",
            todo="Wait for the other run to end, or end it; nothing was spent.",
        ) from None
    except OSError as error:
        raise file_problem(path, "using the ledger", error) from None
    finally:
        os.close(descriptor)


def _mended(chain: Chain, path: Path, descriptor: int) -> Chain:
    """Cut a torn tail, or complete a whole last line, and wait until the disk has it."""
    try:
        if chain.tail_is_entry:
            write_all(descriptor, b"\n")
            return Chain(chain.entries, chain.size + len(chain.tail) + 1)
        if chain.tail:
            os.ftruncate(descriptor, chain.size)
        # Also when nothing is to be mended: the writer of the last line may have been killed
        # between its write and its fsync.
        platform.fsync(descriptor)
    except OSError as error:
        raise file_problem(path, "mending the last line", error) from None
    return Chain(chain.entries, chain.size)


def append(held: HeldChain, folder: Path, kind: str, fields: Mapping[str, object]) -> Entry:
    """Add one line, and return only when it is on the disk.

    Args:
        held: From `locked`, whose block must still be open; use it for one line only.
        folder: The ledger's folder.
        kind: Kind of the entry.
        fields: What it says.

    Raises:
        FileProblem: The disk is full or refuses; the ledger is as it was.
        LedgerError: Somebody wrote without taking the lock.
    """
    chain, descriptor = held.chain, held.descriptor
    line = _line(len(chain.entries), chain.entries[-1].hash, kind, fields)
    if os.fstat(descriptor).st_size != chain.size:
        raise LedgerError("Somebody writes to the ledger without taking its lock.")
    try:
        write_all(descriptor, line)
    except OSError as error:
        with suppress(OSError):
            os.ftruncate(descriptor, chain.size)
        raise file_problem(folder / LEDGER_FILE, "writing", error) from None
    return _entry(line[:-1], list(chain.entries))
