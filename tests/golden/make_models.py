"""Writes five tiny random checkpoints in Hugging Face layout, with golden references.

    pip install torch==2.13.0 transformers tokenizers safetensors
    python tests/golden/make_models.py            # rewrites the folders beside this file

Each folder holds config.json, the weights and golden.safetensors. The references come from the
transformers model loaded back from the stored files and run in float32 with eager attention:

    text{0,1,2}.ids [T]   .logits [T, V]   .nll [T-1] (nats)
    text1.<site>          activations, see `watch`; text1.L{i}.attn.pattern is [heads, T, T]
    grad.<param>          d(mean nll of text 1)/d(param), matrices as [out, in]
    gradact.L{i}.resid.post
"""

import json
import shutil
from pathlib import Path

import torch
from huggingface_hub import save_torch_state_dict
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

HERE = Path(__file__).parent
LENGTHS = (5, 17, 30)
FULL = 1  # the text whose activations and gradients are kept

# Where each family keeps its parts: module inside a block -> our name.
GPT2 = {
    "top": {"wte": "embed.tokens", "wpe": "embed.positions", "ln_f": "final.norm", "lm_head": "head"},
    "block": {"ln_1": "norm1", "attn.c_attn": "attn.qkv", "attn.c_proj": "attn.out",
              "ln_2": "norm2", "mlp.c_fc": "mlp.up", "mlp.c_proj": "mlp.down"},
    "attn": "attn",
}
LLAMA = {
    "top": {"embed_tokens": "embed.tokens", "norm": "final.norm", "lm_head": "head"},
    "block": {"input_layernorm": "norm1", "self_attn.q_proj": "attn.q", "self_attn.k_proj": "attn.k",
              "self_attn.v_proj": "attn.v", "self_attn.o_proj": "attn.out",
              "post_attention_layernorm": "norm2", "mlp.gate_proj": "mlp.gate",
              "mlp.up_proj": "mlp.up", "mlp.down_proj": "mlp.down"},
    "attn": "self_attn",
}


def gpt2(**options):
    return GPT2LMHeadModel(GPT2Config(n_positions=32, bos_token_id=0, eos_token_id=0, **options))


def llama(**options):
    return LlamaForCausalLM(LlamaConfig(max_position_embeddings=64, bos_token_id=0, eos_token_id=0, **options))


# name: (seed, family, model, stored dtype)
MODELS = {
    "gpt2-tied": (1, GPT2, lambda: gpt2(vocab_size=61, n_layer=3, n_head=4, n_embd=32), torch.float32),
    "gpt2-sharded": (2, GPT2, lambda: gpt2(vocab_size=53, n_layer=2, n_head=6, n_embd=48, n_inner=80,
                                           activation_function="gelu", tie_word_embeddings=False), torch.float32),
    "llama-gqa": (3, LLAMA, lambda: llama(vocab_size=59, num_hidden_layers=3, num_attention_heads=4,
                                          num_key_value_heads=2, hidden_size=32, intermediate_size=56,
                                          tie_word_embeddings=False, rms_norm_eps=1e-5,
                                          rope_parameters={"rope_type": "default", "rope_theta": 10000.0}),
                  torch.float32),
    "llama-bf16": (4, LLAMA, lambda: llama(vocab_size=71, num_hidden_layers=2, num_attention_heads=3,
                                           num_key_value_heads=3, head_dim=16, hidden_size=48, intermediate_size=40,
                                           tie_word_embeddings=True, attention_bias=True, mlp_bias=True,
                                           rope_parameters={"rope_type": "default", "rope_theta": 500000.0}),
                   torch.bfloat16),
    "gpt2-f16": (5, GPT2, lambda: gpt2(vocab_size=47, n_layer=2, n_head=4, n_embd=32), torch.float16),
}


@torch.no_grad()
def randomise(model, generator):
    """Matrices of std 0.2, biases of std 0.2, norm weights around 1: no part is a no-op."""
    for name, p in model.named_parameters():
        p.normal_(0.0, 0.2, generator=generator)
        if p.dim() == 1 and name.endswith("weight"):
            p.add_(1.0)


