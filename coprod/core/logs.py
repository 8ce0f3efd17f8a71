import json
import logging
import re
from contextvars import ContextVar

# What stands in these addresses is a secret: whoever has it may read what is there.
_SECRET_IN_PATH = re.compile(r"(/calendar/)[^/\s]+")
request_id: ContextVar[str] = ContextVar("request_id", default="")


def without_secrets(text: str) -> str:
    """Return a text with the secret taken out of every address that is one."""
    return _SECRET_IN_PATH.sub(r"\1...", text)


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Log ids, never names, addresses or people's words."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
            "request": request_id.get(),
        }
        if record.exc_info:
            line["trace"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=True)
