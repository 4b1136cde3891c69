"""A mend of Panel 1.9: a change that comes while another is being written is written too.

Panel queues changes that find the session's socket busy, and a task writes the queue. What joins
the queue while that task waits for the socket is left lying there, unseen by the browser until
something else changes: about one click in 150 kept its button greyed and its answer to itself.
"""

from functools import cache

from bokeh.document import Document
from panel.io import document as panel_io


@cache
def write_every_change() -> None:
    """Once a process. Touches what is private to Panel: its lock says which version that is."""
    write_queue = panel_io._dispatch_msgs

    async def write_all(document: Document) -> None:
        await write_queue(document)
        if document in panel_io._WRITE_MSGS and document not in panel_io._WRITE_BLOCK:
            panel_io._WRITE_BLOCK[document] = True
            panel_io._dispatch_write_task(document, write_all, document)

    panel_io._dispatch_msgs = write_all
