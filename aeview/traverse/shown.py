"""What the page Traverse shows: bounds, starts and names in the address."""

from aeview import shown
from aeview.shown import choice, number, numbers

COLUMNS = (7, 11, 13)
MOST_ROWS = 64  # of the grid, where a code has hundreds of units
MAX_SEED = 999_999
GRIDS = ("units", "directions")
LEAST_STEP, MOST_STEP = 0.25, 3.0


class Shown(shown.Shown, component="traverse", states=("sweep",)):
    """One code, pulled unit by unit.

    Attributes:
        code: of the sliders; empty for the starting image's own.
        row: the stored image from which *Reset* starts again; −1 for the mean code.
        seed: of the random numbers on screen.
        columns: pictures in each row of the grid.
        grid: every unit, or the directions in which the picture changes most here.
        step: between pictures along these, in standard deviations of the nearest training codes.
    """

    code: tuple[float, ...] = numbers(link="z")
    row: int = number(-1, -1, link="start")
    seed: int = number(0, 0, MAX_SEED, title="The seed")
    columns: int = choice(COLUMNS[0], COLUMNS)
    grid: str = choice(GRIDS[0], GRIDS)
    step: float = number(1.0, LEAST_STEP, MOST_STEP, step=0.25, link="apart")
