"""From a catalog file to validated requests, grouped into shards.

Read in the order of the walk: `source.py` (the bytes), `read.py` and `records.py` (the table), `contract.py` (what
a row must be), `normalise.py` (rows to requests), `catalog.py` (all of it), `shards.py` and `registration.py`.
Nothing here knows Dagster or a store; importing the package reads no file.
"""
