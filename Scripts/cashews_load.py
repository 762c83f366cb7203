"""The load of `compare` on the client-side cache of cashews; prints what each key reads as.

    cashews_load.py PORT KEYS SECONDS SHARE-OF-WRITES QUIET-SECONDS SEED
    cashews_load.py PORT KEYS              what Redis has
"""

import asyncio
import json
import random
import sys
import time

from cashews import Cache

CALLERS, YIELD_OPERATIONS = 8, 7
PREFIX = "compare:"


async def work(cache, keys, share, end, numbers):
    operations = 0
    while time.monotonic() < end:
        key = f"k{numbers.randrange(keys)}"
        if numbers.random() < share:
            await cache.set(key, f"{numbers.random()}", expire=3600)
        else:
            await cache.get(key)
        operations += 1
        if operations % YIELD_OPERATIONS == 0:
            await asyncio.sleep(0)
    return operations


async def main(port, keys, load):
    cache = Cache()
    sides = {"client_side": True, "client_side_prefix": PREFIX} if load else {}
    cache.setup(f"redis://127.0.0.1:{port}/0", protocol=2, **sides)
    await cache.init()
    operations = 0
    if load:
        seconds, share, quiet, seed = load
        numbers = random.Random(seed)
        end = time.monotonic() + seconds
        operations = sum(await asyncio.gather(
            *[work(cache, keys, share, end, numbers) for _ in range(CALLERS)]))
        await asyncio.sleep(quiet)
    prefix = "" if load else PREFIX
    values = [await cache.get(f"{prefix}k{number}") for number in range(keys)]
    print(json.dumps({"operations": operations, "values": values}), flush=True)
    await cache.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), [float(text) for text in sys.argv[3:]]))
