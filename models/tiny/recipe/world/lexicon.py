"""The words of the world. Every surface form maps to concepts, so that `red`, `赤い` and `真っ赤な` are one token."""
from __future__ import annotations

from .attributes import COLORS, SCENES, SHAPES, SIZES, STYLES

PAD = "<pad>"
ATTRIBUTES = (SIZES, COLORS)  # what is said of a character, by kind
SECOND = {name: f"second {name}" for name in (*SIZES, *COLORS, *SHAPES)}  # the same said of the second of two characters
TWO, AND = "two", "and"
CONCEPTS = (
    PAD, *SHAPES, *COLORS, *SIZES, "bounce", "roll", "left", "right", "jump", "spin", "orbit", "rest", *SCENES, "static", "pan", "zoom", TWO, AND, *STYLES,
    *SECOND.values(),
)
MAX_LENGTH = 16
# The order in which a prompt's concepts are told, each once: neither word order nor language changes what the model is told.
ORDER = (
    *SIZES, *COLORS, *SHAPES, *SECOND.values(), TWO, AND, "bounce", "roll", "jump", "spin", "orbit", "rest", "left", "right", *SCENES, "static", "pan", "zoom", *STYLES,
)

# concept(s) -> forms; English first, Japanese second. Japanese verbs are given as stems: endings are stop words.
_ENTRIES: tuple[tuple[str, str, str], ...] = (
    ("circle", "circle|circles|ball|balls|sphere|spheres|disc|discs|disk|disks|round thing", "丸|円形|まる|マル|ボール|ぼーる|球|玉|サークル"),
    ("square", "square|squares|box|boxes|cube|cubes|block|blocks|rectangle|rectangles", "四角|四角形|正方形|しかく|箱|ボックス|立方体|ブロック"),
    ("triangle", "triangle|triangles|pyramid|pyramids|wedge|wedges", "三角|三角形|さんかく|トライアングル|ピラミッド"),
    ("star", "star|stars|starfish", "星|星形|星型|ほし|スター|ヒトデ"),
    ("heart", "heart|hearts|valentine|valentines", "ハート|はーと|ハート形|ハート型|心臓"),
    ("cross", "cross|crosses|plus|pluses|plus sign|plus signs|plus-sign", "十字|十字架|十字形|プラス|プラス記号|クロス|バツ"),
    ("red", "red|crimson|scarlet|ruby", "赤い|赤色の|赤の|赤|真っ赤な|真っ赤|あかい|レッド|紅"),
    ("orange", "orange|tangerine", "オレンジ色の|オレンジ色|オレンジの|オレンジ|橙色の|橙"),
    ("yellow", "yellow|golden|lemon", "黄色い|黄色の|黄色|きいろい|イエロー|金色の|黄"),
    ("green", "green|emerald|lime", "緑の|緑色の|緑色|緑|みどりの|みどり|グリーン"),
    ("blue", "blue|azure|navy", "青い|青色の|青色|青の|青|あおい|真っ青な|ブルー"),
    ("purple", "purple|violet", "紫の|紫色の|紫色|紫|むらさきの|むらさき|パープル"),
    ("pink", "pink|magenta|rosy", "ピンクの|ピンク色の|ピンク色|ピンク|桃色の|桃色"),
    ("white", "white|snow-white", "白い|白色の|白の|白|真っ白な|真っ白|しろい|ホワイト"),
    ("small", "small|little|tiny|mini|miniature", "小さな|小さい|小さ|ちいさな|ちいさい|ちっちゃな|小型の|ミニ"),
    ("big", "big|large|huge|giant|enormous", "大きな|大きい|大き|おおきな|おおきい|巨大な|でかい|大型の"),
    ("bounce", "bounce|bounces|bouncing|bounced|bouncing up and down|bounces up and down|dribbles|dribbling|falls|falling|drops|dropping",
     "弾む|弾ん|弾み|はずむ|はずん|はずみ|跳ね返|はね返|跳ね|はね|バウンド|落ちる|落ち|落下"),
    ("roll", "roll|rolls|rolling|rolled|moves|moving|slides|sliding|runs|running|travels|travelling|traveling",
     "転が|ころが|動く|動い|動き|移動|進む|進ん|進み|滑|走る|走っ|走り"),
    ("left", "left|leftward|leftwards|to the left|from right to left", "左へ|左に|左の方へ|左向きに|左|ひだり|右から左へ|右から左に"),
    ("right", "right|rightward|rightwards|to the right|from left to right", "右へ|右に|右の方へ|右向きに|右|みぎ|左から右へ|左から右に"),
    ("jump", "jump|jumps|jumping|jumped|hop|hops|hopping|leap|leaps|leaping", "ジャンプ|跳ぶ|跳ん|跳び|飛び跳ね|飛びはね|とびはね|ぴょんぴょん"),
    ("spin", "spin|spins|spinning|rotate|rotates|rotating|turns|turning|twirls|twirling|whirls|whirling", "回転|回る|回っ|回り|まわる|まわっ|くるくる|スピン"),
    ("orbit", "orbit|orbits|orbiting|flies in circles|flying in circles|fly in circles|flies in a circle|fly in a circle|flying in a circle|flies around|flying around|circling|goes around|going around",
     "周回|円を描いて飛ぶ|円を描いて飛|円を描いて|円を描|円を描くように飛ぶ|円を描くように飛|ぐるぐる飛ぶ|ぐるぐる飛|旋回|軌道"),
    ("rest", "rest|rests|resting|still|standing still|stands still|sits|sitting|stands|standing|stays|staying|wait|stay|stand|stand still|sit|do not move|waits|waiting|motionless|not moving|does not move|stationary|sleeps",
     "静止|止ま|とまっ|じっと|動かない|動かず|立っ|座っ|待っ|待つ|停止"),
    ("day", "day|daytime|sunny|daylight|sky|blue sky|day sky|sunny day|meadow|field|grass|lawn|park|clouds",
     "昼|昼間|日中|青空|晴れ|空|昼の空|草原|野原|芝生|公園|原っぱ"),
    ("night", "night|nighttime|city|town|night city|city at night|night sky|at night|midnight|buildings|skyline|downtown",
     "夜|夜の街|夜の都会|夜景|街|都会|町|夜空|都市|ビル街|真夜中"),
    ("beach", "beach|sea|seaside|ocean|shore|seashore|coast|sand|waves", "海辺|ビーチ|海|海岸|浜辺|砂浜|波打ち際|浜"),
    ("forest", "forest|woods|wood|trees|jungle|woodland", "森|森の中|林|森林|木々|ジャングル|木立"),
    ("snow", "snow|snowy|winter|snowfield|snowing|snowy day", "雪|雪の中|雪景色|雪原|冬|雪山|雪の日"),
    ("plain", "plain|plain background|grey background|gray background|plain grey background|plain gray background|blank background|empty background|studio|nothing else",
     "無地の背景|無地|灰色の背景|背景なし|スタジオ|何もない"),
    ("static", "static camera|static|fixed camera|locked camera|camera fixed|still camera", "固定カメラ|カメラ固定|カメラは固定"),
    ("pan", "pan|pans|panning|camera pans|panning camera|camera moves sideways", "パン|カメラがパン|カメラがパンする|カメラを振る"),
    ("zoom", "zoom|zooms|zooming|zoom in|zooms in|zooming in|camera zooms in|close-up|closes in", "ズーム|ズームイン|カメラがズーム|カメラがズームイン|寄り|クローズアップ"),
    (TWO, "two|a pair of|another|twin", "二つの|2つの|ふたつの|二個の|2個の|もう一つの|もうひとつの|二つ|2つ|ふたつ"),
    (AND, "and|with|beside|next to|together with", "と"),
    ("flat", "flat|flat style|flat colours|flat colors|cartoon", "フラット|フラットな画風|アニメ|アニメ風"),
    ("sketch", "sketch|sketched|pencil sketch|pencil drawing|hand-drawn|line drawing|drawn in pencil", "スケッチ|スケッチ風|鉛筆画|線画|手描き|手描き風"),
    ("pixel", "pixel art|pixel-art|pixel|pixels|pixelated|8-bit|retro game", "ピクセルアート|ピクセル|ドット絵|ドット絵風|8ビット|レトロゲーム"),
    ("night_vision", "night vision|night-vision|night vision camera|vhs|camcorder|security camera|surveillance camera|infrared",
     "暗視カメラ|暗視|暗視映像|ナイトビジョン|ナイトショット|防犯カメラ|監視カメラ|赤外線"),
    ("soft", "soft style|soft focus|soft look|softly blurred|watercolour|watercolor|pastel|dreamy", "やわらかい画風|柔らかい画風|やわらかな画風|柔らかな画風|ソフトフォーカス|水彩|水彩画|パステル"),
)

