"""Writes the tiny random checkpoints of families.py in Hugging Face layout, with golden references.

    pip install torch==2.13.0 transformers==5.23.0 tokenizers safetensors
    python tests/golden/make_models.py [NAME ...]      # rewrites the folders beside this file

Each folder holds config.json, the weights and golden.safetensors. The references come from the
transformers model loaded back from the stored files and run in float32 with eager attention:

    text{0,1,2}.ids [T]   .logits [T, V]   .nll [T-1] (nats)
    text1.<site>          activations, see `watch`; text1.L{i}.attn.pattern is [heads, T, T]
    grad.<param>          d(mean nll of text 1)/d(param), matrices as [out, in]
    gradact.L{i}.resid.post
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from huggingface_hub import save_torch_state_dict
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

from families import FAMILIES, SPECS

HERE = Path(__file__).parent
LENGTHS = (5, 17, 30)
FULL = 1  # the text whose activations and gradients are kept
# Fields that older files leave out where they have the family's default.
LATER = ("_remove_final_layer_norm", "attention_bias", "enable_bias", "is_decoder", "layer_norm_elementwise_affine",
         "mlp_bias", "pretraining_tp", "tie_word_embeddings", "use_bidirectional_attention")


def build(spec):
    """No padding token: its embedding would get no gradient."""
    ids = {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": None}
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(spec.family, **spec.context, **ids, **spec.config))


@torch.no_grad()
def randomise(model, generator):
    """Matrices of std 0.2, biases of std 0.2, factors of norms around 1: no part is a no-op."""
    for name, p in model.named_parameters():
        p.normal_(0.0, 0.2, generator=generator)
        if p.dim() == 1 and name.endswith("weight") and model.config.model_type != "gemma2":  # Gemma adds the 1
            p.add_(1.0)


def older_config(config):
    """config.json of transformers 5 -> as the hub's files of earlier years spell it."""
    kind, default = config["model_type"], AutoConfig.for_model(config["model_type"]).to_dict()
    left_out = {k for k in LATER if k in config and config[k] == default[k]} | {"transformers_version", "layer_types"}
    if kind in ("llama", "mistral") and config["head_dim"] * config["num_attention_heads"] == config["hidden_size"]:
        left_out.add("head_dim")
    if kind == "llama" and config["num_key_value_heads"] == config["num_attention_heads"]:  # a number elsewhere
        left_out.add("num_key_value_heads")
    config = {k: v for k, v in config.items() if k not in left_out}
    config["torch_dtype"] = config.pop("dtype")
    if rope := config.pop("rope_parameters", None):
        theta, scaling = rope.pop("rope_theta"), rope.pop("rope_type")
        if kind == "gpt_neox":
            config |= {"rotary_emb_base": theta, "rotary_pct": rope.pop("partial_rotary_factor")}
        else:
            config["rope_theta"] = theta
        config["rope_scaling"] = None if scaling == "default" else {"type": scaling} | rope
    if kind == "bloom":  # as bigscience/bloom-560m
        config["n_embed"], config["num_attention_heads"] = config.pop("hidden_size"), config.pop("n_head")
    return config


def older_tensors(model, family):
    """The state as older files name it, with the constants that GPT-NeoX's carry."""
    state = {k.replace(*family.older): v for k, v in model.state_dict().items()}
    if model.config.tie_word_embeddings:
        state.pop("lm_head.weight")
    if model.config.model_type == "gpt_neox":
        for i in range(model.config.num_hidden_layers):
            at = f"{family.blocks}.{i}.attention."
            state[at + "bias"] = torch.ones(1, 1, 64, 64, dtype=torch.uint8).tril()
            state[at + "masked_bias"] = torch.tensor(-1e9)
            state[at + "rotary_emb.inv_freq"] = model.base_model.rotary_emb.inv_freq.clone()
    return state


def store(model, folder, spec):
    model.save_pretrained(folder)
    if spec.older or spec.shard:
        (folder / "model.safetensors").unlink()
        save_torch_state_dict(older_tensors(model, FAMILIES[spec.family]), folder,
                              max_shard_size=spec.shard or "1GB", metadata={"format": "pt"})
        assert (folder / "model.safetensors.index.json").exists() == bool(spec.shard)
    if spec.older:
        file, before = folder / "config.json", AutoConfig.from_pretrained(folder).to_dict()
        file.write_text(json.dumps(older_config(json.loads(file.read_text())), indent=2, sort_keys=True) + "\n")
        after = AutoConfig.from_pretrained(folder).to_dict()
        after.get("rope_parameters", {}).pop("type", None)  # the older name of rope_type is kept beside it
        assert after == before | {"transformers_version": after["transformers_version"]}, (before, after)



def load(folder):
    model, info = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    assert not any(info.values()), info
    return model.eval()


def canonical(name, family):
    """transformers parameter name -> ours."""
    module, kind = name.rsplit(".", 1)
    module = module.removeprefix(family.blocks.rsplit(".", 1)[0] + ".")
    suffix = "" if kind == "weight" else ".bias"
    if module in family.top:
        return family.top[module] + suffix
    _, layer, part = module.split(".", 2)
    return f"L{layer}.{family.block[part]}{suffix}"


def parts(model, family):
    """Per layer: the block, and our name -> module."""
    for block in model.get_submodule(family.blocks):
        modules = dict(block.named_modules())
        yield block, {ours: modules[theirs] for theirs, ours in family.block.items() if theirs in modules}


