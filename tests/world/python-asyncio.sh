#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An asyncio server, 200 clients at once, subprocesses and timeouts.
# NEEDS python3=python3
[ "$1" = prepare ] && cat >server.py <<'EOF' && exit
import asyncio

async def serve(reader, writer):
    line = await reader.readline()
    writer.write(line.upper())
    await writer.drain()
    writer.close()

async def client(port, n):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"hello %d\n" % n)
    answer = await reader.read()
    writer.close()
    return answer.decode().strip()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    answers = await asyncio.gather(*(client(port, n) for n in range(200)))
    print(len(answers), answers[0], answers[-1])
    children = [await asyncio.create_subprocess_exec("sh", "-c", "exit %d" % n) for n in range(10)]
    print([await c.wait() for c in children])
    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.1)
    except asyncio.TimeoutError:
        print("timed out")

asyncio.run(main())
EOF
python3 server.py
