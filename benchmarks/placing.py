"""Where a t-SNE map places codes that it was not fitted on: ours, the mean of 8, openTSNE's.

The codes are those of MNIST validation images under `mnist-vae-16d`: four fifths are laid out, the
others placed, and each placed code is given the class of most of its 10 nearest points. `in latent
space` does the same without a map.
"""

import time
from typing import Any

import numpy as np
from _report import arguments, show

from aecore.checkpoints import load as load_checkpoint
from aecore.checkpoints import shipped_folder
from aecore.data.catalogue import load
from aecore.latents.encoding import encode
from aecore.latents.neighbours import nearest
from aecore.latents.projection import N_NEIGHBOURS, TSNE, _blend

PERPLEXITY = 30


def theirs(codes: np.ndarray, points: np.ndarray, new: np.ndarray) -> np.ndarray:
    """OpenTSNE's own transform, with its defaults, into the same layout."""
    import openTSNE

    affinities = openTSNE.affinity.PerplexityBasedNN(
        codes.astype(np.float64), perplexity=PERPLEXITY, method="exact", random_state=0
    )
    laid_out = openTSNE.TSNEEmbedding(points.astype(np.float64), affinities, random_state=0)
    return np.asarray(laid_out.transform(new.astype(np.float64)), dtype=np.float32)


def main() -> None:
    """Measure all on one layout."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--model", default="mnist-vae-16d")
    parser.add_argument("--n", type=int, default=5000)
    options = parser.parse_args()
    model, card = load_checkpoint(shipped_folder() / f"{options.model}.safetensors")
    data = load(card.data, "val")
    table = encode(model, data.take(np.arange(min(options.n, len(data)))))
    n = len(table) * 4 // 5
    codes, new = table.codes[:n], table.codes[n:]
    plane = TSNE(perplexity=PERPLEXITY).fit(codes)
    known, truth = table.labels[:n], table.labels[n:]

    def row(what: str, place: Any, points: np.ndarray = plane.points) -> dict[str, Any]:
        start = time.perf_counter()
        placed = place()
        seconds = time.perf_counter() - start
        votes = known[nearest(points, placed, 10).rows]
        guessed = np.array([np.bincount(each).argmax() for each in votes])
        return {"what": what, "10-NN accuracy": float((guessed == truth).mean()), "s": seconds}

    show(
        [
            row("aecore: the middle one of 8", lambda: plane.transform(new)),
            row("mean of 8", lambda: _blend(plane.points, nearest(codes, new, N_NEIGHBOURS))),
            row("openTSNE transform", lambda: theirs(codes, plane.points, new)),
            row("in latent space", lambda: new, codes),
        ],
        options.json,
    )


if __name__ == "__main__":
    main()
