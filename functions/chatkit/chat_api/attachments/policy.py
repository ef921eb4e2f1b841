"""Which files an assistant accepts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatcore.errors import InvalidRequest, TooLarge

# Files of one message.
MAX_ATTACHMENTS = 10
# Characters of a file's name, and of its media type.
MAX_NAME = 200
MAX_MEDIA_TYPE = 100
# A model gets a file within the request, in base64, where 3.5 MB become 4.7. Endpoints take 5 MB of
# one file at least.
MAX_FILE_BYTES = 3_500_000
# All files of one message together, and all files of one request to a model.
MAX_FILES_BYTES = 10_000_000
# The files before the newest message, in each request to a model. Any one file fits. The texts
# among them have a bound of their own: the budget of the history counts each as a reference alone.
EARLIER_FILES_BYTES = 5_000_000
EARLIER_TEXT_BYTES = 100_000
# What browsers send for a file whose type the system does not know, or takes for another one.
_VAGUE = ("", "application/octet-stream", "application/vnd.ms-excel", "text/plain")
# Two tokens (RFC 9110, section 5.6.2). One with a "*" stands for a group of types.
_TOKEN = r"[!#$%&'+.^_`|~0-9a-z-]+"
_MEDIA_TYPE = re.compile(f"{_TOKEN}/{_TOKEN}")


@dataclass(frozen=True)
class AttachmentPolicy:
    """The files that an assistant accepts.

    `accept` maps media types to the endings of their file names, as the option
    `composer.attachments.accept` of the widget does: `{"image/png": [".png"]}`. A type may be
    `image/*`; no endings stand for any. `max_size` is in bytes and at most `MAX_FILE_BYTES`;
    `max_count` is the most files of one message, at most `MAX_ATTACHMENTS`.
    """

    accept: Mapping[str, Sequence[str]]
    max_size: int = MAX_FILE_BYTES
    max_count: int = MAX_ATTACHMENTS

    def __post_init__(self) -> None:
        if not 0 < self.max_count <= MAX_ATTACHMENTS:
            raise ValueError(f"max_count: must be from 1 to {MAX_ATTACHMENTS}")
        if not 0 < self.max_size <= MAX_FILE_BYTES:
            raise ValueError(f"max_size: must be from 1 to {MAX_FILE_BYTES}")

    def for_page(self) -> dict[str, Any]:
        """Return the policy in the form of ChatKit's `composer.attachments` option."""
        accept = {kind: list(endings) for kind, endings in self.accept.items()}
        return {"accept": accept, "max_size": self.max_size, "max_count": self.max_count}

    def check(self, name: str, size: int, mime_type: str) -> str:
        """Return the media type of a file that may be uploaded.

        Raise `InvalidRequest` or `TooLarge` that says what is wrong with the file.
        """
        check_name(name)
        if size < 1:
            raise InvalidRequest("The file is empty.")
        if size > self.max_size:
            raise TooLarge(f"The file has {size:,} bytes. The most is {self.max_size:,}.")
        declared = mime_type.partition(";")[0].strip().lower()
        # Browsers send nothing for a type that the system does not know.
        if declared and (len(declared) > MAX_MEDIA_TYPE or not _MEDIA_TYPE.fullmatch(declared)):
            raise InvalidRequest(
                "The file's type must be a media type such as image/png, of at most"
                f" {MAX_MEDIA_TYPE} characters."
            )
        found = declared if self._accepts(declared, name) else self._type_by_ending(declared, name)
        if found is None:
            accepted = {each for kind, group in self.accept.items() for each in group or [kind]}
            raise InvalidRequest(
                "This assistant does not accept this type of file. It accepts: "
                + ", ".join(sorted(accepted))
            )
        return found

    def _accepts(self, mime_type: str, name: str) -> bool:
        group = f"{mime_type.partition('/')[0]}/*"
        return any(
            each in (mime_type, group) and _ends(name, endings)
            for each, endings in self.accept.items()
        )

    def _type_by_ending(self, declared: str, name: str) -> str | None:
        """Return the type that the name's ending stands for, if the declared type is vague."""
        if declared not in _VAGUE:
            return None
        return next(
            (
                each
                for each, endings in self.accept.items()
                if endings and not each.endswith("/*") and _ends(name, endings)
            ),
            None,
        )


def check_name(name: str) -> None:
    """Raise `InvalidRequest` for a file name that a path or a header could not hold safely."""
    if not 1 <= len(name) <= MAX_NAME or not name.strip(". "):
        raise InvalidRequest(f"The file's name must have from 1 to {MAX_NAME} characters.")
    if any(each in "/\\" or unicodedata.category(each) in _UNSAFE for each in name):
        raise InvalidRequest("The file's name must not contain slashes or control characters.")


# Controls, formats such as the marks that reverse a text's direction, surrogates, separators.
_UNSAFE = ("Cc", "Cf", "Cs", "Zl", "Zp")


def _ends(name: str, endings: Sequence[str]) -> bool:
    return not endings or name.lower().endswith(tuple(each.lower() for each in endings))
