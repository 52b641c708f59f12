"""The manifest: what a release is made of, from what, and the hash of every file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthcase.core import canonical
from synthcase.core.canonical import sha256_hex
from synthcase.errors import FileProblem
from synthcase.plans.fields import Fields
from synthcase.plans.nouns import LedgerEntry

__all__ = ["MANIFEST_FILE", "FileEntry", "Manifest", "manifest_bytes", "manifest_from_bytes"]

MANIFEST_FILE = "manifest.json"
FORMAT = "synthcase-release"
VERSION = 1
MAX_BYTES = 8 * 2**20

_FIELDS = (
    "format", "version", "name", "purpose", "versions", "unit", "epsilon", "delta", "seed", "rows",
    "ledger", "hashes", "files",
)  # fmt: skip
HASHES = ("schema", "plan", "measurements", "model")


@dataclass(frozen=True)
class FileEntry:
    """One file of a release.

    Attributes:
        sha256: Hash of its content.
        size: Its size in bytes.
    """

    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a release is made of.

    Attributes:
        name: Name of the schema.
        purpose: What the release is for, in the custodian's words.
        versions: Versions of synthcase and of what it stands on.
        unit: The protected unit.
        epsilon: ε of the plan, as asked for.
        delta: Its δ, as "p/q".
        seed: Seed of the sampling.
        rows: Released rows by table.
        ledger: The ledger's line that paid.
        hashes: SHA-256 of schema text, plan, measurements and model.
        files: All files of the folder but the manifest itself, by name.
    """

    name: str
    purpose: str
    versions: Mapping[str, str]
    unit: str
    epsilon: str
    delta: str
    seed: int
    rows: Mapping[str, int]
    ledger: LedgerEntry
    hashes: Mapping[str, str]
    files: Mapping[str, FileEntry]

    @property
    def hash(self) -> str:
        """SHA-256 of the manifest's file: it names the whole release."""
        return sha256_hex(manifest_bytes(self))


def manifest_bytes(manifest: Manifest) -> bytes:
    """Write a manifest as canonical JSON: the content of `manifest.json`.

    Privacy:
        Post-processing of Measurements.
    """
    entry = manifest.ledger
    return canonical.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "name": manifest.name,
            "purpose": manifest.purpose,
            "versions": dict(manifest.versions),
            "unit": manifest.unit,
            "epsilon": manifest.epsilon,
            "delta": manifest.delta,
            "seed": str(manifest.seed),
            "rows": dict(manifest.rows),
            "ledger": {"id": entry.ledger, "sequence": entry.sequence, "head": entry.head},
            "hashes": dict(manifest.hashes),
            "files": {
                name: {"sha256": file.sha256, "size": file.size}
                for name, file in manifest.files.items()
            },
        }
    )


def manifest_from_bytes(data: bytes, *, what: str = MANIFEST_FILE) -> Manifest:
    """Read a manifest.

    Args:
        data: The content of its file.
        what: The file's name, for messages.

    Raises:
        FileProblem: It is no manifest, or is damaged.
    """
    fields = Fields(canonical.loads(data, what=what, max_bytes=MAX_BYTES), what, _FIELDS)
    fields.one_of("format", [FORMAT])
    fields.whole("version", least=VERSION, most=VERSION)
    ledger = Fields(fields.take("ledger"), f"{what}: ledger", ("id", "sequence", "head"))
    hashes = Fields(fields.take("hashes"), f"{what}: hashes", HASHES)
    manifest = Manifest(
        name=fields.text("name"),
        purpose=fields.text("purpose"),
        versions=fields.words("versions"),
        unit=fields.text("unit"),
        epsilon=fields.text("epsilon"),
        delta=fields.text("delta"),
        seed=_seed(fields),
        rows=fields.wholes("rows"),
        ledger=LedgerEntry(
            ledger=ledger.text("id"), sequence=ledger.whole("sequence"), head=ledger.hash("head")
        ),
        hashes={name: hashes.hash(name) for name in HASHES},
        files={name: _file(value, what) for name, value in fields.mapping("files").items()},
    )
    if manifest_bytes(manifest) != data:
        raise FileProblem(
            f"{what} was changed, or is damaged.",
            expected="the canonical text of its own content",
            todo="Take an unchanged copy of the whole folder.",
        )
    return manifest


def _file(value: object, what: str) -> FileEntry:
    fields = Fields(value, f"{what}: a file", ("sha256", "size"))
    return FileEntry(fields.hash("sha256"), fields.whole("size"))


def _seed(fields: Fields) -> int:
    """Read the seed, which is text because it may have any number of digits."""
    text = fields.long_text("seed", 100)
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit():
        raise FileProblem(
            f"{fields.what}: the seed is no whole number.",
            todo="Take an unchanged copy of the whole folder.",
        )
    return int(text)
