"""Class mode: the door, rights, owners of runs, and the address where others find the server."""
