"""Writes the hostile seeds of one target, each named for what is wrong with it.

    python tests/fuzz/seeds.py TARGET FOLDER
"""

import json
import struct
import sys
from pathlib import Path


def number(value):
    """A varint of protocol buffers."""
    low, high = value & 127, value >> 7
    return bytes([low | 128]) + number(high) if high else bytes([low])


def safetensors():
    def file(header, data=b"", length=None):
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return struct.pack("<Q", len(text) if length is None else length) + text + data

    def tensor(shape, begin, end, dtype="F32"):
        return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}

    nested = b"[" * 800 + b"]" * 800
    yield "length-beyond-file", file({"a": tensor([1], 0, 4)}, bytes(4), 1 << 40)
    yield "length-overflow", file({}, b"", (1 << 64) - 1)
    yield "overlap", file({"a": tensor([2], 0, 8), "b": tensor([2], 4, 12)}, bytes(12))
    yield "backwards", file({"a": tensor([0], 8, 4)}, bytes(8))
    yield "wrong-size", file({"a": tensor([2], 0, 4)}, bytes(4))
    yield "unknown-dtype", file({"a": tensor([1], 0, 4, "F31")}, bytes(4))
    yield "shape-overflow", file({"a": tensor([1 << 32, 1 << 32], 0, 0)})
    yield "shape-overflow-behind-zero", file({"a": tensor([0, 1 << 62, 1 << 62], 0, 0)})
    yield "negative", file({"a": tensor([-1], 0, 0)})
    yield "deep", file(b'{"a":' + nested + b"}")
    shape = b'{"a":{"dtype":"F32","shape":' + nested + b',"data_offsets":[0,0]}}'
    yield "deep-shape", file(shape)
    yield "not-utf8", file(b'{"\xff\xfe":{}}')
    yield "line-feed-in-name", file({"a\nb": tensor([1], 0, 4, "X\ny")}, bytes(4))
    parts = {"a": tensor([1], 0, 1, "U8"), "b": tensor([2, 1], 1, 9), "c": tensor([1], 9, 17, "I64")}
    yield "unaligned-and-empty", file({"a": tensor([0], 1, 1)}, bytes(1))
    yield "unaligned", file(parts, bytes(17))


def pytorch_bin():
    def record(name, data):
        sizes = struct.pack("<IIHH", len(data), len(data), len(name), 0)
        return b"PK\3\4" + bytes(14) + sizes + name + data

    def entry(name, size, at, method=0, stored=None):
        sizes = struct.pack("<IIHH", size if stored is None else stored, size, len(name), 0)
        start = b"PK\1\2" + bytes(6) + struct.pack("<H", method) + bytes(8)
        return start + sizes + bytes(10) + struct.pack("<I", at) + name

    def end(count, size, at):
        return b"PK\5\6" + bytes(4) + struct.pack("<HHIIH", count, count, size, at, 0)

    def archive(records, entries, count=None, size=None):
        directory = b"".join(entries)
        return records + directory + end(len(entries) if count is None else count,
                                         len(directory) if size is None else size, len(records))

    pickle = record(b"f/data.pkl", b"\x80\2}.")
    sound = [entry(b"f/data.pkl", 4, 0)]
    shared = [entry(b"f/data/%d" % i, 64, len(pickle)) for i in range(64)]
    yield "bomb-shared-record", archive(pickle + record(b"f/data/0", bytes(64)), sound + shared)
    yield "bomb-deflated", archive(pickle, [entry(b"f/data.pkl", 0xFFFFFFFE, 0, 8, 4)])
    yield "count-beyond-directory", archive(pickle, sound, 65535)
    yield "directory-beyond-file", archive(pickle, sound, 1, 0xFFFFFFFF)
    yield "record-beyond-file", archive(pickle, [entry(b"f/data.pkl", 0xFFFFFFF0, 0)])
    largest = struct.pack("<QQQQ", 1 << 63, 1 << 63, (1 << 64) - 1, (1 << 64) - 1)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, len(pickle), 1)
    yield ("zip64-overflow", pickle + b"PK\6\6" + bytes(20) + largest + locator +
           end(65535, 0xFFFFFFFF, 0xFFFFFFFF))


