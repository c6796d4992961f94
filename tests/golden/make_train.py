"""Writes train.safetensors: five steps of torch.optim.AdamW on the golden checkpoint gpt2-tied.

    pip install torch==2.13.0 transformers safetensors
    python tests/golden/make_train.py             # rewrites the file beside this one

betas (0.9, 0.95), eps 1e-8, weight decay 0.1 on matrices only, gradients clipped to a global norm of 1.0. The loss is
the mean over all predicted tokens of the step's texts. Tensors:

    step{0..4}.text{k}.ids    token ids of the step's texts, of different lengths
    rates [5]                 learning rate of each step
    losses [5]                before each step (float64)
    norms [5]                 global norm of the gradient before clipping
    param.<name>              some params after the last step, matrices as [out, in]
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import GPT2LMHeadModel

HERE = Path(__file__).parent
RATES = (1e-3, 3e-3, 1e-2, 3e-3, 1e-3)
LENGTHS = ((30, 17, 5), (12, 12), (32,), (2, 25, 9, 9), (21, 6))
KEPT = {  # transformers' name: ours
    "transformer.wte.weight": "embed.tokens",
    "transformer.wpe.weight": "embed.positions",
    "transformer.h.0.ln_1.weight": "L0.norm1",
    "transformer.h.1.attn.c_attn.weight": "L1.attn.qkv",
    "transformer.h.2.mlp.c_proj.weight": "L2.mlp.down",
    "transformer.h.2.mlp.c_proj.bias": "L2.mlp.down.bias",
}


def total_nll(model, ids):
    logits = model(ids[None], use_cache=False).logits[0]
    return torch.nn.functional.cross_entropy(logits[:-1], ids[1:], reduction="sum")


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    generator = torch.Generator().manual_seed(11)
    model = GPT2LMHeadModel.from_pretrained(HERE / "gpt2-tied", attn_implementation="eager").eval()
    params = dict(model.named_parameters())  # the tied head is listed once
    groups = [{"params": [p for p in params.values() if p.dim() > 1], "weight_decay": 0.1},
              {"params": [p for p in params.values() if p.dim() < 2], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.95), eps=1e-8)
    golden, losses, norms = {}, [], []
    for step, (rate, lengths) in enumerate(zip(RATES, LENGTHS)):
        texts = [torch.randint(model.config.vocab_size, (n,), generator=generator) for n in lengths]
        golden |= {f"step{step}.text{k}.ids": ids for k, ids in enumerate(texts)}
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = sum(total_nll(model, ids) for ids in texts) / sum(n - 1 for n in lengths)
        optimizer.zero_grad()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(params.values(), 1.0).item())
        optimizer.step()
        losses.append(loss.item())
    golden |= {"rates": torch.tensor(RATES, dtype=torch.float64), "losses": torch.tensor(losses, dtype=torch.float64),
               "norms": torch.tensor(norms, dtype=torch.float64)}
    for name, ours in KEPT.items():
        value = params[name].detach()
        golden["param." + ours] = (value.T if ".c_" in name and value.dim() > 1 else value).contiguous()
    save_file(golden, HERE / "train.safetensors")
    print("losses", losses, "norms", norms)


if __name__ == "__main__":
    main()
