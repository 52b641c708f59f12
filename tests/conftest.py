"""What every test shares: the same invented examples in CI on each run, and no network."""

import os
import socket

import pytest
from hypothesis import HealthCheck, settings

# Other people use the machine too, so slowness is no failure; in CI a red run can be repeated.
settings.register_profile(
    "synthcase",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("synthcase"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "synthcase"))

os.environ.setdefault("MPLBACKEND", "Agg")


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    connect = socket.socket.connect

    def refuse(self, address):
        if self.family not in {socket.AF_INET, socket.AF_INET6}:
            return connect(self, address)
        message = f"synthcase works offline, but something connects to {address!r}"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)
