"""A file that one process at a time holds; the kernel lets go of it however that process ends."""

import fcntl


def try_lock(descriptor: int) -> bool:
    """Take the lock of an open file, without waiting; whether it is ours."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
