"""Values shared by every room: digests, clip specs, ledger rows, verdicts, errors, prices.

Nothing here knows Dagster, a store or a clock. Everything that crosses a module border is frozen.
Start with `spec.py` (what a clip is) and `errors.py` (how work can go wrong).
"""