def shape_of(config):
    """Where the norms stand and what the MLP reads."""
    if config.model_type == "opt" and not config.do_layer_norm_before:
        return "norms after"
    return "parallel" if getattr(config, "use_parallel_residual", False) else "norms before"


def watch(model, family, sites):
    """Hooks that fill `sites` with every activation of the next forward, still in its graph."""
    def on(module, **names):
        def hook(_, args, output):
            values = {"input": args[0]} if args else {}  # some attentions take keywords only
            values |= {"output": output} if torch.is_tensor(output) else {"output": output[0], "weights": output[1]}
            for key, name in names.items():
                sites[name] = values[key]
        return module.register_forward_hook(hook)

    hooks = [on(model.lm_head, input="final")]
    shape = shape_of(model.config)
    for i, (block, part) in enumerate(parts(model, family)):
        L = f"L{i}."
        hooks += [
            on(block, input=L + "resid.pre", output=L + "resid.post"),
            on(part.get("attn.q") or part["attn.qkv"], input=L + "attn.in"),
            on(block.get_submodule(family.attn), weights=L + "attn.pattern"),
            on(part["attn.out"], input=L + "attn.mixed"),
            on(part.get("attn.norm") or part["attn.out"], output=L + "attn.out"),  # what is added
            on(part["mlp.up"], input=L + "mlp.in"),
            on(part["mlp.down"], input=L + "mlp.hidden"),
            on(part.get("mlp.norm") or part["mlp.down"], output=L + "mlp.out"),
        ]
        if shape == "norms before":
            hooks.append(on(part["norm2"], input=L + "resid.mid"))
        elif shape == "norms after":
            hooks.append(on(part["norm1"], output=L + "resid.mid"))
    return hooks


def window_of(config, layer):
    """How many tokens a token sees, itself among them; None: all before it."""
    types = getattr(config, "layer_types", None)
    sliding = types[layer] == "sliding_attention" if types else True
    return getattr(config, "sliding_window", None) if sliding else None


@torch.no_grad()
def check(model, family, sites, logits):
    """The sites' equations, computed a second time: a hook on the wrong module fails here."""
    def same(a, b):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)

    config, shape = model.config, shape_of(model.config)
    for i, (_, part) in enumerate(parts(model, family)):
        at = {k.removeprefix(f"L{i}."): v for k, v in sites.items() if k.startswith(f"L{i}.")}
        pre, norm1, norm2 = at["resid.pre"], part["norm1"], part["norm2"]
        first, last = pre + at["attn.out"], pre + at["attn.out"] + at["mlp.out"]
        if shape == "norms before":
            expected = (norm1(pre), first, norm2(first), last)
        elif shape == "norms after":
            expected = (pre, norm1(first), norm1(first), norm2(norm1(first) + at["mlp.out"]))
        else:
            expected = (norm1(pre), None, norm2(pre), last)
        for name, value in zip(("attn.in", "resid.mid", "mlp.in", "resid.post"), expected):
            same(at.get(name), value)
        added = part["attn.out"](at["attn.mixed"])
        same(at["attn.out"], part["attn.norm"](added) if "attn.norm" in part else added)
        added = part["mlp.down"](at["mlp.hidden"])
        same(at["mlp.out"], part["mlp.norm"](added) if "mlp.norm" in part else added)
        same(pre, sites[f"L{i - 1}.resid.post"] if i else sites["embed"])
        pattern, n = at["attn.pattern"], pre.shape[0]
        age = torch.arange(n)[:, None] - torch.arange(n)
        seen = (age >= 0) & (age < (window_of(config, i) or n))
        assert torch.equal(pattern > 0, seen.expand_as(pattern))
        same(pattern.sum(-1), torch.ones(pattern.shape[:-1]))
    cap, expected = getattr(config, "final_logit_softcapping", None), model.lm_head(sites["final"])
    same(logits, cap * torch.tanh(expected / cap) if cap else expected)


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
        posts = {name: value for name, value in sites.items() if name.endswith("resid.post")}
        # Without the batch; OPT's MLP has none.
        sites = {name: value[0] if value.dim() > 2 else value for name, value in sites.items()}
        check(model, family, sites, logits)
        golden |= {f"text{k}.{name}": value for name, value in sites.items()}
        params = dict(model.named_parameters())  # a tied head is listed once, as the embedding
        grads = torch.autograd.grad(nll.mean(), [*params.values(), *posts.values()])
        for name, grad in zip(params, grads):
            conv1d = model.config.model_type == "gpt2" and grad.dim() == 2 and ".h." in name  # stored [in, out]
            golden["grad." + canonical(name, family)] = grad.T if conv1d else grad
        for name, grad in zip(posts, grads[len(params):]):
            golden["gradact." + name] = grad[0]
    return {name: value.detach().clone().contiguous() for name, value in golden.items()}


def main(names):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name in names or SPECS:
        spec, folder = SPECS[name], HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        generator = torch.Generator().manual_seed(spec.seed)
        model = build(spec)
        randomise(model, generator)
        store(model.to(spec.dtype), folder, spec)
        texts = [torch.randint(model.config.vocab_size, (n,), generator=generator) for n in LENGTHS]
        save_file(reference(load(folder), FAMILIES[spec.family], texts), folder / "golden.safetensors")
        print(name, sum(f.stat().st_size for f in folder.iterdir()), "bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
