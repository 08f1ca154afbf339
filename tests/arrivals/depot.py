"""A folder of arrivals with its sensor, ticked by hand, and the runs it asks for, run in this process."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from resources.factory import Factory
from resources.ledgers import Attempt
from resources.settings import read_settings
from resources.workshop import Workshop
from vidgen_assets.automation.arrivals import arrivals_folder, take_in_arrivals
from vidgen_assets.definitions import build_defs
from vidgen_assets.partitions import TRAYS

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass
class Depot:
    """The cursor is kept as the daemon keeps it."""

    home: Path
    instance: dg.DagsterInstance
    environment: dict[str, str] = field(default_factory=dict)
    cursor: str | None = None

    def __post_init__(self) -> None:
        self.settings = read_settings({"VIDGEN_HOME": str(self.home), "VIDGEN_WORKERS": "1", **self.environment})
        self.factory = Factory.of(self.settings)
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def folder(self) -> Path:
        return self.home / "arrivals"

    @property
    def shop(self) -> Workshop:
        return self.factory.workshop()

    def send(self, *files: Path, name: str | None = None) -> None:
        """Copies of `files`, whole."""
        for file in files:
            (self.folder / (name or file.name)).write_bytes(file.read_bytes())

    def tick(self) -> dg.SensorResult:
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        result: Any = arrivals_folder(context, factory=self.factory)
        self.cursor = result.cursor
        for request in result.dynamic_partitions_requests or []:
            self.instance.add_dynamic_partitions(str(TRAYS.name), list(request.partition_keys))
        return result

    def tick_twice(self) -> None:
        """The first tick sees, the second takes."""
        self.tick()
        self.tick()

    def asked(self) -> list[str | None]:
        """The trays that a tick asks to be run."""
        return [request.partition_key for request in self.tick().run_requests or []]

    def run(self, tray: str) -> dg.ExecuteInProcessResult:
        job = build_defs(self.settings).resolve_job_def(take_in_arrivals.name)
        return job.execute_in_process(
            instance=self.instance, partition_key=tray, run_config=QUIET, raise_on_error=False
        )

    def attempt(self, asset: str, tray: str) -> Attempt:
        found = self.shop.ledgers.latest(asset, tray)
        assert found is not None
        return found
