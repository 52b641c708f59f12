import json

import numpy as np
import pytest

from synthcase.errors import FileProblem
from synthcase.model.container import read_container


def container(header, data=b""):
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def array(shape, begin, end, dtype="I32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def test_arrays_come_back_whatever_their_order_in_the_header():
    data = np.arange(6, dtype="<i4").tobytes()
    metadata, arrays = read_container(
        container({"b": array([2, 2], 8, 24), "a": array([2], 0, 8), "__metadata__": {"k": "v"}},
                  data), "m",
    )  # fmt: skip
    assert metadata == {"k": "v"}
    assert arrays["a"].tolist() == [0, 1]
    assert arrays["b"].tolist() == [[2, 3], [4, 5]]


BAD = {
    "empty": b"",
    "a length only": (5).to_bytes(8, "little"),
    "a huge length": b"\xff" * 8 + b"{}",
    "no object": container([]),
    "a gap": container({"a": array([1], 4, 8)}, b"\0" * 8),
    "an overlap": container({"a": array([1], 0, 4), "b": array([1], 0, 4)}, b"\0" * 4),
    "bytes left over": container({"a": array([1], 0, 4)}, b"\0" * 5),
    "bytes missing": container({"a": array([2], 0, 8)}, b"\0" * 4),
    "floats": container({"a": array([1], 0, 4, "F32")}, b"\0" * 4),
    "no axis": container({"a": array([], 0, 4)}, b"\0" * 4),
    "an axis of text": container({"a": array(["1"], 0, 4)}, b"\0" * 4),
    "a number beyond all": container({"a": array([2**40], 0, 4)}, b"\0" * 4),
    "another field": container({"a": array([1], 0, 4) | {"x": 1}}, b"\0" * 4),
}


@pytest.mark.parametrize("name", BAD)
def test_another_file_is_refused(name):
    with pytest.raises(FileProblem):
        read_container(BAD[name], "m")
