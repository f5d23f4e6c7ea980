"""The numbers of a code as a person reads them: z1, z2, …; in code they count from 0."""


def unit_name(place: int) -> str:
    """Name the unit in a column of the codes, from 0; the browser's is in controls/words.js."""
    return f"z{place + 1}"
