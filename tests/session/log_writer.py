"""A process that asks and logs: ``python log_writer.py COUNT BYTES [LIMIT]`` prints what its replies said as JSON.

``LIMIT`` is the size in bytes that no file may pass (RLIMIT_FSIZE); -1 is none, but as a user whom modes hold back.
Run by tests and benchmarks; the environment says where the log is.
"""

import json
import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]
from loopback import Loopback  # noqa: E402

from liara_magic import Chat  # noqa: E402
from liara_magic.kernel import this_kernel  # noqa: E402


def echo(line, request):
    line.reply(request.json["messages"][-1]["content"])


def main(count, size, limit=0):
    prompt = "x" * (size // 2)  # the reply repeats it: both are in the record of a turn
    notices, whole = [], 0
    with Loopback(echo) as gateway:
        if limit < 0 and os.geteuid() == 0:  # no mode holds root back
            Chat(base_url=gateway.base_url, log=False).ask("what is imported late is imported now")
            os.seteuid(65534)
        if limit > 0:
            import resource

            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        chat = Chat(base_url=gateway.base_url, max_history=1)
        for number in range(count):
            reply = chat.ask(f"{number} {prompt}")
            whole += reply.text == f"{number} {prompt}"
            notices += [notice for notice in reply.notices if "saved" in notice]
        if limit < 0 and os.getuid() == 0:
            os.seteuid(0)
    path = this_kernel().log.path
    print(json.dumps({"whole": whole, "notices": notices, "path": str(path) if path else ""}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
