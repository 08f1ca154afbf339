"""The claims a shard must stand by before anything downstream may use it: a file per stage.

`check.py` says what a check is, `thresholds.py` holds every number a check compares with and its basis,
`metrics/` holds the pure functions that measure, `safety/` what guards content.
"""
