"""`vidgen`: the factory from the command line, over the same definitions and the same instance as the UI.

`app.py` has the commands, `session.py` opens a deployment, `running.py` runs shards, `telling.py` prints.
"""

from vidgen_assets.cli.app import main

__all__ = ["main"]
