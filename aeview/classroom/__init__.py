"""Class mode: the door, who may do what, whose a run is, where others find the server."""
