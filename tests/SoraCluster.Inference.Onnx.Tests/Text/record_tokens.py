"""Trains two small SentencePiece models and records what SentencePiece itself makes of some texts.

spiece.model has T5's special pieces (no beginning, pad 0, end 1, unknown 2) and normalisation; bytes.model falls back to bytes. Needs sentencepiece 0.1.97.
"""
import io
import itertools
import json
import pathlib
import re

import sentencepiece

SUBJECTS = ["a red ball", "the blue box", "a cat", "two birds", "an old robot", "the child", "赤いボール", "青い箱", "ねこ"]
VERBS = ["bounces", "rolls to the left", "jumps", "spins slowly", "rests", "walks in the sunlit garden", "弾む", "左に転がる"]
PLACES = ["on the beach", "in the snow", "under a tree", "at night", "over the city", "海辺で", "雪の中で"]
TEXTS = ["a red ball bounces on the beach", "", "A Red BALL", "赤いボール 弾む 海辺で", "two  birds   jump, at night!", "Zürich ©", "ﬁne ｆｕｌｌ",
         "cat 🎈 cat", "🎈🎈 🎈", " leading and trailing ", "x" * 30, "</s> <pad> a cat", "ねこ\tcat\nねこ", "no\u00a0break \u200bzero"]


def clean(text):
    """White space as diffusers' WanPipeline has it (whitespace_clean)."""
    return re.sub(r"\s+", " ", text).strip()


def train(name, **options):
    sentences = iter(f"{' '.join(parts)}." for parts in itertools.product(SUBJECTS, VERBS, PLACES))
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=sentences, model_writer=model, model_type="unigram", pad_id=0, eos_id=1, unk_id=2, bos_id=-1, character_coverage=1.0,
        hard_vocab_limit=False, **options)
    (pathlib.Path(__file__).parent / name).write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return {"model": name, "pieces": processor.get_piece_size(), "texts": [{"text": text, "ids": processor.encode(clean(text))} for text in TEXTS]}


def main():
    models = [
        train("spiece.model", vocab_size=75, normalization_rule_name="nmt_nfkc"),
        train("bytes.model", vocab_size=330, normalization_rule_name="identity", byte_fallback=True),
    ]
    lines = json.dumps({"source": f"sentencepiece {sentencepiece.__version__}, record_tokens.py", "models": models}, ensure_ascii=False, indent=1)
    (pathlib.Path(__file__).parent / "tokens.json").write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
