# SPDX-License-Identifier: Apache-2.0
"""What all crash tests begin and end with: a folder, a server, a seed, the faults. Python 3.9, standard library only."""
import os
import random
import shutil
import sys
import tempfile
import time

from crash_server import CrashServer


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def crash_and_exit(parser, run):
    """Adds its options to those of `parser`; `run(options, server)` returns the faults. Ends the process."""
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--keep", action="store_true", help="keep the data folder")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="pawl-crash-")
    say(f"seed {options.seed}, data in {folder}")
    faults = ["it did not come to an end"]
    server = CrashServer(os.environ["PAWL"], folder, random.Random(-options.seed))
    try:
        faults = run(options, server)
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()
        if not faults and not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    for fault in faults[:20]:
        print(f"FAULT {fault}", file=sys.stderr)
    say(f"{len(faults)} faults" + (f"; the data is kept in {folder}" if faults else ""))
    sys.stdout.flush()
    os._exit(1 if faults else 0)  # threads may wait in long polls, or for a server
