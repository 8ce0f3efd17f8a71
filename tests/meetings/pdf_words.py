"""The words of a PDF, read back from its glyphs by the table that each font carries."""

import io
import re

import pikepdf

_PAIR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
_BLOCK = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)


def words_of(data: bytes) -> str:
    """Return all words of a PDF in the order they are drawn."""
    with pikepdf.open(io.BytesIO(data)) as file:
        return " ".join("".join(_drawn(page)) for page in file.pages)


def _drawn(page):
    tables = {
        name: _table(font) for name, font in page.Resources.get("/Font", {}).items()
    }
    table = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            table = tables[str(operands[0])]
        elif str(operator) == "TJ":
            texts = (part for part in operands[0] if isinstance(part, pikepdf.String))
            yield "".join(_letters(bytes(text), table) for text in texts)
        elif str(operator) == "Tj":
            yield _letters(bytes(operands[0]), table)


def _table(font):
    return {
        int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for block in _BLOCK.findall(font.ToUnicode.read_bytes())
        for glyph, text in _PAIR.findall(block)
    }


def _letters(text, table):
    glyphs = zip(text[::2], text[1::2], strict=True)
    return "".join(table.get(high * 256 + low, "") for high, low in glyphs)
