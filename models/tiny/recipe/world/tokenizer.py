"""LexiconTokenizer: text to concept ids, longest form first. The C# tokenizer follows the same steps."""
from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .lexicon import CONCEPTS, MAX_LENGTH, ORDER, forms, stop_words

_FORMS = forms()
_STOP = set(stop_words())
_IDS = {concept: i for i, concept in enumerate(CONCEPTS)}
_PLACES = {_IDS[concept]: place for place, concept in enumerate(ORDER)}
_LONGEST = max(map(len, (*_FORMS, *_STOP)))
_ASCII_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*")


@dataclass
class Tokens:
    ids: list[int]  # MAX_LENGTH, padded with 0
    unknown: list[str]
    truncated: bool


def tokenize(text: str) -> Tokens:
    """NFKC, lower case, one space for every run of white space; then left to right, the longest match wins. Each concept once, in ORDER."""
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).lower()).strip()
    ids, unknown, i = [], [], 0
    while i < len(text):
        match = _match(text, i)
        if match:
            ids += [_IDS[concept] for concept in _FORMS.get(match, ())]
            i += len(match)
        elif word := _ASCII_WORD.match(text, i):
            unknown.append(word.group())
            i = word.end()
        elif text[i].isalnum():
            start = i
            while i < len(text) and text[i].isalnum() and not text[i].isascii() and not _match(text, i):
                i += 1
            unknown.append(text[start:i])
        else:
            i += 1
    told = sorted(set(ids), key=_PLACES.__getitem__)
    return Tokens((told + [0] * MAX_LENGTH)[:MAX_LENGTH], unknown, len(told) > MAX_LENGTH)


def _match(text: str, i: int) -> str | None:
    for length in range(min(_LONGEST, len(text) - i), 0, -1):
        form = text[i : i + length]
        if (form in _FORMS or form in _STOP) and _stands_alone(text, i, i + length, form):
            return form
    return None


def _stands_alone(text: str, start: int, end: int, form: str) -> bool:
    """A form that begins (ends) with an ASCII letter or digit must not be preceded (followed) by one."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_word(form[0]) and _word(before)) and not (_word(form[-1]) and _word(after))


def _word(character: str) -> bool:
    return character.isascii() and character.isalnum()