def pickle():
    def integer(value):
        return b"\x8a\x08" + struct.pack("<q", value)

    def integers(values):
        return b"(" + b"".join(map(integer, values)) + b"t"

    def tensor(first, sizes, strides, storage=b"FloatStorage", elements=16):
        stored = (b"(X\7\0\0\0storagectorch\n" + storage + b"\nX\1\0\0\x000X\3\0\0\0cpu" +
                  integer(elements) + b"tQ")
        return (b"\x80\2}X\1\0\0\0actorch._utils\n_rebuild_tensor_v2\n(" + stored + integer(first) +
                integers(sizes) + integers(strides) + b"\x89ccollections\nOrderedDict\n)RtRs.")

    huge = 1 << 62
    yield "cyclic-list", b"\x80\2}q\0X\1\0\0\0a]q\1h\1as."
    yield "cyclic-dict", b"\x80\2}q\0X\1\0\0\0ah\0s."
    yield "deep-tuples", b"\x80\2)" + b"\x85" * 2000 + b"."
    yield "many-marks", b"\x80\2" + b"(" * 2000 + b"t" * 2000 + b"."
    yield "code", b"\x80\2cos\nsystem\nX\4\0\0\0exit\x85R."
    yield "text-beyond-end", b"\x80\2X\xff\xff\xff\xffa."
    yield "tensor", tensor(0, [4, 4], [4, 1])
    yield "stride-overflow", tensor(0, [2, 2], [huge, huge])
    yield "size-overflow", tensor(0, [1 << 32, 1 << 32], [0, 0])
    yield "offset-beyond", tensor((1 << 63) - 1, [1], [1])
    yield "expanded", tensor(0, [1 << 40], [0])
    yield "empty-huge", tensor(0, [0, huge, huge], [1, 1, 1])
    yield "negative-stride", tensor(4, [4], [-1])
    yield "storage-of-other-size", tensor(0, [8], [1], b"DoubleStorage")


def config():
    sizes = {"num_hidden_layers": 2, "hidden_size": 8, "num_attention_heads": 2, "vocab_size": 8,
             "intermediate_size": 8, "max_position_embeddings": 8, "model_type": "llama"}
    llama3 = {"rope_type": "llama3", "factor": -1, "low_freq_factor": 1, "high_freq_factor": 1,
              "original_max_position_embeddings": 8}
    yarn = {"rope_type": "yarn", "factor": 0, "original_max_position_embeddings": 0, "beta_fast": 0,
            "beta_slow": 0}
    changes = {
        "zero-heads": {"num_attention_heads": 0}, "zero-kv-heads": {"num_key_value_heads": 0},
        "negative": {"head_dim": -8}, "huge-head": {"head_dim": 1 << 62},
        "least-integer": {"hidden_size": -(1 << 63), "num_attention_heads": -1},
        "unsigned-beyond-int64": {"num_hidden_layers": (1 << 64) - 1},
        "fraction": {"hidden_size": 8.5}, "many-layers": {"num_hidden_layers": 1 << 40},
        "yarn": {"rope_scaling": yarn}, "llama3": {"rope_scaling": llama3},
        "theta": {"rope_theta": -1}, "line-feed": {"hidden_act": "a\nb"},
        "layer-types": {"model_type": "qwen3", "layer_types": ["full_attention"],
                        "sliding_window": -1},
        "quantized": {"quantization_config": {"quant_method": "a\nb"}}}
    for name, change in changes.items():
        yield name, json.dumps(sizes | change)
    yield "deep", "[" * 2000 + "]" * 2000
    yield "deep-field", '{"model_type":"llama","rope_scaling":' + '{"a":' * 800 + "1" + "}" * 801
    yield "number-beyond-float64", '{"model_type":"gpt2","n_layer":1e999}'
    yield "not-utf8", b'{"model_type":"\xff\xc0\xaf"}'


