"""A message as it would have been sent, in plain text on standard output."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.records.message import Message


def put_message(words: "Message") -> None:
    """What a phone shows, then the message paragraph by paragraph."""
    print(words.summary)
    for block in words.blocks:
        print("   " + "".join(piece.text for piece in block.pieces))
