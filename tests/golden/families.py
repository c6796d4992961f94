"""The model families and the tiny checkpoints of make_models.py."""

from dataclasses import dataclass, field

import torch


@dataclass
class Family:
    """Where a family keeps its parts: module -> our name."""

    blocks: str  # the list of layers; modules of `top` stand beside it
    top: dict
    block: dict  # inside a layer
    attn: str = "self_attn"  # gives (output, pattern)
    older: tuple = ("", "")  # part of a tensor's name -> what older files have there


ATTN = {f"self_attn.{p}_proj": f"attn.{p}" for p in "qkv"}
FUSED = {"input_layernorm": "norm1", "post_attention_layernorm": "norm2",
         "mlp.dense_h_to_4h": "mlp.up", "mlp.dense_4h_to_h": "mlp.down"}
FAIRSEQ = ATTN | {"self_attn.out_proj": "attn.out", "self_attn_layer_norm": "norm1", "final_layer_norm": "norm2",
                  "fc1": "mlp.up", "fc2": "mlp.down"}
GATED = ATTN | {"self_attn.q_norm": "attn.q_norm", "self_attn.k_norm": "attn.k_norm", "self_attn.o_proj": "attn.out",
                "input_layernorm": "norm1", "post_attention_layernorm": "norm2",
                "mlp.gate_proj": "mlp.gate", "mlp.up_proj": "mlp.up", "mlp.down_proj": "mlp.down"}

LLAMA = Family("model.layers", {"embed_tokens": "embed.tokens", "norm": "final.norm", "lm_head": "head"}, GATED)
FAMILIES = {
    "gpt2": Family(
        "transformer.h",
        {"wte": "embed.tokens", "wpe": "embed.positions", "ln_f": "final.norm", "lm_head": "head"},
        {"ln_1": "norm1", "attn.c_attn": "attn.qkv", "attn.c_proj": "attn.out",
         "ln_2": "norm2", "mlp.c_fc": "mlp.up", "mlp.c_proj": "mlp.down"},
        "attn", ("transformer.", "")),
    "opt": Family(
        "model.decoder.layers",
        {"embed_tokens": "embed.tokens", "embed_positions": "embed.positions", "project_in": "embed.project",
         "project_out": "final.project", "final_layer_norm": "final.norm", "lm_head": "head"},
        FAIRSEQ, older=("model.", "")),  # facebook/opt-350m has no "model."
    "xglm": Family(
        "model.layers", {"embed_tokens": "embed.tokens", "layer_norm": "final.norm", "lm_head": "head"}, FAIRSEQ),
    "bloom": Family(
        "transformer.h",
        {"word_embeddings": "embed.tokens", "word_embeddings_layernorm": "embed.norm", "ln_f": "final.norm",
         "lm_head": "head"},
        FUSED | {"self_attention.query_key_value": "attn.qkv", "self_attention.dense": "attn.out"},
        "self_attention", ("transformer.", "")),
    "gpt_neox": Family(
        "gpt_neox.layers", {"embed_in": "embed.tokens", "final_layer_norm": "final.norm", "lm_head": "head"},
        FUSED | {"attention.query_key_value": "attn.qkv", "attention.dense": "attn.out"},
        "attention", ("lm_head.", "embed_out.")),
    "llama": LLAMA, "mistral": LLAMA, "qwen2": LLAMA, "qwen3": LLAMA,
    "gemma2": Family(
        LLAMA.blocks, LLAMA.top,
        GATED | {"post_attention_layernorm": "attn.norm", "pre_feedforward_layernorm": "norm2",
                 "post_feedforward_layernorm": "mlp.norm"}),
}


@dataclass
class Spec:
    """One checkpoint: what to build, and how to store it."""

    seed: int
    family: str
    config: dict
    dtype: torch.dtype = torch.float32
    older: bool = False  # config.json and names of tensors as the hub's older files spell them
    shard: str = None  # largest file; names of tensors as in older files
    context: dict = field(default_factory=lambda: {"max_position_embeddings": 64})  # BLOOM has no limit


def sizes(vocab, layers, width, heads, mlp, **more):
    """The usual names of sizes; XGLM, OPT and BLOOM spell some otherwise."""
    return {"vocab_size": vocab, "num_hidden_layers": layers, "hidden_size": width, "num_attention_heads": heads,
            "intermediate_size": mlp} | more


def rope(theta=10000.0, kind="default", **more):
    return {"rope_parameters": {"rope_type": kind, "rope_theta": theta} | more}


