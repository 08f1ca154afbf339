"""How every stage runs, once for all of them: gather, work, audit, publish.

`stage.py` says what a stage is, `work.py` does a clip's work, `audit.py` judges it and decides whether the shard
is fit, `line.py` walks a shard through both, and `asset.py` shows it to Dagster. What a stage makes is in its room.
"""
