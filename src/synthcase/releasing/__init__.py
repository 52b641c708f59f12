"""Release folders: written whole or not at all, verified, and loaded again.

Nothing here can reach a record: a release is made from measurements and what follows from them.

Privacy:
    Post-processing of Measurements: by contract, nothing here can reach a record.
"""

from synthcase.releasing.loading import load_release
from synthcase.releasing.nouns import Release
from synthcase.releasing.packaging import package
from synthcase.releasing.verifying import VerifyReport, verify

__all__ = ["Release", "VerifyReport", "load_release", "package", "verify"]
