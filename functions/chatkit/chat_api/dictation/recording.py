"""Reads the recording of a request, and checks that it is what it says it is."""

import binascii
import re
from dataclasses import dataclass

from chatkit.types import AudioInput, InputTranscribeParams

from chatcore.errors import InvalidRequest, TooLarge

# In base64 and with the rest of its event, this fits Lambda's 6 MB. At the 32 kbit/s that our page
# records it is 18 minutes.
MAX_AUDIO_BYTES = 4_400_000

EMPTY = "The recording is empty. Please record it again."
TOO_LONG = "The recording is too long. Please dictate less at a time."
NOT_BASE64 = "The recording did not arrive whole. Please record it again."
WRONG_FORMAT = "Only recordings in these formats can be transcribed: WebM, Ogg, MP4, MP3 and WAV."
NOT_AUDIO = "The recording is not in the format that it names. Please record it again."


@dataclass(frozen=True)
class Format:
    """What a recording is called for its endpoint, and how its bytes begin."""

    media_type: str
    extension: str
    beginning: re.Pattern[bytes]


def _format(media_type: str, extension: str, beginning: bytes) -> Format:
    return Format(media_type, extension, re.compile(beginning, re.DOTALL))


# Browsers record the first three, as `chatkit.server` says. Other clients may send the others.
FORMATS = (
    # A Matroska header that names WebM: https://www.rfc-editor.org/rfc/rfc8794#section-11.2.4
    _format("audio/webm", "webm", rb"\x1a\x45\xdf\xa3.{0,60}webm"),
    _format("audio/ogg", "ogg", rb"OggS"),
    _format("audio/mp4", "mp4", rb".{4}ftyp"),
    _format("audio/mpeg", "mp3", rb"ID3|\xff[\xe2-\xfb]"),
    _format("audio/wav", "wav", rb"RIFF.{4}WAVE"),
)


def format_of(audio: AudioInput) -> Format | None:
    """Return the format that the media type names, or None for one that is not taken."""
    named = audio.media_type.strip().lower()
    return next((each for each in FORMATS if each.media_type == named), None)


def read_recording(params: InputTranscribeParams) -> AudioInput:
    """Return the recording.

    Raise `TooLarge` for one that is too long, and `InvalidRequest` for one that is empty, broken or
    not in the format that it names.
    """
    try:
        data = binascii.a2b_base64(params.audio_base64, strict_mode=True)
    except ValueError:
        raise InvalidRequest(NOT_BASE64) from None
    if not data:
        raise InvalidRequest(EMPTY)
    if len(data) > MAX_AUDIO_BYTES:
        raise TooLarge(TOO_LONG)
    audio = AudioInput(data=data, mime_type=params.mime_type)
    known = format_of(audio)
    if known is None:
        raise InvalidRequest(WRONG_FORMAT)
    if not known.beginning.match(data):
        raise InvalidRequest(NOT_AUDIO)
    return audio
