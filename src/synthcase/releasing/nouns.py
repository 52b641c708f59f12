"""A release: the folder that may leave the house."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from synthcase.releasing.manifest import Manifest

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from synthcase.model.nouns import Model
    from synthcase.plans.nouns import Measurements, Plan

__all__ = ["DATA_FOLDER", "SCHEMA_FILE", "Release"]

DATA_FOLDER = "data"
SCHEMA_FILE = "schema.yaml"


@dataclass(frozen=True)
class Release:
    """A checked release folder. Its parts are read when they are asked for.

    Attributes:
        folder: Where it lies.
        manifest: What it is made of.

    Privacy:
        Post-processing of Measurements; everyone may see it.
    """

    folder: Path
    manifest: Manifest

    @cached_property
    def plan(self) -> Plan:
        """The plan that was measured."""
        from synthcase.plans.files import PLAN_FILE, load_plan

        return load_plan(self.folder / PLAN_FILE)

    @cached_property
    def measurements(self) -> Measurements:
        """The noisy answers everything else was made from."""
        from synthcase.plans.files import MEASUREMENTS_FILE, load_measurements

        return load_measurements(self.folder / MEASUREMENTS_FILE, self.plan)

    @cached_property
    def model(self) -> Model:
        """The model the rows were drawn from."""
        from synthcase.model.files import MODEL_FILE, load_model

        return load_model(self.folder / MODEL_FILE)

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables as typed data frames, with their companion columns of missing."""
        from synthcase.releasing.loading import typed_frames

        return typed_frames(self.folder / DATA_FOLDER, self.plan.schema, self.manifest.rows)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{number}</td></tr>"
            for name, number in self.manifest.rows.items()
        )
        return (
            f"<p>Release <b>{escape(self.manifest.name)}</b>: invented rows, "
            f"{escape(self.manifest.unit)} protected at ε = {escape(self.manifest.epsilon)}, "
            f"in {escape(self.folder.name)}</p>"
            f"<table><tr><th>table</th><th>synthetic rows</th></tr>{rows}</table>"
        )
