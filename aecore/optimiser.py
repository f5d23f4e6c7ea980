"""The optimiser of every training."""

import inspect

import torch


class AdamW(torch.optim.AdamW):
    """Loshchilov & Hutter (2019): torch's own, that begins at once.

    torch wraps three of its methods so that its compiler leaves them out, and reads that whole
    compiler for it, a second or more before the first step. Nothing is compiled here, and without
    the wrapping they do the same.
    """

    add_param_group = inspect.unwrap(torch.optim.AdamW.add_param_group)
    zero_grad = inspect.unwrap(torch.optim.AdamW.zero_grad)
    step = torch.no_grad()(inspect.unwrap(torch.optim.AdamW.step))
