"""A table: its key, the tables it refers to, its columns."""

from __future__ import annotations

from dataclasses import dataclass

from synthcase.errors import SchemaError
from synthcase.schema.columns import Column
from synthcase.schema.domains import Flags
from synthcase.schema.names import check_column_name, check_table_name


@dataclass(frozen=True, kw_only=True)
class Parent:
    """A reference from a child table to a parent table.

    Attributes:
        table: The parent table.
        by: The child's column that holds the parent's key (the first part of it).
        typical: Typical number of children a parent, a public figure: the c of tempered votes.
        order: The child's column that orders the children of a parent, if any.
        also_by: The columns that hold the further parts of a composite key.
        most: The most rows that point to one row of a second parent: a promise, and records that
            break it are refused. None where nothing is promised.
    """

    table: str
    by: str
    typical: int = 1
    order: str | None = None
    also_by: tuple[str, ...] = ()
    most: int | None = None

    def __post_init__(self) -> None:
        """Check that figures are positive whole numbers, and names."""
        if self.most is not None and not 1 <= self.most <= 300:
            raise SchemaError("`most` is a whole number from 1 to 300")
        if not 1 <= self.typical <= 1000:
            raise SchemaError("`typical` is a whole number from 1 to 1000")
        for name in self.columns:
            check_column_name(name)
        if len(set(self.columns)) != len(self.columns):
            raise SchemaError("`by` names a column twice")
        if self.order is not None:
            check_column_name(self.order)

    @property
    def columns(self) -> tuple[str, ...]:
        """The child's columns that hold the parent's key, in the order of that key."""
        return (self.by, *self.also_by)


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: its key, the tables it refers to, its columns.

    Attributes:
        name: Its name, also of its files.
        key: The source columns that identify a row.
        parents: The first is the parent in the model; a second makes it a link table.
        columns: What is kept; other columns of the source are never read.
        lookup: A public code list: copied into the release, never measured.
        public_rows: Its number of rows, only where that is really public.
        public_source: Where that number was published.
        copied: Columns of a look-up table that are copied and have no domain.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    parents: tuple[Parent, ...] = ()
    lookup: bool = False
    public_rows: int | None = None
    public_source: str | None = None
    copied: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check names and keys."""
        check_table_name(self.name)
        for name in (*self.key, *self.copied):
            check_column_name(name)
        if not self.key or len(set(self.key)) != len(self.key):
            raise SchemaError(f"table {self.name} needs a key of one or more different columns")
        self._check_columns()
        self._check_parents()

    def _check_columns(self) -> None:
        names = [*(column.name for column in self.columns), *self.copied]
        flags = [
            f"{column.name}.{label}"
            for column in self.columns
            if isinstance(column.domain, Flags)
            for label in column.domain.labels
        ]
        if len(set(names + flags)) != len(names + flags):
            raise SchemaError(
                f"table {self.name} names a column twice (a flag counts as `column.value`)"
            )
        by = {name for parent in self.parents for name in parent.columns}
        for name in names:
            if name in self.key or name in by:
                raise SchemaError(
                    f"table {self.name}: {name} is a key and a column at once",
                    todo="keys are never modelled: remove it from `columns`",
                )

    def _check_parents(self) -> None:
        if self.parents and self.parents[0].most is not None:
            raise SchemaError(
                f"table {self.name}: `most` is a promise about the second parent",
                todo="cap the children of the first parent under `protect: caps:`",
            )
        if len(self.parents) > 2:
            raise SchemaError(
                f"table {self.name} has {len(self.parents)} parents", expected="at most two"
            )
        if self.lookup and self.parents:
            raise SchemaError(
                f"table {self.name} is a look-up table and has a parent",
                todo="a code list stands alone: remove `lookup`, or the parent",
            )
        if self.copied and not self.lookup:
            raise SchemaError(f"table {self.name} lists columns without a domain")
        if self.public_rows is not None and (
            self.public_rows < 0 or not (self.public_source or "").strip()
        ):
            raise SchemaError(
                f"the public number of rows of {self.name} needs a `source`",
                expected="a whole number, and where it was published",
            )

    @property
    def parent(self) -> Parent | None:
        """The parent in the model, None for a root."""
        return self.parents[0] if self.parents else None

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises:
            SchemaError: If there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise SchemaError(
            f"table {self.name} has no column {name[:40]!r}",
            exists=", ".join(column.name for column in self.columns),
        )
