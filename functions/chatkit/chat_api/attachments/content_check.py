"""Whether the bytes of a file are of its declared type."""

from chatcore.errors import InvalidRequest

# The bytes that the library needs to see of a file.
_HEAD = 8192
_ALIASES = {"image/jpg": "image/jpeg"}


def check_content(name: str, mime_type: str, data: bytes) -> None:
    """Raise `InvalidRequest` if the bytes are not of the type.

    Nothing is unpacked or drawn, so a compressed bomb costs no more than its own bytes.
    """
    if mime_type.startswith("text/"):
        if not is_text(data):
            raise InvalidRequest(
                f"The file “{name}” is not a text in UTF-8. Texts must be UTF-8 without NUL"
                " characters. Please remove it."
            )
        return
    actual = _detected(data)
    if actual != _ALIASES.get(mime_type, mime_type):
        raise InvalidRequest(
            f"The file “{name}” is not what its type says ({mime_type}). Please remove it."
        )


def is_text(data: bytes) -> bool:
    """Return whether the bytes are a text in UTF-8 without NULs."""
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _detected(data: bytes) -> str | None:
    # Imported here, because few messages have files.
    import filetype

    found: str | None = filetype.guess_mime(data[:_HEAD])
    return found
