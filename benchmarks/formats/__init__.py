"""Files of published instances, read as they are written: numbers in the file's own units."""

from pathlib import Path


class FormatFault(ValueError):
    """The file is not in the format; the text names the file and what is wrong."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(f"{path}: {fault}")
