"""Texts that the generators of tokenizer goldens share: more tricky ones of our own, and those of NTREX-128."""

import pathlib

# What normalizers, tables of replacements and grapheme clusters differ on.
MORE = [
    "ﬃ ﬁre ① ⑳ ㎏ ㍿ ｆｕｌｌ　ｗｉｄｔｈ ﾊﾟﾋﾟ", "Å Å A\u030a a\u030a\u0327 a\u0327\u030a", "ẛ̣ q\u0307\u0323 q\u0323\u0307 ṩ",
    "\u1100\u1161\u11a8 각 \u1100\u1161 가\u11a8", "（\u0301 ①\u0308 ℌ\u0308 x\u0308\u0301y", "İstanbul IĞDIR ΣΑΣ ΌΣΟΣ ǅ ẞ",
    "\u0344 \u0f73\u0f71\u0f72 \u0340\u0341\u0343", "क़ ख़ \u0915\u093c ড় য়", "שׁ בּ \u05e9\u05c1 ﬡﬢ", "ﷺ ﷲ لا ﻻ", "\u00a8 ´ ¯ ¸ ˚",
    "  lead and  two   three    trail  ", "tab\there\r\nnew\u0085line\u2028sep", "soft\u00adhyphen zero\u200bwidth\u2060join",
    "a~~b~c", "1st 2nd ½¼ 10² ₂ Ⅻ ৪৫", "e\u0301e\u0301\u0301 \u0301e", "👍🏽👩‍❤️‍💋‍👩🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇩🇪🇫🇷🇮", "\u200d\u200d a\u200d", "▁▁ ▁a▁",
    "<unk> <unk>x x<unk>", "<s>a<s> b </s>", "<pad>", "<madeupword0>x", "[INST] hi [/INST] there", "<|endoftext|>after",
    "<|begin_of_text|> <|im_start|>user<think>", "      indented\n    more\n  less", "<0x41> <0x", "\U0001d518\U0001d52b\U0001f130",
    "\u0e33 \u0eb3 \u0edc", "\u2126 \u212b \ufb1d \uf900 \ufa0e", "中文，標點。「引號」！", "日本語：カタカナ・ひらがな〜", "«guillemets» “quotes” ‘single’ …",
    "\u202ertl\u202c \u2066iso\u2069 \u061c", "don't DON'T Don’t 'tis 'S", "a" * 200 + "é" * 100, "ß" * 64, "\u0301" * 40, "한" * 40,
]


def lines_of(folder):
    """The 1997 lines of each language, by its code."""
    return {path.name.split(".")[1]: path.read_bytes().decode("utf-8").split("\n")[:1997]
            for path in sorted(pathlib.Path(folder).glob("newstest2019-*.txt"))}


def training_lines(languages):
    """The first 300 lines of each language."""
    return [line for lines in languages.values() for line in lines[:300]]
