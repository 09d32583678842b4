"""Strings that try the tokenizer's corners, with what it makes of them: written into tokenizer/vectors.json for the C# tokenizer's test."""
from __future__ import annotations

from world.tokenizer import tokenize

STRINGS = (
    "a red ball bounces on the beach", "A RED BALL BOUNCES ON THE BEACH!", "赤いボールが海辺で弾む", "真っ赤な球が砂浜でバウンドしている",
    "a small yellow star spins in the snow", "雪の中で小さな黄色い星がくるくる回る", "big blue box rolls to the left in the forest, panning camera",
    "大きな青い箱が森で左に転がる、カメラがパンする", "a pink heart is orbiting under a blue sky", "ピンクのハートが青空で円を描いて飛ぶ",
    "a purple triangle stands still on a plain background", "紫の三角が無地の背景で静止している", "zoom in: a tiny white cross leaps in a night city",
    "夜の街で白い十字がジャンプする、ズームイン", "the orange plus sign, at night, does not move", "オレンジ色の十字架は動かない",
    "plus-sign", "plus sign", "snow-white square", "white snow", "rolls", "rolls to the right", "rolls to the rightmost wall", "rolls  to\tthe\nleft",
    "rolls to, the left", "from left to right", "左から右へ動く", "右から左に滑る", "moving to the left", "slides right", "flies in circles above the sea",
    "flies in a circle", "flies", "redder than red", "ball赤ball", "ＲＥＤ　ＢＡＬＬ", "ﾎﾞｰﾙがﾊﾞｳﾝﾄﾞする", "ボールがバウンドする",
    "赤い赤い赤い", "赤", "赤の丸", "赤丸", "赤色", "まるい赤", "小さい星と大きい星", "星形のヒトデ", "桃色の四角形が林で止まっています", "a dragon breathes fire on the beach",
    "竜が海辺で火を吹く", "unicorn 一角獣 unicorn", "42 balls", "ball42", "42", "🦄 red 🦄", "", "   ", "!!! ... ???", "（赤い）「ボール」", "a the in on が で に",
    "red orange yellow green blue purple pink white small big circle square triangle star heart cross bounce roll",
    "red orange yellow green blue purple pink white small big circle square triangle star heart rolls to the left",
    "red orange yellow green blue purple pink white small big circle square triangle star heart cross bounce the the the",
    "赤青黄緑紫白丸星箱森雪夜海空赤青黄緑", "is bouncing up and down", "bounces up and down again and again", "a ball that goes around",
    "static camera, a ball", "still camera", "the ball is still", "静かに止まっている赤い玉", "ゆっくり左へ転がっていく緑の球", "ぴょんぴょん飛び跳ねる紫のハート",
    "close-up of a golden star", "day's end", "ciudad de noche roja", "красный мяч", "빨간 공",
    "a red ball and a blue box bounce on the beach", "赤いボールと青い箱が海辺で弾む", "a small red star next to a big star, both spinning", "two white hearts in the snow",
    "雪の中で二つの白いハートが回る", "a ball and another ball", "a heart and a yellow heart fly in circles", "a ball bounces. the red ball is big", "the ball is red, the ball rolls left",
    "a ball, a star and a heart", "square box", "two", "two balls and a star", "red ball, blue ball, green ball", "a red and blue ball", "a ball and a star, red",
    "pencil sketch of a ball", "ball, pixel art", "night vision: a ball at night", "ドット絵、赤い星", "水彩画風の青い丸", "vhs footage of two crosses", "暗視カメラの映像、四角",
)


def vectors() -> list[dict]:
    """Ids without padding; unknown words each once, in the order of the text."""
    return [_vector(text) for text in STRINGS]


def _vector(text: str) -> dict:
    tokens = tokenize(text)
    ids = [i for i in tokens.ids if i > 0]
    return {"text": text, "ids": ids, "unknown": list(dict.fromkeys(tokens.unknown)), "truncated": tokens.truncated}
