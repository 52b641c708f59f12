"""Mistakes, made on purpose: each must be noticed by a check that passes without it.

Each takes a `monkeypatch` and breaks what counts, orders or cuts the records. The mutants of the
noise itself are in `privacy/test_noise.py`, those of the ledger in `privacy/test_ledger.py`.
"""

import numpy as np

from synthcase.measurement import counting, measuring, view
from synthcase.planning import sensitivity


def cap_ignored(monkeypatch):
    monkeypatch.setattr(view, "is_cut", lambda schema, table: False)


def cut_by_row_number(monkeypatch):
    real = view._cut

    def cut(kept, parent, secret, cap):
        numbers = np.arange(len(secret), dtype=np.uint64)
        return real(kept, parent, np.stack([numbers, numbers], axis=1), cap)

    monkeypatch.setattr(view, "_cut", cut)


def order_by_row_number(monkeypatch):
    def order(key, table, keys):
        numbers = np.arange(len(keys), dtype=np.uint64)
        return np.stack([numbers, numbers], axis=1)

    monkeypatch.setattr(view, "_secret_order", order)


def shuffle_with_a_fixed_seed(monkeypatch):
    def order(key, table, keys):
        numbers = np.random.default_rng(0).permutation(len(keys)).astype(np.uint64)
        return np.stack([numbers, numbers], axis=1)

    monkeypatch.setattr(view, "_secret_order", order)


def rows_between_count_without_persons(monkeypatch):
    monkeypatch.setattr(view, "between", lambda schema, table: False)


def agreement_with_a_differ_cell(monkeypatch):
    real = counting._cells

    def cells(layout, views, table, pairs, *, packed):
        found = real(layout, views, table, pairs, packed=packed)
        # the last cell counts the pairs that differ
        return np.minimum(found, table.size - 1) if table.kind == "agreement" else found

    monkeypatch.setattr(counting, "_cells", cells)


def pairs_in_both_orders(monkeypatch):
    real = counting._chain

    def chain(row):
        for pairs in real(row):
            yield pairs
            yield pairs.swapped()

    monkeypatch.setattr(counting, "_chain", chain)


def pairs_at_the_weight_of_a_row(monkeypatch):
    def pairs(row):
        for group in np.flatnonzero(row.size > 1):
            members = row.order[row.first[group] : row.first[group] + row.size[group]]
            one, two = np.triu_indices(len(members), 1)
            yield counting._sorted(members[one], members[two], row.share[members[one]], both=True)

    monkeypatch.setattr(counting, "_all_pairs", pairs)


def pairs_across_at_the_weight_of_a_row(monkeypatch):
    real = counting._across

    def across(left, right, above):
        for pairs in real(left, right, above):
            yield counting._sorted(pairs.left, pairs.right, left.share[pairs.left])

    monkeypatch.setattr(counting, "_across", across)


def total_of_the_last_bin(monkeypatch):
    """Count, instead of all rows, those of parents with `cap` children or more."""
    real = counting._count_one

    def count_one(layout, views, table, pairs, vote):
        name = table.axes[0][0]
        bins = layout.by_name[name].counts
        if table.kind != "rows" or bins is None:
            return real(layout, views, table, pairs, vote)
        numbers = views[name].size
        return np.array([numbers[numbers >= bins.cap].sum()])

    monkeypatch.setattr(counting, "_count_one", count_one)


def integers_of_32_bits(monkeypatch):
    real = counting._histogram

    def histogram(cells, pairs, size, vote):
        return real(cells, pairs, size, vote).astype(np.int32).astype(np.int64)

    monkeypatch.setattr(counting, "_histogram", histogram)


def weights_rounded_up(monkeypatch):
    def histogram(cells, pairs, size, vote):
        total = np.zeros(size + 1, dtype=np.int64)
        for share, start, end in zip(pairs.share, pairs.ends[:-1], pairs.ends[1:], strict=True):
            total += -(-vote // int(share)) * np.bincount(cells[start:end], minlength=size + 1)
        return total[:size]

    monkeypatch.setattr(counting, "_histogram", histogram)


def weights_of_the_whole_file(monkeypatch):
    """Weigh a row by the size of its table: it reads outside its case."""
    real = view._arrange

    def arrange(records, name, rows, above, **options):
        found = real(records, name, rows, above, **options)
        return view.TableView(
            found.codes,
            found.parent,
            found.share + found.rows,
            found.order,
            found.first,
            found.size,
        )

    monkeypatch.setattr(view, "_arrange", arrange)


def categories_learned_from_the_records(monkeypatch):
    real = measuring.count

    def count(*arguments, **options):
        for table, cells in real(*arguments, **options):
            yield table, cells[: np.flatnonzero(cells).max(initial=0) + 1]

    monkeypatch.setattr(measuring, "count", count)


def number_of_rows_printed(monkeypatch):
    for name in ("vote_view", "person_view"):
        real = getattr(measuring, name)

        def arrange(records, *key, real=real):
            print(f"counting {sum(table.rows for table in records.tables.values())} rows")  # noqa: T201
            return real(records, *key)

        monkeypatch.setattr(measuring, name, arrange)


def number_of_rows_in_the_progress(monkeypatch):
    real = measuring.noisy_answers

    def look(records, plan, *, progress):
        progress("read", sum(table.rows for table in records.tables.values()), 0)
        return real(records, plan, progress=progress)

    monkeypatch.setattr(measuring, "noisy_answers", look)


def links_cost_nobody_they_point_to(monkeypatch):
    monkeypatch.setattr(sensitivity, "pointing_at", lambda schema, person: ())


def persons_below_persons_are_not_cut(monkeypatch):
    for room in (view, sensitivity):
        real = room.is_cut

        def is_cut(schema, table, real=real):
            persons = {person.table for person in schema.protect.persons}
            return table not in persons and real(schema, table)

        monkeypatch.setattr(room, "is_cut", is_cut)


def nothing_leaves_with_a_case(monkeypatch):
    monkeypatch.setattr(sensitivity, "leaves_with", lambda schema, table: None)
