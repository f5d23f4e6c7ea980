"""Where other machines find this server, and what is in the way of that."""

import ipaddress
import socket
from urllib.parse import urlsplit

import streamlit as st

HERE_ALONE = (
    "This server listens to this machine alone, so no other can open the address. Start it for "
    "the class first: see “Run it for a class” in the README."
)
NO_NETWORK = "This machine is in no network, so no other can open the address."


def reachable(address: str) -> tuple[str, str]:
    """Return the address as other machines know it, and what is in the way of that."""
    parts = urlsplit(address)
    if not loopback(parts.hostname):
        return address, ""
    if loopback(st.get_option("server.address")):
        return address, HERE_ALONE
    host = local_address()
    if host is None:
        return address, NO_NETWORK
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"{host}{port}").geturl(), ""


def root() -> tuple[str, str]:
    """The app's own address as other machines know it, and what is in the way of that."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    here = urlsplit(st.context.url or f"http://localhost:{st.get_option('server.port')}")
    path = f"/{base}/" if base else "/"
    return reachable(here._replace(path=path, query="", fragment="").geturl())


def loopback(host: str | None) -> bool:
    """Whether a host is this machine alone; without one Streamlit listens on all addresses."""
    if host is None:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def local_address() -> str | None:
    """This machine's address in the local network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # reserved for documentation (RFC 5737)
        except OSError:
            return None
        host = str(probe.getsockname()[0])
    return None if loopback(host) or host == "0.0.0.0" else host  # nosec B104  # compared, not bound
