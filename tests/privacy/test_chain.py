import contextlib
import errno
import functools
import json
import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.core import canonical, platform
from synthcase.errors import FileProblem, InternalError, LedgerError
from synthcase.privacy import chain as chains
from synthcase.privacy.replay import replay

posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX only")


def file_of(ledger):
    return ledger.folder / chains.LEDGER_FILE


@pytest.fixture
def data(busy_ledger):
    return file_of(busy_ledger).read_bytes()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / chains.LEDGER_FILE).write_bytes(chains.first_line("genesis", {"a": 1}))
    return tmp_path


def add(folder, **fields):
    with chains.locked(folder) as held:
        return chains.append(held, folder, "note", fields)


def test_what_was_appended_is_read_again(folder):
    entry = add(folder, text="one")
    chain = chains.read_chain(folder)
    assert chain.entries[1] == entry
    assert entry.fields == {"text": "one"}
    assert (entry.seq, entry.kind) == (1, "note")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", entry.day)
    assert chain.head == (1, entry.hash)
    assert len(chain.head.words.split()) == 12
    assert chain.size == file_of_folder(folder).stat().st_size
    assert not chain.tail


def file_of_folder(folder):
    return folder / chains.LEDGER_FILE


def test_a_line_names_the_line_before_it_and_no_finer_time_than_a_day(folder):
    add(folder, text="one")
    lines = [json.loads(line) for line in file_of_folder(folder).read_text().splitlines()]
    assert lines[0]["prev"] == "0" * 64
    assert lines[1]["prev"] == lines[0]["hash"]
    assert set(lines[1]) == {"seq", "prev", "kind", "day", "text", "hash"}
    assert len(lines[1]["day"]) == 10


def test_every_bit_of_every_line_counts(data):
    """Flip every seventh bit, and all bits of all newlines."""
    newlines = [place for place, byte in enumerate(data) if byte == ord("\n")]
    bits = {8 * place + bit for place in newlines for bit in range(8)}
    bits |= set(range(0, 8 * len(data), 7))
    assert len(bits) > 2_000
    for bit in sorted(bits):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(LedgerError, match=r"line \d"):
            replay(chains.parse(bytes(flipped)))


def test_a_line_cannot_be_taken_out_doubled_or_moved(data):
    lines = data.splitlines(keepends=True)
    for number in range(len(lines) - 1):
        without = lines[:number] + lines[number + 1 :]
        doubled = lines[:number] + lines[number : number + 1] + lines[number:]
        swapped = [*lines[:number], lines[number + 1], lines[number], *lines[number + 2 :]]
        for changed in (without, doubled, swapped):
            with pytest.raises(LedgerError, match=r"line \d"):
                chains.parse(b"".join(changed))


def test_the_message_gives_the_number_of_the_broken_line_and_no_content(data):
    lines = data.splitlines(keepends=True)
    for number in range(1, len(lines)):
        changed = [*lines]
        changed[number - 1] = changed[number - 1].replace(b'"day":"2', b'"day":"1')
        with pytest.raises(LedgerError, match=f"line {number}:") as caught:
            chains.parse(b"".join(changed))
        assert "shelter" not in str(caught.value)
        assert "day" not in str(caught.value).replace("today", "")


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b'":"', b'": "', 1),
        lambda line: b" " + line,
        lambda line: line.replace(b"note", b"\\u006eote"),
        lambda line: line.replace(b'"seq":4', b'"seq":4,"seq":4'),
        lambda line: b"[]",
        lambda line: b"{}",
        lambda line: b"",
        lambda line: b'"text"',
        lambda line: b"[" * 10_000,
        lambda line: b"x" * 70_000,
    ],
)
def test_a_line_in_another_form_is_refused(data, change):
    lines = data.split(b"\n")
    lines[4] = change(lines[4])
    with pytest.raises(LedgerError, match="line 5"):
        chains.parse(b"\n".join(lines))


