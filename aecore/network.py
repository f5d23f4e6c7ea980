"""Where this machine stands in its network."""

import ipaddress
import socket


def loopback(host: str | None) -> bool:
    """Whether a host is this machine alone; None, all of its addresses, is not."""
    if host is None:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def local_address() -> str | None:
    """This machine's address as others see it, None without a network; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # reserved for documentation (RFC 5737)
        except OSError:
            return None
        host = str(probe.getsockname()[0])
    return None if loopback(host) or host == "0.0.0.0" else host  # nosec B104  # compared, not bound
