"""How does a graph database run with nothing to install? As a child process that ends with its last user.

The server (``arcadedb-embedded`` with its own Java) listens on loopback only and lives in one folder (0700). Everybody
who uses it holds a *lease*, a shared lock of the operating system on ``leases``; the server holds ``server.json``,
which tells its port. The last one to give up a lease stops the server; the leases of a killed process are freed by the
kernel, and the server, which looks twice a second, stops by itself. ``renmai db start`` keeps it running without them.
"""

from __future__ import annotations

from graph.stores.embedded.control import Status, offline, start, status, stop
from graph.stores.embedded.leases import Lease

__all__ = ["Lease", "Status", "offline", "start", "status", "stop"]
