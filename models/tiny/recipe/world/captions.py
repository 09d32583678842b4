"""Sentences for a clip, in English and Japanese: synonyms, word orders, politeness, script variants; parts may be left unsaid."""
from __future__ import annotations

import numpy as np

from .attributes import CAMERAS, COLORS, MOTIONS, SCENES, SHAPES, SIZES, STYLES, Attributes, Scenario

_EN = {
    "circle": "ball|circle", "square": "box|square|cube", "triangle": "triangle", "star": "star", "heart": "heart", "cross": "cross|plus",
    "small": "small|little|tiny", "big": "big|large|huge",
    "bounce": "bounces|is bouncing|bounces up and down", "roll_left": "rolls left|rolls to the left|is rolling to the left",
    "roll_right": "rolls right|rolls to the right|is rolling to the right", "jump": "jumps|is hopping|leaps", "spin": "spins|is rotating|twirls",
    "orbit": "flies in circles|is orbiting|is circling", "rest": "stands still|rests|is not moving",
    "day": "in the day sky|on a sunny day|under a blue sky|in a meadow", "night": "in the city at night|at night|in a night city",
    "beach": "on the beach|by the sea|at the seaside", "forest": "in the forest|among trees|in the woods",
    "snow": "in the snow|on a snowy day|in winter", "plain": "on a plain background|on a grey background",
    "static": "static camera|fixed camera", "pan": "the camera pans|panning camera", "zoom": "the camera zooms in|zoom in",
    "flat": "flat style", "sketch": "pencil sketch|sketch style|a sketch", "pixel": "pixel art|8-bit style|pixel style",
    "night_vision": "night vision|vhs night vision|camcorder footage", "soft": "soft style|soft focus|watercolour style",
}
_EN_BOTH = {
    "bounce": "bounce|are bouncing|bounce up and down", "roll_left": "roll left|roll to the left|are rolling to the left", "roll_right": "roll right|roll to the right|are rolling to the right",
    "jump": "jump|are hopping|leap", "spin": "spin|are rotating|rotate", "orbit": "fly in circles|are orbiting|are circling", "rest": "stand still|rest|are not moving",
}
_JA = {
    "circle": "ボール|丸|球", "square": "四角|箱|四角形", "triangle": "三角|三角形", "star": "星", "heart": "ハート", "cross": "十字|プラス",
    "red": "赤い|真っ赤な|赤の", "orange": "オレンジ色の|オレンジの", "yellow": "黄色い|黄色の", "green": "緑の|緑色の", "blue": "青い|青色の",
    "purple": "紫の|紫色の", "pink": "ピンクの|桃色の", "white": "白い|真っ白な",
    "small": "小さな|小さい", "big": "大きな|大きい|巨大な",
    "bounce": "弾む|跳ね返る|バウンドする|弾んでいる", "roll_left": "左に転がる|左へ転がっている", "roll_right": "右に転がる|右へ転がっている",
    "jump": "ジャンプする|飛び跳ねる|ジャンプしている", "spin": "回転する|くるくる回る|回っている", "orbit": "円を描いて飛ぶ|周回する|旋回している",
    "rest": "静止している|止まっている|じっとしている",
    "day": "青空|昼の空|草原", "night": "夜の街|夜の都会|夜景", "beach": "海辺|ビーチ|砂浜", "forest": "森|森の中|林", "snow": "雪の中|雪景色|雪原",
    "plain": "無地の背景|灰色の背景", "static": "固定カメラ", "pan": "カメラがパンする|パン", "zoom": "ズームイン|カメラがズームする",
    "flat": "フラットな画風", "sketch": "スケッチ風|鉛筆画", "pixel": "ピクセルアート|ドット絵", "night_vision": "暗視カメラ|暗視映像", "soft": "やわらかい画風|水彩画風",
}


def caption(what: Scenario | Attributes, rng: np.random.Generator, language: str, complete: bool = False, colored: bool = True) -> str:
    """
    One sentence in `en` or `ja` about a scenario, or a character alone. Unless complete, any part may be missing: people do not say everything; but shapes of two,
    and styles other than flat. The colour is never said unless `colored`.
    """
    scenario = what if isinstance(what, Scenario) else Scenario(what)
    attributes, both, japanese = scenario.first, scenario.second is not None, language == "ja"
    table = _JA if japanese else _EN
    said = lambda key, odds: complete or rng.random() < odds

    def word(key: str) -> str:
        options = (_EN_BOTH.get(key) if both and not japanese else None) or table.get(key, key)
        options = options.split("|")
        return options[rng.integers(len(options))]

    def character(who: Attributes) -> str:
        size = word(SIZES[who.size]) if said("size", 0.6) else ""
        color = word(COLORS[who.color]) if colored and said("color", 0.94) else ""
        shape = word(SHAPES[who.shape]) if said("shape", 2 if both else 0.97) else ("もの" if japanese else "thing")
        return size + color + shape if japanese else " ".join(filter(None, ("a", size, color, shape)))

    subject = character(attributes)
    if both and scenario.second == attributes and rng.random() < 0.7:
        subject = "二つの" + subject if japanese else "two" + plural(subject[1:])
    elif both:
        subject += ("と" if japanese else " and ") + _another(character(scenario.second), scenario, japanese)
    motion = word(MOTIONS[attributes.motion]) if said("motion", 0.93) else ""
    scene = word(SCENES[attributes.scene]) if said("scene", 0.92) else ""
    camera = word(CAMERAS[attributes.camera]) if attributes.camera > 0 or (not complete and rng.random() < 0.2) else ""
    sentence = (_japanese if japanese else _english)(subject, motion, scene, camera, int(rng.integers(3)))
    if scenario.style == 0 and (complete or rng.random() < 0.95):
        return sentence
    style, first = word(STYLES[scenario.style]), rng.random() < 0.4
    joint = "、" if japanese else ", "
    return style + joint + sentence if first else sentence + joint + style


def plural(noun: str) -> str:
    return noun if noun.endswith("fish") else noun + ("es" if noun.endswith(("s", "x")) else "s")


def _another(subject: str, scenario: Scenario, japanese: bool) -> str:
    """The second of two that look the same has to be told from the first."""
    if scenario.second != scenario.first:
        return subject
    return "もう一つの" + subject if japanese else "another" + subject[1:]


def _english(subject: str, motion: str, scene: str, camera: str, order: int) -> str:
    if order == 0 and scene:
        parts = [f"{scene}, {subject} {motion}"]
    elif order == 1 and camera:
        parts, camera = [f"{camera}: {subject} {motion} {scene}"], ""
    else:
        parts = [f"{subject} {motion} {scene}"]
    return ", ".join([*(p.strip() for p in parts), *filter(None, (camera,))])


def _japanese(subject: str, motion: str, scene: str, camera: str, order: int) -> str:
    place = f"{scene}で" if scene else ""
    if order == 0 and motion:
        sentence = f"{place}{motion}{subject}"
    elif order == 1:
        sentence = f"{subject}が{place}{motion}"
    else:
        sentence = f"{place}{subject}が{motion}"
    return sentence + (f"、{camera}" if camera else "")
