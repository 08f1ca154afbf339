"""Every verdict and measurement of a shard in one place, and each clip's final verdict.

`scorecard.py` makes a clip's card, `table.py` the shard's table. Rescoring reads records and never renders.
"""
