"""A web server on this machine that serves folders as a release's store does: media types, ranges, cache headers."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from vidgen_assets.releases.serving import headers


class _Release(StaticFiles):
    """A package's files with the headers that an object store is told."""

    def file_response(self, full_path: Any, *arguments: Any, **named: Any) -> Any:
        response = super().file_response(full_path, *arguments, **named)
        name = Path(full_path).relative_to(Path(str(self.directory)).resolve()).as_posix()
        for header, value in headers(name).items():
            response.headers[header] = value
        return response


@contextlib.contextmanager
def served(releases: Mapping[str, Path], pages: Mapping[str, Path]) -> Iterator[str]:
    """The address of a server that has each of `releases` and `pages` below its name."""
    routes = [Mount(f"/{name}", _Release(directory=folder.resolve())) for name, folder in releases.items()]
    routes += [Mount(f"/{name}", StaticFiles(directory=folder, html=True)) for name, folder in pages.items()]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server ended before it began"
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
