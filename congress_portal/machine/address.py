"""Where the portal listens, under which names it may be called, and why it cannot listen there."""

from __future__ import annotations

import errno
import socket
import subprocess
from pathlib import Path

from congress_portal.machine import env_file

EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - only compared; HOST=… on the command line chooses


def bracketed(host: str) -> str:
    """Return a host as URLs and Host headers write it."""
    return f"[{host}]" if ":" in host else host


def not_a_port(given: object) -> str:
    return f"端口应为 1 至 65535 之间的数，现为 {given}。请改写为：make run PORT=8000"


def why_not_listen(host: str, port: int) -> str | None:
    """Return the sentence that says why this address cannot be had, or None when it is free."""
    if not 0 < port < 65536:
        return not_a_port(port)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # A port that was just given back counts as free, as it does for the web server.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as refusal:
        return _sentence(refusal, host, port)
    return None


def _sentence(refusal: OSError, host: str, port: int) -> str:
    if refusal.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被其他程序占用。请先停止该程序，或者换一个端口：make run PORT={_another(port)}"
    if refusal.errno == errno.EACCES:
        return f"当前用户无权使用端口 {port}。请换用 1024 以上的端口：make run PORT=8000"
    return f"不能在 {host} 上提供服务（{refusal}）。请使用本机地址：make run HOST=127.0.0.1"


def _another(port: int) -> int:
    return next((n for n in range(port + 1, port + 20) if why_not_listen("127.0.0.1", n) is None), port + 1)


def own_names() -> list[str]:
    """Return the names and addresses by which others on the network call this machine."""
    try:
        listed = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        listed = ""
    return [socket.gethostname(), *map(bracketed, listed.split())]


def allowed_hosts(host: str, env: Path) -> str:
    """Return ALLOWED_HOSTS for this run: what is configured, and what HOST opens, never a wildcard."""
    configured = env_file.value(env, "ALLOWED_HOSTS") or ",".join(env_file.LOOPBACK)
    opened = own_names() if host in EVERYWHERE else [bracketed(host)]
    return ",".join(dict.fromkeys([*filter(None, configured.split(",")), *opened]))


def urls(host: str, port: int) -> list[str]:
    """Return the addresses to open in a browser, the nearest first."""
    hosts = ["127.0.0.1", *own_names()] if host in EVERYWHERE else [bracketed(host)]
    return [f"http://{name}:{port}/" for name in hosts]


def is_local(host: str) -> bool:
    """Tell whether only this machine can reach the portal there."""
    return host in {"localhost", "::1"} or host.startswith("127.")
