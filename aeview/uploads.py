"""A file given while a page begins to run again is not lost."""

from typing import Any

from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

ADDRESSES = "file_urls_response"


def keep_addresses() -> None:
    """Let a browser have the addresses that it asked for to send its files to.

    Streamlit 1.67 forgets what it has not sent yet when a run of the whole page begins, these
    among them; the browser then waits for ever, and the file that was given is ignored without a
    word.
    """
    forget = ForwardMsgQueue.clear
    if getattr(forget, "keeps_addresses", False):
        return

    def clear(queue: ForwardMsgQueue, *args: Any, **kwargs: Any) -> None:
        asked = [each for each in queue._queue if each.WhichOneof("type") == ADDRESSES]
        forget(queue, *args, **kwargs)
        left = {id(each) for each in queue._queue}
        queue._queue += [each for each in asked if id(each) not in left]

    clear.keeps_addresses = True  # type: ignore[attr-defined]
    ForwardMsgQueue.clear = clear  # type: ignore[assignment,method-assign]
