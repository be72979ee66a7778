"""Serve on a socket that is bound already; ends when whoever started it goes away.

`python -m exercise.serving FD`: FD is the inherited listening socket, standard input the rope to the starter.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading

from app.__main__ import server
from app.main import build
from app.settings import Settings


def main() -> None:
    """Run the server of the environment's settings."""
    threading.Thread(target=_until_left_alone, daemon=True).start()
    settings = Settings()
    server(settings, build(settings)).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


def _until_left_alone() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    main()
