"""A file given while a page begins to run again is not lost, and no run copies it."""

from copy import deepcopy
from typing import Any

from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

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


def share_contents() -> None:
    """Let copies of an uploaded file share its bytes, which nothing changes.

    Streamlit 1.67 copies what a widget holds at every run of the page: with files of 20 MB that
    held everybody up for tens of milliseconds each time.
    """

    def shared(file: UploadedFile, memo: dict[int, Any]) -> UploadedFile:
        record = UploadedFileRec(file.file_id, file.name, file.type, file.getvalue())
        copied = UploadedFile(record, deepcopy(file._file_urls, memo))
        copied.seek(file.tell())
        return copied

    UploadedFile.__deepcopy__ = shared  # type: ignore[attr-defined]