def test_the_end_of_another_ledger_does_not_fit(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    file_of_folder(other).write_bytes(chains.first_line("genesis", {"a": 2}))
    add(folder, text="one")
    add(other, text="one")
    first = file_of_folder(folder).read_bytes().splitlines(keepends=True)[0]
    second = file_of_folder(other).read_bytes().splitlines(keepends=True)[1]
    with pytest.raises(LedgerError, match="line 2") as caught:
        chains.parse(first + second)
    assert "does not follow" in caught.value.came


@pytest.mark.parametrize(
    ("key", "value"), [("seq", "4"), ("seq", True), ("kind", 1), ("day", "2026-11-24T12:00")]
)
def test_a_line_with_a_true_hash_but_a_false_form_is_refused(data, key, value):
    lines = data.split(b"\n")
    body = json.loads(lines[1 if value is True else 4])
    del body["hash"]
    body[key] = value
    line = canonical.dumps({**body, "hash": canonical.sha256_hex(canonical.dumps(body))})
    lines[1 if value is True else 4] = line[:-1]
    with pytest.raises(LedgerError):
        chains.parse(b"\n".join(lines))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_chain_or_refused_with_our_error(data):
    with contextlib.suppress(LedgerError):
        replay(chains.parse(data))


@pytest.mark.parametrize("data", [b"", b"{", b"\0\0\0\0"])
def test_a_file_without_a_whole_line_is_no_ledger(data):
    with pytest.raises(LedgerError, match="empty"):
        chains.parse(data)


def test_every_torn_tail_is_cut_and_a_whole_line_without_newline_is_kept(data):
    *before, last = data.splitlines(keepends=True)
    start = b"".join(before)
    for length in range(len(last) + 1):
        chain = chains.parse(start + last[:length])
        whole = length >= len(last) - 1
        assert len(chain.entries) == len(before) + whole
        assert chain.tail_is_entry == (length == len(last) - 1)
        assert len(chain.tail) == (length if length < len(last) else 0)
        assert chain.size == len(start) + (len(last) if length == len(last) else 0)


@pytest.mark.parametrize("behind", [b" ", b"\r", b"x", b"\0", b"{", b"\n "[1:]])
def test_a_whole_line_with_something_else_behind_it_is_no_torn_write(data, behind):
    # Otherwise one flipped bit in the last newline would give the last entry back.
    with pytest.raises(LedgerError, match="line 7"):
        chains.parse(data[:-1] + behind)


@pytest.mark.parametrize("cut", [1, 2, 50])
def test_mending_leaves_only_whole_lines(busy_ledger, cut):
    path = file_of(busy_ledger)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    with chains.locked(path.parent) as held:
        assert held.chain.size == path.stat().st_size
    lines = whole.splitlines(keepends=True)
    assert path.read_bytes() == (whole if cut == 1 else b"".join(lines[:-1]))


def test_appending_after_a_torn_write_continues_the_chain(folder):
    path = file_of_folder(folder)
    add(folder, text="one")
    path.write_bytes(path.read_bytes() + b'{"day":"20')
    add(folder, text="two")
    texts = [entry.fields.get("text") for entry in chains.read_chain(folder).entries]
    assert texts == [None, "one", "two"]


@pytest.mark.parametrize("when", ["first write", "second write", "sync"])
def test_a_full_disk_changes_nothing(folder, monkeypatch, when):
    path = file_of_folder(folder)
    add(folder, text="one")
    before = path.read_bytes()
    real_write, real_sync, writes = os.write, os.fsync, []

    def write(descriptor, data):
        writes.append(data)
        if when == "second write" and len(writes) == 1:
            return real_write(descriptor, bytes(data)[:30])
        if when == "sync":
            return real_write(descriptor, data)
        raise OSError(errno.ENOSPC, "no space")

    def sync(descriptor):
        if when == "sync" and writes:
            raise OSError(errno.ENOSPC, "no space")
        real_sync(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", write)
        patched.setattr(os, "fsync", sync)
        with pytest.raises(FileProblem, match="disk is full"):
            add(folder, text="two")
    assert path.read_bytes() == before
    add(folder, text="three")
    assert chains.read_chain(folder).entries[-1].fields == {"text": "three"}


@pytest.mark.parametrize("written", [0, 1, 30, 10_000])
def test_a_disk_that_cannot_even_be_cut_leaves_a_tail_that_can_be_mended(
    folder, monkeypatch, written
):
    add(folder, text="one")
    real = os.write

    def write(descriptor, data):
        real(descriptor, bytes(data)[:written])
        raise OSError(errno.EIO, "broken")

    def no_cut(descriptor, size):
        raise OSError(errno.EIO, "broken")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", write)
        patched.setattr(os, "ftruncate", no_cut)
        with pytest.raises(FileProblem):
            add(folder, text="two")
    add(folder, text="three")
    texts = [entry.fields.get("text") for entry in chains.read_chain(folder).entries]
    # What reached the disk as a whole line counts: too much spent is safe, too little is not.
    assert texts == [None, "one", *(["two"] if written == 10_000 else []), "three"]


def test_a_disk_that_cannot_be_mended_is_told(folder, monkeypatch):
    def broken(descriptor):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(FileProblem, match="mending"), chains.locked(folder):
        pytest.fail("the block ran")


def test_an_entry_is_on_the_disk_when_it_is_returned(folder, monkeypatch):
    happened, real_write, real_sync = [], os.write, os.fsync
    monkeypatch.setattr(os, "write", lambda *a: happened.append("write") or real_write(*a))
    monkeypatch.setattr(os, "fsync", lambda fd: happened.append("sync") or real_sync(fd))
    with chains.locked(folder) as held:
        # A line whose writer was killed before its own sync is made durable before it is used.
        assert happened == ["sync"]
        chains.append(held, folder, "note", {"text": "one"})
    assert happened == ["sync", "write", "sync"]


def test_somebody_who_ignores_the_lock_is_noticed(folder):
    with chains.locked(folder) as held:
        path = file_of_folder(folder)
        path.write_bytes(path.read_bytes() + b"x")
        with pytest.raises(LedgerError, match="lock"):
            chains.append(held, folder, "note", {"text": "one"})


def test_one_lock_is_good_for_one_line(folder):
    with chains.locked(folder) as held:
        chains.append(held, folder, "note", {"text": "one"})
        with pytest.raises(LedgerError):
            chains.append(held, folder, "note", {"text": "two"})


def test_a_ledger_that_stays_locked_is_refused(folder, monkeypatch):
    monkeypatch.setattr(platform, "lock", functools.partial(platform.lock, timeout=0))
    with (
        chains.locked(folder),
        pytest.raises(LedgerError, match="another process"),
        chains.locked(folder),
    ):
        pytest.fail("two held the lock")
    with chains.locked(folder):
        pass


def test_an_entry_cannot_lie_about_its_place(folder):
    with pytest.raises(InternalError, match="its own place"):
        chains.first_line("note", {"seq": 5})


def test_an_endless_entry_is_refused(folder):
    with pytest.raises(InternalError, match="too long"):
        chains.first_line("note", {"text": "x" * 2**16})


def test_a_missing_ledger_is_told(tmp_path):
    for place in (tmp_path / "absent", tmp_path):
        with pytest.raises(FileProblem):
            chains.read_chain(place)
        with pytest.raises(FileProblem), chains.locked(place):
            pytest.fail("the block ran")


@posix_only
def test_links_are_refused(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "folder").symlink_to(folder)
    (elsewhere / chains.LEDGER_FILE).symlink_to(file_of_folder(folder))
    for place in (elsewhere / "folder", elsewhere):
        with pytest.raises(FileProblem):
            chains.read_chain(place)
        with pytest.raises(FileProblem), chains.locked(place):
            pytest.fail("the block ran")


def test_a_read_only_ledger_can_be_read_and_not_charged(folder, monkeypatch):
    real = platform.open_no_follow

    def read_only(path, flags, mode=0o600):
        if flags & os.O_RDWR:
            raise OSError(errno.EROFS, "read-only")
        return real(path, flags, mode)

    monkeypatch.setattr(platform, "open_no_follow", read_only)
    assert chains.read_chain(folder).entries
    with pytest.raises(FileProblem, match="disk is read-only"), chains.locked(folder):
        pytest.fail("the block ran")


def test_an_error_of_the_system_under_the_lock_is_told_as_ours(folder):
    with pytest.raises(FileProblem, match="disk is full"), chains.locked(folder):
        raise OSError(errno.ENOSPC, "secret")
