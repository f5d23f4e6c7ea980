"""Uploaded files: where to send them survives the start of another run, and no run copies them."""

import copy
import inspect

import pytest
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import forward_msg_queue
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from aeview.uploads import keep_addresses, share_contents


@pytest.fixture
def fresh(monkeypatch):
    """Streamlit's own queue, whatever a page has done to it in this process before."""
    own = inspect.unwrap(ForwardMsgQueue.clear)
    while closure := inspect.getclosurevars(own).nonlocals.get("forget"):
        own = closure
    monkeypatch.setattr(ForwardMsgQueue, "clear", own)


def left_of_a_queue():
    queue = forward_msg_queue.ForwardMsgQueue()
    for number in (1, 2):
        message = ForwardMsg()
        message.file_urls_response.response_id = f"file {number}"
        queue.enqueue(message)
    drawn = ForwardMsg()
    drawn.delta.new_element.markdown.body = "of the run before"
    queue.enqueue(drawn)
    queue.clear(retain_lifecycle_msgs=True)
    return [message.file_urls_response.response_id for message in queue.flush()]


def test_streamlit_alone_forgets_the_addresses(fresh):
    assert left_of_a_queue() == []


def test_they_are_kept_in_order_and_nothing_else_is(fresh):
    keep_addresses()
    keep_addresses()
    assert left_of_a_queue() == ["file 1", "file 2"]


def test_a_copy_of_an_uploaded_file_shares_its_bytes():
    share_contents()
    record = UploadedFileRec("id", "a.png", "image/png", bytes(range(256)) * 100)
    file = UploadedFile(record, FileURLs(file_id="id", upload_url="/up"))
    file.read(7)
    (copied,) = copy.deepcopy([file])
    assert copied is not file
    assert copied.getvalue() is file.getvalue() is record.data
    assert (copied.name, copied.size, copied.tell()) == ("a.png", 25_600, 7)
    assert copied == file
    copied.write(b"x")
    assert file.getvalue() is record.data
