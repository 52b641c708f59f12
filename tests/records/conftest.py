import pytest

from casefiles import SCHEMA, SOURCES, TABLES
from synthcase.schema import load_schema


@pytest.fixture
def schema():
    return load_schema(SCHEMA)


@pytest.fixture
def tables():
    return {n: {c: list(texts) for c, texts in frame.items()} for n, frame in TABLES.items()}


@pytest.fixture(params=SOURCES)
def make_source(request, tmp_path):
    return lambda tables: SOURCES[request.param](tmp_path, tables)
