"""Captions for evaluations: combinations never trained on, in sentences built otherwise than the training captions, all parts said."""
from __future__ import annotations

import dataclasses

import numpy as np

from world.attributes import CAMERAS, COLORS, MOTIONS, SCENES, SHAPES, SIZES, Attributes, draw
from world.lexicon import CONCEPTS
from world.tokenizer import tokenize

_NAMES = {"shape": SHAPES, "color": COLORS, "size": SIZES, "motion": MOTIONS, "scene": SCENES, "camera": CAMERAS}

_EN = {
    "circle": "sphere|ball|disc", "square": "block|cube|square", "triangle": "pyramid|triangle", "star": "star|starfish", "heart": "heart|valentine",
    "cross": "plus sign|cross", "red": "red|crimson", "orange": "orange|tangerine", "yellow": "yellow|golden", "green": "green|emerald", "blue": "blue|azure",
    "purple": "purple|violet", "pink": "pink|magenta", "white": "white|snow-white", "small": "tiny|miniature|small", "big": "huge|giant|big",
    "bounce": "is dribbling|is bouncing|drops", "roll_left": "travels leftward|runs to the left|rolls left", "roll_right": "travels rightwards|runs to the right|rolls right",
    "jump": "hops|is jumping|is leaping", "spin": "whirls|is turning|rotates", "orbit": "goes around|is flying in circles|orbits",
    "rest": "does not move|is waiting|sits", "day": "on the meadow|in a sunny park|under the blue sky", "night": "downtown at midnight|in the city at night|with a skyline",
    "beach": "on the shore|near the ocean|at the beach", "forest": "in the woodland|in the jungle|between the trees", "snow": "on a snowfield|in snowy winter|in the snow",
    "plain": "in an empty background|in a studio|with a blank background", "pan": "the camera pans|panning", "zoom": "close-up|zooming in",
}
_JA = {
    "circle": "円形|玉|ボール", "square": "立方体|正方形|箱", "triangle": "ピラミッド|三角形", "star": "スター|星形|星", "heart": "ハート形|ハート", "cross": "十字形|プラス記号|十字",
    "red": "レッド|赤色の|赤い", "orange": "橙色の|オレンジの", "yellow": "イエロー|金色の|黄色い", "green": "グリーン|緑色の|みどりの", "blue": "ブルー|青の|あおい", "purple": "パープル|紫色の",
    "pink": "ピンク色の|桃色の", "white": "ホワイト|真っ白な|白い", "small": "ちいさな|小型の|小さい", "big": "でかい|大型の|大きな",
    "bounce": "はずむ|バウンドしている|落ちて跳ね返る", "roll_left": "左へ進む|左向きに滑る|左に転がる", "roll_right": "右へ進む|右向きに滑る|右に転がる", "jump": "ぴょんぴょんジャンプする|跳ぶ|ジャンプしている",
    "spin": "まわる|スピンする|回転している", "orbit": "旋回する|ぐるぐる飛ぶ|円を描くように飛ぶ", "rest": "待っている|動かない|停止している",
    "day": "公園|晴れの昼間|野原", "night": "都市の夜|真夜中のビル街|夜空", "beach": "海岸|浜辺|波打ち際", "forest": "ジャングル|森林|木立", "snow": "雪山|冬の雪原|雪の日",
    "plain": "スタジオ|灰色の背景|何もない", "pan": "カメラを振る|パン", "zoom": "クローズアップ|寄り",
}
_ENGLISH_FORMS = (
    "{scene} there is a {size} {color} {shape} and it {motion}", "please show me a {color} {shape}, {size} and happy, {motion} {scene}",
    "a {shape} that {motion}: {color}, {size}, {scene}", "{size} {shape}, {color}, {motion}. {scene}.",
)
_JAPANESE_FORMS = (
    "{motion}{size}{color}{shape}、{scene}で", "{scene}、{color}{size}{shape}が{motion}映像", "{shape}、{color}、{size}、{motion}、{scene}", "{scene}の{shape}は{size}、{color}、{motion}",
)


def draw_captions(count: int, seed: int) -> list[dict]:
    """[{index, prompt, language, attributes: {name: value}}]; English and Japanese by turns."""
    rng, captions = np.random.default_rng(seed), []
    for index in range(count):
        attributes, language = draw(rng, held_out=True), ("en", "ja")[index % 2]
        named, prompt = _named(attributes), sentence(attributes, language, rng)
        _check(prompt, named)
        captions.append({"index": index, "prompt": prompt, "language": language, "attributes": named})
    return captions


def labels_of(captions: list[dict]) -> dict[str, np.ndarray]:
    """Class by attribute [n]."""
    return {key: np.array([names.index(c["attributes"][key]) for c in captions]) for key, names in _NAMES.items()}


def names_of(attribute: str) -> tuple[str, ...]:
    return _NAMES[attribute]


def attributes_of(caption: dict) -> Attributes:
    return Attributes(**{key: names.index(caption["attributes"][key]) for key, names in _NAMES.items()})


def sentence(attributes: Attributes, language: str, rng: np.random.Generator) -> str:
    named, forms = _named(attributes), _JAPANESE_FORMS if language == "ja" else _ENGLISH_FORMS
    told = forms[rng.integers(len(forms))].format(**{key: word(value, language, rng) for key, value in named.items() if key != "camera"})
    if named["camera"] != "static":
        told = f"{word(named['camera'], language, rng)}{'。' if language == 'ja' else '. '}{told}"
    return told


def word(name: str, language: str, rng: np.random.Generator) -> str:
    """One of the ways to say a value."""
    options = (_JA if language == "ja" else _EN)[name].split("|")
    return options[rng.integers(len(options))]


def _named(attributes: Attributes) -> dict[str, str]:
    return {key: _NAMES[key][value] for key, value in dataclasses.asdict(attributes).items()}


def _check(prompt: str, named: dict[str, str]) -> None:
    """Every part of the caption, and nothing else, must reach the model."""
    tokens = tokenize(prompt)
    said = {CONCEPTS[i] for i in tokens.ids if i > 0}
    meant = {part for key, value in named.items() if value != "static" for part in (value.split("_") if key == "motion" else [value])}
    if tokens.unknown or tokens.truncated or said != meant:
        raise ValueError(f"{prompt!r} says {sorted(said)}, not {sorted(meant)}; unknown {tokens.unknown}")