def store(model, folder, sharded):
    model.save_pretrained(folder)
    if sharded:  # as the original gpt2 repository names its tensors, and in more than one file
        (folder / "model.safetensors").unlink()
        state = {k.removeprefix("transformer."): v for k, v in model.state_dict().items()}
        save_torch_state_dict(state, folder, max_shard_size="100KB", metadata={"format": "pt"})
        assert len(set(json.loads((folder / "model.safetensors.index.json").read_text())["weight_map"].values())) > 1


def load(folder):
    model, info = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    assert not any(info.values()), info
    return model.eval()


def canonical(name, family):
    """transformers parameter name -> ours."""
    module, kind = name.removeprefix("transformer.").removeprefix("model.").rsplit(".", 1)
    suffix = "" if kind == "weight" else ".bias"
    if module in family["top"]:
        return family["top"][module] + suffix
    _, layer, part = module.split(".", 2)
    return f"L{layer}.{family['block'][part]}{suffix}"


def watch(model, family, sites):
    """Hooks that fill `sites` with every activation of the next forward, still in its graph."""
    def on(module, **names):
        def hook(_, args, output):
            values = {"input": args[0]} if args else {}  # llama's attention takes keywords only
            values |= {"output": output} if torch.is_tensor(output) else {"output": output[0], "weights": output[1]}
            for key, name in names.items():
                sites[name] = values[key]
        return module.register_forward_hook(hook)

    part = {ours: theirs for theirs, ours in family["block"].items()}
    base = model.base_model
    blocks = base.h if family is GPT2 else base.layers
    hooks = [on(base.ln_f if family is GPT2 else base.norm, output="final")]
    for i, block in enumerate(blocks):
        L = f"L{i}."
        hooks += [
            on(block, output=L + "resid.post"),
            on(block.get_submodule(part["norm1"]), input=L + "resid.pre", output=L + "attn.in"),
            on(block.get_submodule(family["attn"]), output=L + "attn.out", weights=L + "attn.pattern"),
            on(block.get_submodule(part["norm2"]), input=L + "resid.mid", output=L + "mlp.in"),
            on(block.get_submodule(part["mlp.down"]), input=L + "mlp.hidden"),
            on(block.mlp, output=L + "mlp.out"),
        ]
    return hooks


def run(model, ids):
    logits = model(ids[None], use_cache=False).logits[0]
    return logits, torch.nn.functional.cross_entropy(logits[:-1], ids[1:], reduction="none")


def reference(model, family, texts):
    golden = {}
    for k, ids in enumerate(texts):
        sites = {}
        hooks = watch(model, family, sites) if k == FULL else []
        logits, nll = run(model, ids)
        for hook in hooks:
            hook.remove()
        golden |= {f"text{k}.ids": ids, f"text{k}.logits": logits, f"text{k}.nll": nll}
        if k != FULL:
            continue
        sites["embed"] = sites["L0.resid.pre"]
        golden |= {f"text{k}.{name}": value[0] for name, value in sites.items()}
        params = dict(model.named_parameters())  # a tied head is listed once, as the embedding
        posts = {name: value for name, value in sites.items() if name.endswith("resid.post")}
        grads = torch.autograd.grad(nll.mean(), [*params.values(), *posts.values()])
        for name, grad in zip(params, grads):
            conv1d = family is GPT2 and grad.dim() == 2 and ".h." in name  # stored [in, out]
            golden["grad." + canonical(name, family)] = grad.T if conv1d else grad
        for name, grad in zip(posts, grads[len(params):]):
            golden["gradact." + name] = grad[0]
    return {name: value.detach().clone().contiguous() for name, value in golden.items()}


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name, (seed, family, build, dtype) in MODELS.items():
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        generator = torch.Generator().manual_seed(seed)
        model = build()
        randomise(model, generator)
        store(model.to(dtype), folder, sharded=name == "gpt2-sharded")
        texts = [torch.randint(model.config.vocab_size, (n,), generator=generator) for n in LENGTHS]
        save_file(reference(load(folder), family, texts), folder / "golden.safetensors")
        print(name, sum(f.stat().st_size for f in folder.iterdir()), "bytes")


if __name__ == "__main__":
    main()
