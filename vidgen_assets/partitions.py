"""Shards as Dagster partitions. A partition is a shard of a catalog, never one clip.

Which clip is in which shard is decided in `catalogs/shards.py`; the keys are registered by `automation/enrol.py`.
"""

import dagster as dg

SHARDS = dg.DynamicPartitionsDefinition(name="shards")
"""Keys look like `lumen_shop.g1.0003`: catalog, generation, index; or `lumen_shop.i.<clip>` for interactive clips."""

TRAYS = dg.DynamicPartitionsDefinition(name="trays")
"""Keys look like `tray-00000012`: the uploads that one tick of the sensor took, some few at most. Not one upload each,
for the reason that shards are no clips: Dagster is comfortable up to about 100,000 partitions."""


def is_interactive(shard: str) -> bool:
    """Whether the shard is one interactive clip, whose stages run fused in one process."""
    return shard.rsplit(".", 2)[1] == "i"


def catalog_of(shard: str) -> str:
    """The catalog a shard belongs to."""
    return shard.rsplit(".", 2)[0]
