#!/usr/bin/env python3
"""Writes tests/golden/tokenizer/: small tokenizers configured as GPT-2, BLOOM, OPT, XGLM, Llama 2 and 3, Mistral,
Gemma, Qwen 2 and GPT-NeoX publish theirs, what Hugging Face `tokenizers` makes of tricky texts with them (cases), and
digests of its ids for all lines of all languages of NTREX-128 (ntrex.json). The vocabularies are trained on NTREX-128.

Run with a Python that has tokenizers (0.23.3 was used), transformers (5.23), sentencepiece (0.2.3), protobuf,
numpy and xxhash, after make_sentencepiece.py: python3 tests/golden/make_pipelines.py FOLDER_OF_NTREX
"""

import json
import pathlib
import sys

import numpy
import xxhash
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers.tokenization_utils_base import generate_merges

from tokenizer_texts import MORE, lines_of, training_lines
from make_tokenizers import FOLDER, SENTENCES, TRICKY

SAMPLES = TRICKY + MORE + SENTENCES[::3]
VOCABULARY = 1000

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LLAMA3 = CONTRACTIONS + (r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
                         r"|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace("{1,3}", "")
BLOOM = r" ?[^(\s|[.,!?…。，、।۔،])]+"


def special(*names, normalized=False):
    return [AddedToken(name, normalized=normalized, special=True) for name in names]


def byte_level(pre_tokenizer, specials, normalizer=None, post=None, **options):
    tokenizer = Tokenizer(models.BPE(**options))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(TRAINING, trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=specials, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.post_processor = post or processors.ByteLevel(trim_offsets=True)
    return tokenizer


def words():
    return pre_tokenizers.ByteLevel(add_prefix_space=False)


def pattern(expression):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(expression), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def before(token, number, *others):
    return processors.Sequence([*others, processors.TemplateProcessing(
        single=f"{token} $A", special_tokens=[(token, number)])])


def gpt2():
    return byte_level(words(), special("<|endoftext|>", normalized=True))


def opt():
    names = special("<s>", "<pad>", "</s>", "<unk>", normalized=True)
    return byte_level(words(), names, post=before("</s>", 2))


def bloom():
    return byte_level(pattern(BLOOM), special("<unk>", "<s>", "</s>", "<pad>"))


def neox():
    tokenizer = byte_level(words(), special("<|endoftext|>", "<|padding|>"), normalizer=normalizers.NFC())
    tokenizer.add_tokens([AddedToken(" " * size, normalized=True) for size in range(24, 1, -1)])
    return tokenizer


def llama3():
    names = special("<|begin_of_text|>", "<|end_of_text|>")
    return byte_level(pattern(LLAMA3), names, ignore_merges=True,
                      post=before(names[0].content, 0, processors.ByteLevel(trim_offsets=False)))


def qwen2():
    tokenizer = byte_level(pattern(QWEN2), special("<|endoftext|>", "<|im_start|>"), normalizer=normalizers.NFC())
    tokenizer.add_tokens([AddedToken("<think>", normalized=False)])
    return tokenizer


def sentencepiece(name):
    return sentencepiece_model_pb2.ModelProto.FromString((FOLDER / f"{name}.model").read_bytes())


def from_llama(strip=True):
    pieces = [(piece.piece, piece.score) for piece in sentencepiece("llama").pieces]
    vocabulary = {text: number for number, (text, _) in enumerate(pieces)}
    tokenizer = Tokenizer(models.BPE(vocabulary, generate_merges(vocabulary, dict(pieces)),
                                     unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
        *([decoders.Strip(" ", 1, 0)] if strip else [])])
    tokenizer.add_special_tokens(special("<unk>", "<s>", "</s>"))
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def llama2():
    tokenizer = from_llama()
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return tokenizer


def mistral():
    tokenizer = from_llama()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="first", split=False)
    tokenizer.add_special_tokens(special("[INST]", "[/INST]"))
    return tokenizer


def gemma():
    tokenizer = from_llama(strip=False)
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    return tokenizer


def xglm_pieces():
    names = ["<s>", "<pad>", "</s>", "<unk>"]
    made_up = [f"<madeupword{number}>" for number in range(7)]
    pieces = [(piece.piece, piece.score) for piece in sentencepiece("xglm").pieces[3:]]
    return names, made_up, [(name, 0.0) for name in names] + pieces + [(name, 0.0) for name in made_up]


def xglm():
    names, made_up, pieces = xglm_pieces()
    tokenizer = Tokenizer(models.Unigram(pieces, 3, False))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Precompiled(sentencepiece("xglm").normalizer_spec.precompiled_charsmap),
        normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace("▁", prepend_scheme="always")
    tokenizer.add_special_tokens(special(*names, *made_up))
    tokenizer.post_processor = processors.TemplateProcessing(single="</s> $A", special_tokens=[("</s>", 2)])
    return tokenizer


def mixed():
    """The components that the others leave out, and Unigram with byte fallback."""
    _, _, pieces = xglm_pieces()
    pieces = pieces[:4] + [(f"<0x{byte:02X}>", 0.0) for byte in range(256)] + pieces[4:700]
    tokenizer = Tokenizer(models.Unigram(pieces, 3, True))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Nmt(), normalizers.NFKD(), normalizers.StripAccents(), normalizers.NFD(), normalizers.NFKC(),
        normalizers.Lowercase(), normalizers.Strip(left=False, right=True), normalizers.Replace(Regex("~+"), "-")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("contiguous"),
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Metaspace("▁", prepend_scheme="always"),
        pre_tokenizers.Whitespace()])
    tokenizer.decoder = decoders.Metaspace("▁", prepend_scheme="never")
    tokenizer.add_special_tokens(special("<s>", "<pad>", "</s>", "<unk>"))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer


