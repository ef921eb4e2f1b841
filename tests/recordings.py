"""Recordings for tests: valid beginnings, and what the scripted model hears in them."""

import base64

BEGINNINGS = {
    "audio/webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm",
    "audio/ogg": b"OggS\x00\x02",
    "audio/mp4": b"\x00\x00\x00\x1cftypiso5",
    "audio/mpeg": b"ID3\x04",
    "audio/wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
}


def recording(says: str = "", *, media_type: str = "audio/webm", size: int = 2_000) -> bytes:
    """Return a recording of this many bytes, in which the scripted model hears this text."""
    said = BEGINNINGS[media_type] + f"say({says})".encode()
    return said + b"\x55" * (size - len(said))


def dictation(
    says: str = "Buy milk", *, media_type: str = "audio/webm", size: int = 2_000
) -> dict[str, str]:
    """Return the parameters of `input.transcribe` for this recording."""
    return as_sent(recording(says, media_type=media_type, size=size), media_type)


def as_sent(data: bytes, mime_type: str = "audio/webm") -> dict[str, str]:
    """Return the parameters of `input.transcribe` for these bytes."""
    return {"audio_base64": base64.b64encode(data).decode(), "mime_type": mime_type}
