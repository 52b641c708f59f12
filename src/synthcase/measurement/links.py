"""Links stay inside one case, and within what the schema promises of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthcase.errors import DataProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.records.nouns import Records


def refuse_links_across_cases(records: Records) -> None:
    """Refuse records in which a link ties two cases of one tree together.

    Such a case would take rows of other cases along when it leaves, and a person rows of any
    number of cases: no price of a plan covers that.

    Args:
        records: Real records.

    Raises:
        DataProblem: If the two ends of a row stand in different cases; names its table only.

    Privacy:
        Says of the records, to their custodian, that they cannot be measured as they are.
    """
    schema = records.schema
    for table in schema.measured:
        for second in table.parents[1:]:
            rows = records.tables[table.name]
            one, two = schema.path(table.name), schema.path(second.table)
            if one[0] != two[0] or rows.parent is None or rows.other is None:
                continue
            first = _root_rows(records, one[:-1], rows.parent)
            if (first != _root_rows(records, two, rows.other)).any():
                raise DataProblem(
                    f"Rows of {table.name} tie one {one[0]} to another: the {second.table} they "
                    f"point to stands in another {one[0]} than they do.",
                    expected=f"links inside one {one[0]}",
                    todo=f"enter the {second.table} once for each {one[0]}, or make it a table "
                    "without a parent",
                )


def refuse_more_links_than_promised(records: Records) -> None:
    """Refuse records in which more rows point to one second end than the schema promises.

    The promise is part of the price: rows beyond it would leave with somebody who paid for fewer.
    It is never fitted to the records afterwards.

    Args:
        records: Real records.

    Raises:
        DataProblem: If a promise is broken; names its table only.

    Privacy:
        Says of the records, to their custodian, that they cannot be measured as they are. Whoever
        publishes a release made under such a promise tells that nobody exceeds it.
    """
    for table in records.schema.measured:
        other = records.tables[table.name].other
        for second in table.parents[1:]:
            if second.most is None or other is None or not len(other):
                continue
            if np.bincount(other).max() > second.most:
                raise DataProblem(
                    f"More rows of {table.name} point to one {second.table} than the schema "
                    "promises.",
                    expected=f"at most {second.most}, the `most` of the schema",
                    todo="promise more, or nothing, before you look again; a promise made to fit "
                    "these records would tell something of them",
                )


def _root_rows(
    records: Records, path: tuple[str, ...], rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the root row above each row of the last table of a path."""
    for name in reversed(path[1:]):
        parent = records.tables[name].parent
        if parent is not None:
            rows = parent[rows]
    return rows
