"""Callbacks that are never cut short, and what they can have run."""

import functools
from collections.abc import Callable
from typing import ParamSpec

from streamlit.runtime.scriptrunner import RerunException, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

Arguments = ParamSpec("Arguments")


def uncut(callback: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Run a callback to its end, whatever else the browser asks for meanwhile.

    A browser that asks for another run while a callback runs (a component reports, a second file
    arrives) ends the callback at its next use of the session state; what Streamlit then runs holds
    the widget's new value already, so the callback is never called again and the user's action is
    lost. Here the callback is called again at once, so it must do no harm when it is run twice,
    and what the browser asked for follows it.
    """

    @functools.wraps(callback)
    def whole(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        asked: list[RerunException] = []
        while True:
            try:
                callback(*args, **kwargs)
                break
            except RerunException as cut:
                asked.append(cut)
        if not asked:
            return
        context = get_script_run_ctx()
        if context is not None and context.script_requests is not None:
            for request in asked[:-1]:
                context.script_requests.request_rerun(request.rerun_data)
        raise asked[-1]

    return whole


def run_whole_page() -> None:
    """Have the whole page run after a callback; its last line.

    A button in a fragment asks for that fragment alone. What the browser still shows of the run
    before may belong to one that is gone: then Streamlit calls the callback and runs nothing.
    """
    context = get_script_run_ctx()
    if context is not None and context.script_requests is not None:
        context.script_requests.request_rerun(
            RerunData(
                query_string=context.query_string, page_script_hash=context.page_script_hash,
                cached_message_hashes=context.cached_message_hashes,
                context_info=context.context_info,
            )
        )  # fmt: skip
