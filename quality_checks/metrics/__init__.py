"""Pure functions from measurements to scores, one phenomenon a file. They know no threshold and no clip.

Pictures: `black.py`, `frozen.py`, `flicker.py`, all on the features that `vidgen_assets/frames/features.py` records.
"""
