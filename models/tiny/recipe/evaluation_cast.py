"""Clips in a style, and clips of two characters: held-out combinations, in sentences that the training templates do not make."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cast import PAIR, STYLED, Cast, labels_of, shares
from evaluation_captions import sentence, word
from render_shards import KINDS
from world.attributes import COLORS, MOTIONS, SCENES, SHAPES, SIZES, STYLES, WINDOW_FRAMES, Attributes, Scenario
from world.captions import plural
from world.lexicon import CONCEPTS, SECOND
from world.render import render
from world.tokenizer import tokenize

FIRST_SEED = {"style": 83_000_000, "pair": 84_000_000}
_STYLES = {
    "en": {"sketch": "drawn in pencil|line drawing|hand-drawn", "pixel": "pixel-art|retro game look|pixelated", "night_vision": "infrared|security camera|surveillance camera",
           "soft": "pastel|dreamy|watercolor"},
    "ja": {"sketch": "線画|手描き風", "pixel": "8ビット|レトロゲーム風", "night_vision": "ナイトビジョン|監視カメラ|赤外線", "soft": "水彩|パステル調|ソフトフォーカス"},
}
_BOTH = {
    "bounce": "dribbling|falling", "roll_left": "travelling leftward|running to the left", "roll_right": "travelling rightwards|running to the right",
    "jump": "jumping|leaping", "spin": "whirling|turning", "orbit": "flying around|going around", "rest": "waiting|motionless",
}
_PAIRS = {
    "en": ("{scene}, a {first} next to a {second}, both {motion}", "a {first} beside a {second}: {motion}, {scene}", "{motion} together {scene}: a {first}, a {second}"),
    "ja": ("{scene}、{first}の隣に{second}、{motion}", "{first}と{second}、{scene}、どちらも{motion}", "{motion}{first}と{second}、{scene}で"),
}
_TWINS = {"en": "{scene}: two {twins}, {motion}", "ja": "{scene}、{first}が二つ、{motion}"}


@dataclass
class Clip:
    """What is said, and what the clip should show."""

    name: str
    prompt: str
    language: str
    scenario: Scenario
    seed: int

    def rendered(self) -> np.ndarray:
        """[16, 64, 64, 3]: how the world itself shows it."""
        return render(self.scenario, self.seed + 1, WINDOW_FRAMES).frames


def draw_clips(kind: str, count: int) -> list[Clip]:
    """`style` or `pair`; English and Japanese by turns."""
    clips = []
    for index in range(count):
        seed, language = FIRST_SEED[kind] + 2 * index, ("en", "ja")[index % 2]
        rng = np.random.default_rng(seed)
        scenario = KINDS[kind][0](rng, True)
        prompt = (_styled if kind == "style" else _pair)(scenario, language, rng)
        _check(prompt, scenario)
        clips.append(Clip(f"{kind}-{index}", prompt, language, scenario, seed))
    return clips


def cast_report(cast: Cast, kind: str, clips: list[Clip], frames: np.ndarray) -> dict:
    """Shares that are right, of the clips and of the same ones rendered; by style; and how many pairs have both shapes and colours right."""
    asked, at = (STYLED, 0) if kind == "style" else (PAIR, 1)
    scenarios = [clip.scenario for clip in clips]
    answers, truth = cast.look(frames)[at], cast.look(np.stack([clip.rendered() for clip in clips]))[at]
    report = {"count": len(clips), "clips": shares(answers, scenarios, asked), "rendered": shares(truth, scenarios, asked)}
    for language, name in (("en", "english"), ("ja", "japanese")):
        report[name] = _among(answers, clips, asked, lambda clip: clip.language == language)
    if kind == "style":
        return report | {"by_style": {s: _among(answers, clips, asked, lambda clip: STYLES[clip.scenario.style] == s) for s in STYLES[1:]}}
    keys = [key for key in PAIR if "shape" in key or "color" in key]
    whole = [all(answers[key][i] == labels_of(s)[key] for key in keys) for i, s in enumerate(scenarios) if STYLES[s.style] != "night_vision"]
    return report | {"both_shapes_and_colors": round(float(np.mean(whole)), 4)}


def _among(answers: dict[str, np.ndarray], clips: list[Clip], asked: tuple[str, ...], chosen) -> dict:
    rows = [i for i, clip in enumerate(clips) if chosen(clip)]
    return {"count": len(rows)} | (shares({k: v[rows] for k, v in answers.items()}, [clips[i].scenario for i in rows], asked) if rows else {})


def _styled(scenario: Scenario, language: str, rng: np.random.Generator) -> str:
    joint = "、" if language == "ja" else ", "
    return joint.join((_style(scenario, language, rng), sentence(scenario.first, language, rng)))


def _pair(scenario: Scenario, language: str, rng: np.random.Generator) -> str:
    first, second = (_character(who, language, rng) for who in (scenario.first, scenario.second))
    motion = MOTIONS[scenario.first.motion]
    options = _BOTH[motion].split("|")
    said = {
        "first": first, "second": second, "twins": plural(first), "scene": word(SCENES[scenario.first.scene], language, rng),
        "motion": options[rng.integers(len(options))] if language == "en" else word(motion, language, rng),
    }
    form = _TWINS[language] if scenario.first == scenario.second else _PAIRS[language][rng.integers(len(_PAIRS[language]))]
    prompt = form.format(**said)
    return prompt + (("、" if language == "ja" else ", ") + _style(scenario, language, rng) if scenario.style else "")


def _character(who: Attributes, language: str, rng: np.random.Generator) -> str:
    words = [word(name, language, rng) for name in (SIZES[who.size], COLORS[who.color], SHAPES[who.shape])]
    return (" " if language == "en" else "").join(words)


def _style(scenario: Scenario, language: str, rng: np.random.Generator) -> str:
    options = _STYLES[language][STYLES[scenario.style]].split("|")
    return options[rng.integers(len(options))]


def _check(prompt: str, scenario: Scenario) -> None:
    """Every part of the scenario, and nothing else, must reach the model."""
    tokens = tokenize(prompt)
    own = [{SIZES[who.size], COLORS[who.color], SHAPES[who.shape]} for who in (scenario.first, scenario.second) if who]
    meant = own[0] | ({SECOND[name] for name in own[1]} | {"two"} if scenario.second else set()) | set(MOTIONS[scenario.first.motion].split("_"))
    meant |= {SCENES[scenario.first.scene]} | ({STYLES[scenario.style]} if scenario.style else set()) | ({("", "pan", "zoom")[scenario.first.camera]} - {""})
    said = {CONCEPTS[i] for i in tokens.ids if i > 0}
    if tokens.unknown or tokens.truncated or said != meant:
        raise ValueError(f"{prompt!r} says {sorted(said)}, not {sorted(meant)}; unknown {tokens.unknown}")
