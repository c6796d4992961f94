#!/usr/bin/env python3
"""Writes tests/golden/tokenizer/: two small SentencePiece models, trained on NTREX-128 with the options of Llama 2's
and XGLM's, what the tokenizers of transformers that read such files make of tricky texts with them (cases), and
digests of their ids for all lines of all languages of NTREX-128 (ntrex.sentencepiece.json).

Run with a Python that has transformers 4 (4.57.6 was used; version 5 reads these files no more), sentencepiece
(0.2.3), protobuf, numpy and xxhash: python3 tests/golden/make_sentencepiece.py FOLDER_OF_NTREX
"""

import io
import json
import struct
import sys
import tempfile

import numpy
import sentencepiece
import numpy
import xxhash
from sentencepiece import sentencepiece_model_pb2
from transformers import LlamaTokenizer, XGLMTokenizer

from tokenizer_texts import MORE, lines_of, training_lines
from make_tokenizers import FOLDER, SENTENCES, TRICKY

SAMPLES = TRICKY + MORE + SENTENCES[::3]


def train(lines, **options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, num_threads=1, minloglevel=2, **options)
    return model.getvalue()


def replacements(charsmap):
    """The entries of a table of replacements, found by a walk through its double array."""
    size = struct.unpack_from("<I", charsmap)[0]
    units = struct.unpack_from(f"<{size // 4}I", charsmap, 4)
    texts = charsmap[4 + size:]
    offset = lambda unit: (unit >> 10) << ((unit & 0x200) >> 6)
    stack = [(offset(units[0]), b"")]
    while stack:
        at, key = stack.pop()
        for byte in range(1, 256):
            child = at ^ byte
            if child >= len(units) or units[child] & 0x800000FF != byte:
                continue
            below = child ^ offset(units[child])
            if units[child] >> 8 & 1:
                start = units[below] & 0x7FFFFFFF
                yield (key + bytes([byte])).decode("utf-8"), texts[start:texts.index(b"\0", start)].decode("utf-8")
            stack.append((below, key + bytes([byte])))


def nmt_nfkc(lines):
    """The rules of nmt_nfkc for characters of these lines, as a table to train with: all of them have 300 kB."""
    whole = train(["a b c"], model_type="char", normalization_rule_name="nmt_nfkc", vocab_size=7, hard_vocab_limit=False)
    spec = sentencepiece_model_pb2.ModelProto.FromString(whole).normalizer_spec
    known = set("".join(lines))
    codes = lambda text: " ".join(f"{ord(character):X}" for character in text)
    return "".join(f"{codes(key)}\t{codes(value)}\n" for key, value in sorted(replacements(spec.precompiled_charsmap))
                   if known.issuperset(key))


def few_letters(languages):
    """Lines of languages with small alphabets; the others show what becomes of unknown characters."""
    return training_lines({code: lines for code, lines in languages.items()
                           if code not in ("amh", "jpn", "khm", "kor", "zho-CN")})


def train_xglm(languages):
    lines = few_letters(languages)
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as rules:
        rules.write(nmt_nfkc([line for all_lines in languages.values() for line in all_lines] + SAMPLES))
        rules.flush()
        return train(lines, model_type="unigram", vocab_size=1200, character_coverage=0.98,
                     normalization_rule_tsv=rules.name)


def train_llama(languages):
    return train(few_letters(languages), model_type="bpe", vocab_size=1300, character_coverage=0.98,
                 normalization_rule_name="identity", remove_extra_whitespaces=False, byte_fallback=True,
                 split_digits=True, allow_whitespace_only_pieces=True)


def case(tokenizer, text):
    ids = tokenizer.encode(text)
    decoded = tokenizer.decode(ids, skip_special_tokens=True)
    whole = tokenizer.decode(ids, skip_special_tokens=False)
    return [ids, None if decoded == text else decoded, None if whole == decoded else whole]


def digest(tokenizer, lines):
    state = xxhash.xxh3_128()
    for line in lines:
        state.update(numpy.array([*tokenizer.encode(line), -1], "<i4").tobytes())
    return state.hexdigest()


def main():
    languages = lines_of(sys.argv[1])
    for name, content in (("llama", train_llama(languages)), ("xglm", train_xglm(languages))):
        (FOLDER / f"{name}.model").write_bytes(content)
    llama, xglm = str(FOLDER / "llama.model"), str(FOLDER / "xglm.model")
    tokenizers = {
        "llama": LlamaTokenizer(llama, legacy=True),
        "llama_new": LlamaTokenizer(llama, legacy=False, add_eos_token=True),
        "xglm": XGLMTokenizer(xglm),
    }
    digests = {}
    for name, tokenizer in tokenizers.items():
        rows = ",\n".join(json.dumps(case(tokenizer, text), separators=(",", ":")) for text in SAMPLES)
        (FOLDER / f"{name}.model.cases.json").write_text(f"[\n{rows}\n]\n", "utf-8")
        digests[name] = {language: digest(tokenizer, lines) for language, lines in languages.items()}
    (FOLDER / "ntrex.sentencepiece.json").write_text(json.dumps(digests, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()
