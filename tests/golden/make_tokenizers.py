#!/usr/bin/env python3
"""Writes tests/golden/tokenizer/: tokenizers, and what Hugging Face `tokenizers` makes of tricky texts with them.

Run with a Python that has `tokenizers` (0.23.3 was used): python3 tests/golden/make_tokenizers.py
"""

import json
import pathlib

from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers

FOLDER = pathlib.Path(__file__).parent / "tokenizer"

# Our own, in many scripts: what a byte-level vocabulary of a few hundred tokens can learn from.
SENTENCES = [
    "The kettle on the stove was older than the house, and it sang before it boiled.",
    "They're sure that we'll find what he'd lost; it's where I've left it, isn't it?",
    "A quick count: 1, 22, 333, 4444 and 55555 sheep, then 1,000,000 stars.",
    "We walked to the river, walked along the river, and walked home again.",
    "Der alte Kessel auf dem Herd sang, bevor das Wasser kochte.",
    "Straßenbahnhaltestellen und Größenverhältnisse sind lange Wörter.",
    "La bouilloire chantait déjà quand nous sommes rentrés à la maison.",
    "L'été dernier, j'ai mangé des crêpes près de la forêt.",
    "El niño pequeño soñaba con montañas y con el mañana.",
    "A água fervia na chaleira quando as irmãs chegaram.",
    "Yağmur yağıyordu, ışıklar söndü ve çocuklar güldü.",
    "Trời đang mưa, nhưng chúng tôi vẫn đi bộ về nhà.",
    "Příliš žluťoučký čaj stál na stole u okna.",
    "Старый чайник на плите запел раньше, чем закипела вода.",
    "Мы шли вдоль реки, шли долго и вернулись домой.",
    "Стара ріка тече повз наше село до моря.",
    "Ο παλιός βραστήρας τραγούδησε πριν βράσει το νερό.",
    "Περπατήσαμε κατά μήκος του ποταμού και γυρίσαμε σπίτι.",
    "غنى الإبريق القديم قبل أن يغلي الماء على الموقد.",
    "مشينا على طول النهر ثم عدنا إلى البيت مساء.",
    "הקומקום הישן שר לפני שהמים רתחו על הכיריים.",
    "הלכנו לאורך הנהר וחזרנו הביתה בערב.",
    "पुरानी केतली पानी उबलने से पहले गाने लगी।",
    "हम नदी के किनारे चले और शाम को घर लौट आए।",
    "পুরোনো কেটলিটা জল ফোটার আগেই গান গাইল।",
    "பழைய கெண்டி தண்ணீர் கொதிக்கும் முன் பாடியது.",
    "กาน้ำเก่าร้องเพลงก่อนที่น้ำจะเดือด",
    "ძველმა ჩაიდანმა წყლის ადუღებამდე იმღერა.",
    "Հին թեյնիկը երգեց, մինչև ջուրը եռաց։",
    "አሮጌው ማንቆርቆሪያ ውሃው ከመፍላቱ በፊት ዘመረ።",
    "水开之前，炉子上的旧水壶先唱起歌来。",
    "我们沿着河走，走了很久，晚上才回家。",
    "お湯が沸く前に、古いやかんが歌い始めた。",
    "私たちは川沿いを歩いて、夕方に家へ帰った。",
    "물이 끓기 전에 낡은 주전자가 노래를 불렀다.",
    "우리는 강을 따라 걷다가 저녁에 집으로 돌아왔다.",
    "Kettles 🫖 sing, cats 🐈 sleep, families 👨‍👩‍👧‍👦 laugh 😀😀.",
    "if (x == 10) {\n    return y[3] + z_7;\n}\n\n\tprint(\"done\")",
]

TRICKY = [
    "", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", " \n ", "a", " a", "a ", "  a  b   c    ",
    "Hello, world!", "hello   world\n\n  indented\tline\r\nnext\r\n\r\nlast  ",
    "I'm sure we'LL see they're O'Brien's, isn't it? 's 'S",
    "0", "12", "123", "1234567890", "3.14159, -1e10", "٣٤٥ 四五 ½ ² Ⅷ",
    "😀", "😀😀😀", "👨‍👩‍👧‍👦", "👩🏽‍🚀 flies", "🏳️‍🌈", "🇩🇪🇫🇷", "a\u200db", "\u200d", "\ufe0f",
    "e\u0301", "\u0301", "n\u0303o\u0302 ", "Ạ\u0302\u0323", "กำ้ ที่", "क्षत्रिय", "한국어", "\u1112\u1161\u11ab",
    "שלום עולם", "\u202bמשהו\u202c and \u200fמשהו", "مرحبا بالعالم ١٢٣", "نص with English داخل",
    "\x00", "a\x00b", "\x01\x02\x1f\x7f", "\x1b[0m", "\x80\x85\x9f", "\ufeffBOM", "\ufffd", "\ufffe\uffff",
    "\u00a0", "a\u00a0b", "\u2003\u2003x", "\u3000全角　空格\u3000", "\u2028\u2029", "\u180ex", "\u00adsoft",
    "水壶先唱", "漢字とかな交じり文", "𠜎𠜱𠝹", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "ﬁ ﬀ ß ẞ İ ı ſ", "\U0010ffff", "'ſ",
    "x" * 300, "the" * 40, " " * 50 + "end", "\n" * 20, "!?!?...---", "a_b-c.d/e\\f@g#h", "<0x41><0xFF>", "▁", "▁a ▁ b▁",
    "<s>", "</s>", "<pad>", "<unk>", "<s>Hello</s>", "Hello <s> there</s>!", "a<s>b", "<s><s></s>", " <s> ", "<s", "s>",
    "x<|mask|>y", "x <|mask|> y", "  <|mask|>  z", "new\n<|mask|>\n", "word", "a word b", "swords", "word's word-word",
    "[X]", "[X]Y]", "[X]Y", "tag tags TAG", "été", "l'été", "Ġ Ċ ▁", "\t\tif x:\n\t\t\treturn 1\n",
]


