"""LexiconTokenizer: text to concept ids, longest form first. The C# tokenizer follows the same steps."""
from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .attributes import SHAPES
from .lexicon import ATTRIBUTES, CONCEPTS, MAX_LENGTH, ORDER, SECOND, TWO, AND, forms, stop_words

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
    said, forms_said, unknown, i = [], [], [], 0
    while i < len(text):
        match = _match(text, i)
        if match:
            concepts = _FORMS.get(match, ())
            said += concepts
            forms_said += [match] * len(concepts)
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
    concepts, left_out = told(said)
    unknown += [forms_said[at] for at in left_out]
    ids = sorted({_IDS[concept] for concept in concepts}, key=_PLACES.__getitem__)
    return Tokens((ids + [0] * MAX_LENGTH)[:MAX_LENGTH], unknown, bool(left_out) or len(ids) > MAX_LENGTH)


def told(said: list[str]) -> tuple[list[str], list[int]]:
    """
    Who is who: an attribute belongs to the noun that follows, or to the last one. A noun that was said before means the same character, unless what is
    said of it is something else, or it is described anew right after an "and" ("a heart and a yellow heart"). The second character's concepts are its
    own. Also says where in what was said there is a third character, which is left out.
    """
    characters: list[set[str]] = []
    rest, pending, left_out, named = [], [], [], None
    joined = apart = False
    for at, concept in enumerate(said):
        if concept in SHAPES:
            anew = joined and pending and (len(characters) < 2 or not apart)
            named = next((c for c in characters if concept in c and not anew and _may_be(c, {said[i] for i in pending})), None)
            if named is None and len(characters) < 2:
                characters.append(named := {concept})
            if named is None:
                left_out += [*pending, at]
            else:
                named |= {said[i] for i in pending}
            pending, joined, apart = [], False, False
        elif concept in SECOND:
            pending.append(at)
        elif concept == AND:
            joined = True
        elif concept != TWO:
            rest.append(concept)
            joined, apart = False, True
    if not characters:
        return [*(said[i] for i in pending), *rest], []
    if named is None:
        left_out += pending
    else:
        named |= {said[i] for i in pending}
    if TWO in said and len(characters) == 1:
        characters.append(characters[0])
    second = [SECOND[concept] for concept in characters[1]] + [TWO] if len(characters) > 1 else []
    return [*characters[0], *second, *rest], left_out


def _may_be(character: set[str], attributes: set[str]) -> bool:
    """Whether nothing said now contradicts what was said of a character."""
    return all(not character.intersection(kind) or attributes.intersection(kind) <= character for kind in ATTRIBUTES)


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
