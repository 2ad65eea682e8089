"""How the search is compiled: without the interpreter, and kept on disk under a key that changes with its sources.

numba's own cache sees a change of the file that a function stands in, but not of the files that the function calls
into. So the folder of the cache is named after every source of the search, the versions and the processor.
"""

import hashlib
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import llvmlite
import numba
import numpy as np

config: Any = numba.config
njit: Any = numba.njit

HERE = Path(__file__).parent
SOURCES = (HERE / "jit.py", HERE / "passing.py", HERE / "pool.py", *sorted((HERE / "search").glob("*.py")))


def name_cache() -> str:
    """Return a name that no other state of the sources, libraries and processor has."""
    digest = hashlib.sha256()
    for source in SOURCES:
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    processor = platform.processor() or platform.machine()
    for part in (sys.version, numba.__version__, llvmlite.__version__, processor, config.CPU_NAME or _cpu_name()):
        digest.update(part.encode())
    return f"search-{digest.hexdigest()[:16]}"


def _cpu_name() -> str:
    from llvmlite import binding  # noqa: PLC0415

    return str(binding.get_host_cpu_name())


def find_cache_folder() -> Path:
    """Return where compiled code is kept: beside the sources where we may write, else in the temporary folder."""
    name = name_cache()
    for base in (HERE / "__pycache__", Path(tempfile.gettempdir()) / "tournee-search"):
        folder = base / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="tournee-search-"))


CACHE_FOLDER = find_cache_folder()
# An environment that says otherwise (NUMBA_CACHE_DIR) would lose the key.
config.CACHE_DIR = str(CACHE_FOLDER)

if TYPE_CHECKING:

    def int64(value: float) -> int:
        """Make a number one of 64 bits, so that a function is compiled for one kind of number only."""
else:
    int64 = np.int64


def compiled[F: Callable[..., Any]](function: F) -> F:
    """Compile a function that makes no array.

    Without numba's reference counting: counting the references to all the arrays of a problem at every call would
    cost more than the calls do.
    """
    return cast("F", njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function))