def cases(tokenizer):
    rows = []
    for text in TRICKY + SENTENCES:
        ids = tokenizer.encode(text).ids
        rows.append({
            "text": text,
            "ids": ids,
            "plain": tokenizer.encode(text, add_special_tokens=False).ids,
            "decoded": tokenizer.decode(ids, skip_special_tokens=True),
            "whole": tokenizer.decode(ids, skip_special_tokens=False),
        })
    return rows


def write(name, tokenizer):
    FOLDER.mkdir(exist_ok=True)
    content = json.loads(tokenizer.to_str())
    tokenizer = Tokenizer.from_str(json.dumps(content))
    (FOLDER / f"{name}.tokenizer.json").write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", "utf-8")
    lines = ",\n".join(json.dumps(row) for row in cases(tokenizer))
    (FOLDER / f"{name}.cases.json").write_text(f"[\n{lines}\n]\n", "utf-8")


def byte_level():
    """GPT-2's kind, as engine/tokenizer/bpe_trainer.cpp trains it too."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(SENTENCES, trainers.BpeTrainer(
        vocab_size=700, special_tokens=["<s>", "</s>", "<pad>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 0)])
    return tokenizer


def byte_fallback():
    """Llama-2's kind: the space is a character, unknown characters become bytes."""
    marks = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = marks
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")  # for training only
    special = ["<unk>", "<s>", "</s>"]
    tokenizer.train_from_iterator(SENTENCES, trainers.BpeTrainer(
        vocab_size=600, special_tokens=special + [f"<0x{byte:02X}>" for byte in range(256)],
        limit_alphabet=150, show_progress=False))
    content = json.loads(tokenizer.to_str())
    content["pre_tokenizer"] = None
    content["added_tokens"] = content["added_tokens"][:len(special)]
    content["model"]["merges"] = [" ".join(pair) for pair in content["model"]["merges"]]  # as older files have them
    tokenizer = Tokenizer.from_str(json.dumps(content))
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    return tokenizer


def unknown():
    """Without byte fallback: unknown characters, not fused; no decoder."""
    content = json.loads(byte_fallback().to_str())
    content["model"].update(byte_fallback=False, fuse_unk=False)
    content["decoder"] = None
    return Tokenizer.from_str(json.dumps(content))


def split():
    """Llama-3's kind: a pattern of its own, bytes, whole words before merges."""
    pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
               r"|\s*[\r\n]+|\s+(?!\S)|\s+")
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(SENTENCES, trainers.BpeTrainer(
        vocab_size=500, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    content = json.loads(tokenizer.to_str())
    for word in ["Ġkettleish", "Hello", "1234", "waterfall"]:  # words that no merge makes
        content["model"]["vocab"][word] = len(content["model"]["vocab"])
    tokenizer = Tokenizer.from_str(json.dumps(content))
    tokenizer.add_special_tokens(["<s>", "</s>"])
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))])])
    return tokenizer


def added():
    """Every option of added tokens, with a space before each piece, digits apart, and BLOOM's class within a class."""
    tokenizer = byte_level()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.Split(Regex(r" ?[^(\s|[.,!?…。，、।۔،])]+"), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=False)])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    tokenizer.add_special_tokens([AddedToken("<|mask|>", lstrip=True, rstrip=True)])
    tokenizer.add_tokens([
        AddedToken("word", single_word=True, normalized=False), AddedToken("[X]", normalized=False),
        AddedToken("[X]Y]", normalized=False), AddedToken("tag", single_word=True, rstrip=True),
        AddedToken("été", lstrip=True, normalized=True)])
    return tokenizer


def main():
    for make in (byte_level, byte_fallback, unknown, split, added):
        write(make.__name__, make())
    (FOLDER / "sentences.json").write_text(json.dumps(SENTENCES, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
