import traceback

import pytest

from synthcase.errors import DataProblem, UsageError
from synthcase.records.boundary import values_hidden


def test_a_foreign_message_is_replaced():
    with pytest.raises(DataProblem) as caught, values_hidden("table victim", todo="mend it"):
        int("a secret")
    said = "".join(traceback.format_exception(caught.value))
    assert "a secret" not in said
    for part in ("table victim", "ValueError", "mend it"):
        assert part in said


def test_our_own_errors_and_interrupts_pass():
    with pytest.raises(UsageError, match="ours"), values_hidden("table victim"):
        raise UsageError("ours")
    with pytest.raises(KeyboardInterrupt), values_hidden("table victim"):
        raise KeyboardInterrupt
