"""`python uvicorns.py NAME…` runs each application of apps/ behind its own uvicorn, the reference.

Print the ports as one line of JSON.
"""

import asyncio
import importlib
import json
import socket
import sys

import uvicorn


async def main(names: list[str]) -> None:
    servers, ports = [], {}
    for name in names:
        listening = socket.create_server(("127.0.0.1", 0))
        ports[name] = listening.getsockname()[1]
        module = importlib.import_module(f"tests.system.frameworks.apps.{name}_app")
        config = uvicorn.Config(module.app, log_level="critical")
        servers.append(uvicorn.Server(config).serve([listening]))
    print(json.dumps(ports), flush=True)
    await asyncio.gather(*servers)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
