"""Where other machines find this server, and what is in the way of that."""

from urllib.parse import urlsplit

import streamlit as st

from aecore.network import local_address, loopback

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


def elsewhere() -> str:
    """Where others open the app, where that differs from the address in this browser; else ""."""
    here = st.context.url
    if not here:
        return ""
    found, note = reachable(here)
    return "" if note or found == here else f"{urlsplit(found).scheme}://{urlsplit(found).netloc}"


def root() -> tuple[str, str]:
    """The app's own address as other machines know it, and what is in the way of that."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    here = urlsplit(st.context.url or f"http://localhost:{st.get_option('server.port')}")
    path = f"/{base}/" if base else "/"
    return reachable(here._replace(path=path, query="", fragment="").geturl())
