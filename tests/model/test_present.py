import numpy as np
import pytest

from synthcase.errors import InternalError
from synthcase.model.present import present
from synthcase.model.tape import Tape


def test_what_is_there_comes_back():
    node = Tape().leaf(np.ones(2))
    assert present(node) is node


def test_a_root_has_no_class_above():
    with pytest.raises(InternalError, match="no parent class"):
        present(None)
