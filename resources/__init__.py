"""What the outside world looks like to the assets: stores, ledgers, the gate, keys, media tools, backends, clocks.

The only place that reads the environment. Start with `artifact_store.py` (bytes by digest), then `records.py`
(append-only sequences), `ledgers.py`, `verdict_book.py` and `gate.py` (who may read what).
"""