def tokenizer_json():
    parts = ["normalizer", "pre_tokenizer", "post_processor", "decoder"]

    def file(model, **given):
        whole = {"added_tokens": []} | dict.fromkeys(parts) | given | {"model": model}
        return json.dumps(whole, ensure_ascii=False)

    def bpe(vocab, merges=(), **given):
        return {"type": "BPE", "vocab": vocab, "merges": list(merges)} | given

    def split(pattern, behavior="Isolated", **given):
        return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior} | given

    def replace(string, content):
        return {"type": "Replace", "pattern": {"String": string}, "content": content}

    def unigram(*vocab, unk=0):
        return {"type": "Unigram", "unk_id": unk, "vocab": vocab}

    def template(ids):
        steps = [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
        return {"type": "TemplateProcessing", "single": steps, "pair": [],
                "special_tokens": {"<s>": {"id": "<s>", "ids": ids, "tokens": ["<s>"]}}}

    one = bpe({"a": 0})
    yield "cyclic-merges", file(bpe({"a": 0, "b": 1, "ab": 2}, ["a b", "ab a", "a ab", "a b"]))
    yield "merge-of-nothing", file(bpe({"": 0, "a": 1}, [" a", ["", "a"], ["a", ""]]))
    yield "merge-of-unknown", file(bpe({"a": 0}, ["a c"]))
    yield "negative-id", file(bpe({"a": -1, "b": 1 << 62}))
    yield "gap-in-ids", file(bpe({"a": 0, "b": 1 << 30}))
    yield "byte-fallback", file(bpe({"<unk>": 0, "<0x41>": 1, "a": 2}, byte_fallback=True,
                                    unk_token="<unk>", fuse_unk=True, ignore_merges=True))
    grow = {"type": "Sequence", "normalizers": [replace("a", "a" * 1000)] * 4}
    yield "growth", file(one, normalizer=grow)
    yield "empty-pattern", file(one, normalizer=replace("", "aa"), pre_tokenizer=split("", invert=True))
    slow = r"(?:(?:\p{L}+)*)*(?!x)$|(a|a)*b"
    yield "exponential-regex", file(one, pre_tokenizer=split(slow, "MergedWithNext"))
    yield "deep-regex", file(one, pre_tokenizer=split("(" * 1500 + "a" + ")" * 1500, "Removed"))
    nested = {"type": "Lowercase"}
    for _ in range(25):
        nested = {"type": "Sequence", "normalizers": [nested]}
    yield "deep-sequence", file(one, normalizer=nested)
    yield "deep", '{"model":' + "[" * 3000 + "]" * 3000 + "}"
    yield "not-utf8", file(one).encode().replace(b'"a"', b'"\xff\xc0"')
    yield "lone-surrogate", file(one).replace('"a"', '"\\ud800"')
    yield "unigram-unk-beyond", file(unigram(["a", 0.0], unk=7))
    charsmap = {"type": "Precompiled", "precompiled_charsmap": "CAAAAAEAAAD/////AGE="}
    yield "charsmap-loop", file(unigram(["a", 0.0]), normalizer=charsmap)
    space = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    yield "unigram", file(unigram(["<unk>", 0.0], ["▁", -1.5], ["a", -1e300], ["▁a", -2.0]),
                          pre_tokenizer=space, decoder=space)
    yield "template-of-unknown", file(one, post_processor=template([9]))
    strip = {"type": "Strip", "strip_left": True, "strip_right": True}
    forms = [{"type": form} for form in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase")]
    steps = forms + [strip, {"type": "Prepend", "prepend": "▁"}, replace("▁", " ")]
    digits = {"type": "Digits", "individual_digits": True}
    level = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    cuts = [digits, {"type": "Punctuation", "behavior": "Contiguous"}, {"type": "Whitespace"},
            split(r"'s|\p{N}{1,3}|[^\s\p{L}]+"), level]
    marks = [{"id": 0, "content": "<s>", "single_word": False, "lstrip": True, "rstrip": True,
              "normalized": False, "special": True},
             {"id": 4, "content": "caf", "single_word": True, "lstrip": False, "rstrip": False,
              "normalized": True, "special": False}]
    back = [{"type": "ByteFallback"}, {"type": "Fuse"}, level]
    yield "every-part", file(bpe({"<s>": 0, "Ġ": 1, "a": 2, "Ġa": 3}, ["Ġ a"]), added_tokens=marks,
                             normalizer={"type": "Sequence", "normalizers": steps},
                             pre_tokenizer={"type": "Sequence", "pretokenizers": cuts},
                             post_processor={"type": "Sequence", "processors": [level, template([0])]},
                             decoder={"type": "Sequence", "decoders": back})


def sentencepiece():
    def nested(field, content):
        return number(field << 3 | 2) + number(len(content)) + content

    def option(field, value):
        return number(field << 3) + number(value)

    def piece(text, score, kind=1):
        text = text.encode() if isinstance(text, str) else text
        return nested(1, nested(1, text) + b"\x15" + struct.pack("<f", score) + option(3, kind))

    special = piece("<unk>", 0, 2) + piece("<s>", 0, 3) + piece("</s>", 0, 3)
    normal = [piece(text, -1.0 - i) for i, text in enumerate(["▁", "a", "▁a", "世"])]
    unigram = special + b"".join(normal) + piece("<user>", 0, 4) + piece("b", 0, 5)
    every_byte = b"".join(piece("<0x%02X>" % i, 0, 6) for i in range(256))
    merged = [piece(text, -i) for i, text in enumerate(["▁a", "af", "caf", "▁", "a", "c", "▁▁"])]
    spelling = option(3, 1) + option(4, 1) + option(5, 1)
    yield "unigram", unigram + nested(2, option(3, 1)) + nested(3, spelling)
    yield "bpe", special + every_byte + b"".join(merged) + nested(2, option(3, 2) + option(35, 1))
    yield "infinite-score", special + piece("a", float("inf")) + piece("b", float("nan"))
    yield "two-unknowns", special + piece("x", 0, 2)
    yield "repeated", special + piece("a", 0) * 2
    yield "not-utf8", special + piece(b"\xff\xc0", 0)
    yield "value-beyond-end", b"\x0a\xff\xff\xff\xff\x0f"
    yield "endless-number", b"\xff" * 20
    yield "word-model", unigram + nested(2, option(3, 3))
    charsmaps = {"short": b"\1", "beyond": struct.pack("<I", 1 << 31) + bytes(8),
                 "loop": struct.pack("<III", 8, 1, 0xFFFFFFFF) + b"\0a\0",
                 "odd": struct.pack("<I", 7) + bytes(9)}
    for name, charsmap in charsmaps.items():
        yield "charsmap-" + name, unigram + nested(3, nested(2, charsmap))


def corpus():
    def line(**fields):
        return json.dumps(fields) + "\n"

    yield "table", "eng\tdeu\r\nOne.\tEins.\n\n\tZwei.\n"
    yield "lines", line(language="eng", text="One.") + line(language="deu", text="Zwölf.", sentence=12)
    yield "twice", line(language="a", text="b", sentence=1) * 2
    yield "number-beyond-int64", line(language="a", text="b", sentence=(1 << 64) - 1)
    yield "largest-number", line(language="a", text="b", sentence=1 << 53) + line(language="a", text="c")
    yield "number-beyond-float64", '{"language":"a","text":"b","x":1e999}'
    yield "deep", '{"language":' + "[" * 2000
    yield "nul", "eng\na\0b"
    yield "not-utf8", b"eng\n\xed\xa0\x80"
    yield "twice-a-language", "eng\ta-b\teng\n"


def main(target, folder):
    makers = [safetensors, pytorch_bin, pickle, config, tokenizer_json, sentencepiece, corpus]
    for name, content in {maker.__name__: maker for maker in makers}[target]():
        content = content if isinstance(content, bytes) else content.encode()
        (Path(folder) / name).write_bytes(content)


if __name__ == "__main__":
    main(*sys.argv[1:])
