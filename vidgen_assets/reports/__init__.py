"""What people ask of the records: where every clip stands, what a catalog would cost, the gallery.

Reads ledgers, verdicts and artifacts; writes none of them. Reports of one shard are in its stages' metadata.
"""
