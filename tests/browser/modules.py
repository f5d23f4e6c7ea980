"""Where a page finds the app's modules, to try them alone."""

from aeview.work import browser_files as files


def blank(app):
    """Return the address of a page of the server's without the app in it."""
    return f"{app.url}/_stcore/health"


def address(app, name):
    """Return the address of a module by its name, such as "net/net"."""
    return f"{app.url}/browser/{files.version()}/{name}.js"
