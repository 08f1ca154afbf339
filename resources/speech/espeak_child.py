"""A process of its own that says one text with espeak-ng: the library has global state, and its crash must be nobody's.

Run as a script, it reads a request as JSON from standard input and writes a line of JSON, then the samples (16 bit,
mono, native order), to standard output. Without a voice in the request it lists the voices. Imports nothing of ours.
"""

import ctypes
import json
import sys
from typing import Any

_SYNCHRONOUS, _DO_NOT_EXIT, _UTF8, _CHARACTER_POSITION = 2, 1 << 15, 1, 1
_RATE_PARAMETER = 1
_END_OF_EVENTS, _WORD, _CLAUSE_END = 0, 1, 5


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    """`espeak_EVENT` of speak_lib.h, 1.52. Text positions count characters from 1, `sample` counts from the start."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


class _VoiceEntry(ctypes.Structure):
    """`espeak_VOICE`. `languages` is a priority byte and a name, again and again, to a zero byte."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def main() -> int:
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate_hz = library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), _DO_NOT_EXIT)
    if rate_hz <= 0:
        print("espeak-ng does not start", file=sys.stderr)
        return 1
    request = json.load(sys.stdin)
    head, samples = _say(library, request) if "voice" in request else ({"voices": _voices(library)}, b"")
    head |= {"sample_rate_hz": rate_hz, "version": _version(library)}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + samples)
    return 0


def _version(library: ctypes.CDLL) -> str:
    library.espeak_Info.restype = ctypes.c_char_p
    return library.espeak_Info(None).decode()


def _say(library: ctypes.CDLL, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    samples, words, ends = bytearray(), list[tuple[int, int]](), list[int]()

    def heard(wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            samples.extend(ctypes.string_at(wave, count * 2))
        number = 0
        while events[number].type != _END_OF_EVENTS:
            event = events[number]
            if event.type == _WORD:
                words.append((event.text_position - 1, event.sample))
            elif event.type == _CLAUSE_END:
                ends.append(event.sample)
            number += 1
        return 0

    callback = _Callback(heard)
    library.espeak_SetSynthCallback(callback)
    text = request["text"].encode() + b"\0"
    known = library.espeak_SetVoiceByName(request["voice"].encode()) == 0
    library.espeak_SetParameter(_RATE_PARAMETER, request["words_per_minute"], 0)
    said = known and library.espeak_Synth(text, len(text), 0, _CHARACTER_POSITION, 0, _UTF8, None, None) == 0
    library.espeak_Synchronize()
    return {"said": said, "words": words, "clause_ends": ends}, bytes(samples)


def _voices(library: ctypes.CDLL) -> list[dict[str, Any]]:
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_VoiceEntry))
    listed, found, number = library.espeak_ListVoices(None), list[dict[str, Any]](), 0
    while listed[number]:
        entry = listed[number].contents
        languages = _languages(entry.languages)
        found.append({"name": entry.name.decode(), "file": entry.identifier.decode(), "languages": languages})
        number += 1
    return found


def _languages(address: int) -> list[tuple[int, str]]:
    """(priority, language): 5 is the usual priority, less is better."""
    found: list[tuple[int, str]] = []
    while (priority := ctypes.string_at(address, 1)[0]) != 0:
        name = ctypes.string_at(address + 1)
        found.append((priority, name.decode()))
        address += len(name) + 2
    return found


if __name__ == "__main__":
    raise SystemExit(main())
