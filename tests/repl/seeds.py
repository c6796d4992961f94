"""Says which firm verdicts change with the seed: supported at p (Holm) < 0.001 in one run, not supported in the other.

Usage: python3 seeds.py ONE/record.jsonl OTHER/record.jsonl

The files are records of `residua run all --seed 1` and `--seed 2`, say. Exits with 1 where a verdict changes.
"""
import json
import sys

FIRM = 0.001


def verdicts(path):
    with open(path, encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return {(record["id"], one["name"]): one for record in records for one in record["verdicts"]}


def firm(one):
    return one["verdict"] == "supported" and one.get("adjusted_p") is not None and one["adjusted_p"] < FIRM


def main(one_path, other_path):
    one, other = verdicts(one_path), verdicts(other_path)
    pairs = {key: (one[key], other[key]) for key in one if key in other}
    kept = [key for key, pair in pairs.items() if any(map(firm, pair))]
    changed = [key for key in kept if {side["verdict"] for side in pairs[key]} != {"supported"}]
    for key in changed:
        sides = [f"{side['verdict']} (p {side.get('adjusted_p')})" for side in pairs[key]]
        print(*key, ": ", " / ".join(sides), sep=" ")
    print(f"{len(pairs)} verdicts, {len(kept)} supported at p < {FIRM}, {len(changed)} of them changed")
    return 1 if changed or not pairs else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]) if len(sys.argv) == 3 else __doc__)
