"""Running the command line in this process, and in a child that can be killed."""

import json
import multiprocessing
import os
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from vidgen_assets.cli import main

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["great_expectations", "vidgen_assets.definitions", "tests.end_to_end.running"])


def vidgen(*arguments: str) -> int:
    """What `vidgen ARGUMENTS` exits with."""
    sys.argv = ["vidgen", *arguments]
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def vidgen_json(capsys: Any, *arguments: str) -> dict[str, Any]:
    """What `vidgen ARGUMENTS --json` prints."""
    capsys.readouterr()
    vidgen(*arguments, "--json")
    return json.loads(capsys.readouterr().out)


def start_run(home: Path, catalog: Path) -> BaseProcess:
    """`vidgen run CATALOG` as a process of its own, started from a server that has imported everything already."""
    process = _FORKS.Process(target=_run, args=(str(home), str(catalog)))
    process.start()
    return process


def _run(home: str, catalog: str) -> None:
    os.environ["VIDGEN_HOME"] = home
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    sys.exit(vidgen("run", catalog))