GPT2_CONTEXT = {"n_positions": 32}
SPECS = {
    "gpt2-tied": Spec(1, "gpt2", {"vocab_size": 61, "n_layer": 3, "n_head": 4, "n_embd": 32}, context=GPT2_CONTEXT),
    "gpt2-sharded": Spec(2, "gpt2", {"vocab_size": 53, "n_layer": 2, "n_head": 6, "n_embd": 48, "n_inner": 80,
                                     "activation_function": "gelu", "tie_word_embeddings": False},
                         shard="100KB", context=GPT2_CONTEXT),
    "llama-gqa": Spec(3, "llama", sizes(59, 3, 32, 4, 56, num_key_value_heads=2, rms_norm_eps=1e-5,
                                        tie_word_embeddings=False) | rope()),
    "llama-bf16": Spec(4, "llama", sizes(71, 2, 48, 3, 40, num_key_value_heads=3, head_dim=16, attention_bias=True,
                                         mlp_bias=True, tie_word_embeddings=True) | rope(500000.0), torch.bfloat16),
    "gpt2-f16": Spec(5, "gpt2", {"vocab_size": 47, "n_layer": 2, "n_head": 4, "n_embd": 32}, torch.float16,
                     context=GPT2_CONTEXT),

    "opt-pre": Spec(6, "opt", {"vocab_size": 53, "num_hidden_layers": 2, "hidden_size": 24, "num_attention_heads": 4,
                               "ffn_dim": 56}),
    "opt-350m": Spec(7, "opt", {"vocab_size": 61, "num_hidden_layers": 2, "hidden_size": 24, "ffn_dim": 40,
                                "num_attention_heads": 3, "do_layer_norm_before": False, "word_embed_proj_dim": 16},
                     older=True),
    "bloom-4h": Spec(8, "bloom", {"vocab_size": 59, "n_layer": 2, "n_head": 4, "hidden_size": 20},
                     context={}),
    "bloom-6h": Spec(9, "bloom", {"vocab_size": 47, "n_layer": 3, "n_head": 6, "hidden_size": 18,
                                  "layer_norm_epsilon": 1e-3}, torch.float16, older=True, context={}),
    "xglm-tied": Spec(10, "xglm", {"vocab_size": 67, "num_layers": 2, "d_model": 24, "attention_heads": 4,
                                   "ffn_dim": 56, "scale_embedding": True}),
    "xglm-plain": Spec(11, "xglm", {"vocab_size": 43, "num_layers": 3, "d_model": 18, "attention_heads": 3,
                                    "ffn_dim": 40, "scale_embedding": False, "tie_word_embeddings": False}),
    "neox-parallel": Spec(12, "gpt_neox", sizes(41, 2, 32, 2, 36) | rope(partial_rotary_factor=0.25),
                          older=True, shard="40KB"),
    "neox-sequential": Spec(13, "gpt_neox", sizes(53, 3, 18, 3, 40, use_parallel_residual=False, attention_bias=False,
                                                  hidden_act="gelu_fast", layer_norm_eps=1e-3)
                            | rope(500.0, partial_rotary_factor=1.0)),
    # Wavelengths 6.3, 56 and 499 tokens: kept, blended, and divided by the factor.
    "llama3-rope": Spec(14, "llama", sizes(61, 2, 20, 4, 44, num_key_value_heads=2, head_dim=12, rms_norm_eps=1e-5)
                        | rope(500000.0, "llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                               original_max_position_embeddings=64), context={"max_position_embeddings": 512}),
    "llama-linear": Spec(15, "llama", sizes(47, 2, 24, 3, 40) | rope(kind="linear", factor=4.0), older=True),
    # Ramp 0, 1/2, 1, ... over the frequencies; cos and sin are multiplied by 0.1 ln 4 + 1.
    "llama-yarn": Spec(16, "llama", sizes(59, 2, 32, 2, 28, num_key_value_heads=1)
                       | rope(100.0, "yarn", factor=4.0, original_max_position_embeddings=16)),
    "mistral-window": Spec(17, "mistral", sizes(53, 3, 24, 4, 28, num_key_value_heads=2, sliding_window=8) | rope(),
                           older=True),
    "mistral-full": Spec(18, "mistral", sizes(61, 2, 24, 3, 48, num_key_value_heads=3, head_dim=10, sliding_window=None,
                                              rms_norm_eps=1e-2, tie_word_embeddings=True) | rope(1e6)),
    "qwen2-tied": Spec(19, "qwen2", sizes(71, 2, 32, 4, 48, num_key_value_heads=2, tie_word_embeddings=True)
                       | rope(1e6), torch.bfloat16),
    "qwen2-window": Spec(20, "qwen2", sizes(43, 3, 24, 3, 32, num_key_value_heads=1, use_sliding_window=True,
                                            sliding_window=8, max_window_layers=1) | rope(), older=True),
    "qwen3-gqa": Spec(21, "qwen3", sizes(67, 2, 24, 4, 48, num_key_value_heads=2, head_dim=10, rms_norm_eps=1e-2,
                                         tie_word_embeddings=True) | rope(1e6)),
    "qwen3-plain": Spec(22, "qwen3", sizes(51, 2, 24, 3, 40, num_key_value_heads=3, head_dim=8, attention_bias=True)
                        | rope(), older=True),
    "gemma2-a": Spec(23, "gemma2", sizes(57, 3, 20, 4, 32, num_key_value_heads=2, head_dim=8, sliding_window=8,
                                         query_pre_attn_scalar=2, attn_logit_softcapping=5.0,
                                         final_logit_softcapping=3.0) | rope()),
    "gemma2-b": Spec(24, "gemma2", sizes(41, 2, 20, 2, 48, num_key_value_heads=2, head_dim=12, sliding_window=16,
                                         query_pre_attn_scalar=10, attn_logit_softcapping=None,
                                         final_logit_softcapping=None, rms_norm_eps=1e-2) | rope(500.0), older=True),
}
