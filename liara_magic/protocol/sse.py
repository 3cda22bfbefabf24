"""Bytes of a ``text/event-stream`` to the data strings of its events.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

Only ``data`` means anything to this API; the other fields are read over. Lines end at LF, CR or CRLF and nowhere else:
U+2028, U+2029 and U+0085 stand inside JSON strings.
"""

from __future__ import annotations

#: Bytes an event may have before its end has been seen, unless it carries an image.
EVENT_LIMIT = 8 * 1024 * 1024
#: The same for an event that carries an image as a data URL.
IMAGE_EVENT_LIMIT = 64 * 1024 * 1024
_IMAGE_MARK = b"data:image/"
# What a line takes beside its bytes while it is held: without it, short lines would fill many times the limit.
_LINE_COST = 64
_BOM = b"\xef\xbb\xbf"


class EventTooLarge(Exception):
    """An event grew past its limit. ``limit`` is that limit in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"An event of the stream grew past {limit // 2**20} MB")
        self.limit = limit


class EventStreamDecoder:
    """Feed it bytes in any pieces; it returns the data strings of the events that became complete.

    Time is linear in the bytes fed, however small the pieces. Invalid UTF-8 becomes U+FFFD.
    """

    def __init__(self, event_limit: int = EVENT_LIMIT, image_event_limit: int = IMAGE_EVENT_LIMIT) -> None:
        self._event_limit = event_limit
        self._image_event_limit = image_event_limit
        self._partial: list[bytes] = []  # pieces of the line that has not ended yet
        self._partial_size = 0
        self._data: list[str] = []  # data lines of the event that has not ended yet
        self._data_size = 0
        self._has_image = False
        self._after_cr = False
        self._at_start = True

    def feed(self, piece: bytes) -> list[str]:
        """Take the next bytes and return the data of each event they complete, in order.

        Raises :class:`EventTooLarge` as soon as an unfinished event holds more than its limit.
        """
        if self._after_cr and piece:
            self._after_cr = False
            piece = piece[1:] if piece[:1] == b"\n" else piece
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
        events: list[str] = []
        if end:
            self._after_cr = end == len(piece) and piece.endswith(b"\r")
            self._partial.append(piece[:end])
            events = self._read_lines(self._take_lines())
            piece = piece[end:]
        if piece:
            self._partial.append(piece)
            self._partial_size += len(piece)
        if self._partial_size + self._data_size > self._event_limit:
            self._check_size()
        return events

    def _take_lines(self) -> str:
        whole = b"".join(self._partial) if len(self._partial) > 1 else self._partial[0]
        self._partial.clear()
        self._partial_size = 0
        if self._at_start:
            self._at_start = False
            whole = whole.removeprefix(_BOM)
        if b"\r" in whole:
            whole = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return whole.decode("utf-8", "replace")

    def _read_lines(self, lines: str) -> list[str]:
        events: list[str] = []
        data = self._data
        for line in lines.split("\n")[:-1]:
            if not line:
                self._has_image = False
                if data:
                    events.append("\n".join(data) if len(data) > 1 else data[0])
                    data.clear()
                    self._data_size = 0
            elif line.startswith("data:"):
                data.append(line[6:] if line[5:6] == " " else line[5:])
                self._data_size += _LINE_COST + (len(line) if line.isascii() else len(line.encode()))
            elif line == "data":
                data.append("")
                self._data_size += _LINE_COST + len(line)
        return events

    def _check_size(self) -> None:
        if not self._has_image:
            # Joined once, at the moment the smaller limit is passed: the mark may be split over pieces.
            self._partial = [b"".join(self._partial)]
            in_data = any(_IMAGE_MARK.decode() in line for line in self._data)
            self._has_image = in_data or _IMAGE_MARK in self._partial[0]
        limit = self._image_event_limit if self._has_image else self._event_limit
        if self._partial_size + self._data_size > limit:
            raise EventTooLarge(limit)
