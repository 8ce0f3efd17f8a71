"""The broker of one machine: a folder, for a start without Redis."""

import contextlib
import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """A folder in which a message stands only when it is whole."""

    def _put(  # type: ignore[override]  # the two above name their arguments differently
        self, queue: Any, payload: Any, **kwargs: Any
    ) -> None:
        """Write a message beside the queue and then give it its name, in one step.

        The channel this stands in for writes under the final name: a worker that looks in that
        instant reads an empty file and dies of it.
        """
        folder = Path(self.data_folder_out)
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        part = folder / f".{name}.part"
        try:
            part.write_bytes(str_to_bytes(dumps(payload)))
            part.replace(folder / name)
        except OSError as problem:
            with contextlib.suppress(OSError):
                part.unlink()
            raise ChannelError(f"Cannot add a message to {folder}") from problem


class Transport(filesystem.Transport):
    """kombu's folder transport, with our channel."""

    Channel = Channel