def case(tokenizer, text):
    """[ids, text without special tokens, text with them], each text null where it is the one before."""
    ids = tokenizer.encode(text).ids
    decoded = tokenizer.decode(ids, skip_special_tokens=True)
    whole = tokenizer.decode(ids, skip_special_tokens=False)
    return [ids, None if decoded == text else decoded, None if whole == decoded else whole]


def digest(tokenizer, lines):
    """Of the ids in 32 bits, little endian, with -1 behind each line."""
    state = xxhash.xxh3_128()
    for encoding in tokenizer.encode_batch(lines):
        state.update(numpy.array([*encoding.ids, -1], "<i4").tobytes())
    return state.hexdigest()


def write(name, tokenizer, languages):
    content = json.loads(tokenizer.to_str())
    if "merges" in content["model"] and name not in ("llama3", "gemma"):  # files from before 2025 join the pairs
        content["model"]["merges"] = [" ".join(pair) for pair in content["model"]["merges"]]
    tokenizer = Tokenizer.from_str(json.dumps(content))
    (FOLDER / f"{name}.tokenizer.json").write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", "utf-8")
    rows = ",\n".join(json.dumps(case(tokenizer, text), separators=(",", ":")) for text in SAMPLES)
    (FOLDER / f"{name}.cases.json").write_text(f"[\n{rows}\n]\n", "utf-8")
    return {language: digest(tokenizer, lines) for language, lines in languages.items()}


def main():
    languages = lines_of(sys.argv[1])
    global TRAINING
    TRAINING = training_lines(languages)
    (FOLDER / "samples.json").write_text(json.dumps(SAMPLES, indent=0) + "\n", "utf-8")
    makers = (gpt2, opt, bloom, neox, llama3, qwen2, llama2, mistral, gemma, xglm, mixed)
    digests = {make.__name__: write(make.__name__, make(), languages) for make in makers}
    (FOLDER / "ntrex.json").write_text(json.dumps(digests, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()