_STOP_EN = (
    "a an the this that it its there is are was be been being and then while as of with by in on at to into onto through under over near "
    "across around among between from for up down back forth again slowly quickly fast gently happily very really some one his her my "
    "clip video scene shot show shows showing please make me generate create colored coloured shape shaped background camera where which "
    "who day's side place place's along toward towards happy cute smiling face eyes both together beside next each other style styled look looks like art tape "
    "footage effect side-by-side"
).split()
_STOP_JA = (
    "が は を に へ で と の も や から まで て た だ な る い ます ました ています ている ていた でいる でいた ってい っている って いる いた する して した "
    "しています している します してい ながら そして とても ゆっくり 速く 元気に 楽しく 中 上 中で 上で 下で 下 背景 カメラ 色 色の 形 形の 型 という 一つの 一つ "
    "ひとつの 一個の ある あり あって 様子 動画 映像 シーン ください 作って 見せて お願いします せる られる れる り り、 っ ん んでいます んで です せ 風 風の 風に 調 画風 スタイル 映像風 隣 となり 一緒に 一緒 二人 両方 どちらも どちら 並んで 並ん"
).split()


def forms() -> dict[str, list[str]]:
    """Surface form -> concepts."""
    table: dict[str, list[str]] = {}
    for concept, english, japanese in _ENTRIES:
        for form in (*english.split("|"), *japanese.split("|")):
            assert form not in table, form
            table[form] = [concept]
    for side, japanese in (("left", "左"), ("right", "右")):
        for verb in ("rolls", "rolling", "roll", "moves", "moving", "slides", "sliding", "runs", "running"):
            table[f"{verb} to the {side}"] = ["roll", side]
    return table


def stop_words() -> list[str]:
    known = forms()
    return sorted({word for word in (*_STOP_EN, *_STOP_JA) if word not in known})


def as_json() -> dict:
    return {
        "max_length": MAX_LENGTH, "pad_id": 0, "concepts": list(CONCEPTS), "forms": forms(), "stop": stop_words(), "order": list(ORDER),
        "characters": {"nouns": list(SHAPES), "attributes": [list(kind) for kind in ATTRIBUTES], "two": TWO, "and": AND, "second": SECOND},
    }
