"""What the import process may use of the machine. The one place that knows `resource`; Windows has none of it."""

from __future__ import annotations

import os
import signal
import sys

_CPU_SLACK_S = 5


def confine(memory_bytes: int) -> None:
    """Limit the address space of this process, make it yield to the window, and leave Ctrl+C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Windows has neither of these: there the deadline kept by the parent is the only limit
    if sys.platform != "win32":
        import resource

        os.nice(5)
        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_cpu(seconds: float) -> None:
    """Give this process that much more CPU time; a loop that outlives its parent ends by SIGXCPU."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        limit = int(used.ru_utime + used.ru_stime + seconds) + _CPU_SLACK_S
        if hard == resource.RLIM_INFINITY or limit <= hard:
            resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))
