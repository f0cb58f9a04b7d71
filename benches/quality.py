#!/usr/bin/env python3
"""How well the program links invented lists: the tables of docs/method.md, printed anew.

    cargo build --release
    benches/quality.py holdout  FOLDER [--seeds 5001-5010] [--children 40000] [--preset normal] [--alone]
    benches/quality.py ablation FOLDER [--seeds 5001,5002] [--preset normal]
    benches/quality.py learning FOLDER [--seeds 5001-5003] [--preset hard] [--answers 200] [--mistakes 0.05]

FOLDER holds the invented lists and is filled where they are missing. Standard library only.
"""
import argparse, csv, json, pathlib, random, re, subprocess

HOME = pathlib.Path(__file__).resolve().parent
PROGRAM = HOME.parent / "target" / "release" / "dinhdanh"
DAY = "2026-11-01"


def call(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode > 1:
        raise SystemExit(done.stderr)
    return done.stdout


def ward(options, seed):
    """The folder of an invented list, made where it is missing."""
    folder = options.folder / f"{options.preset}-{options.children}-{seed}"
    if not folder.exists():
        call("synth", "--out", folder, "--children", options.children, "--seed", seed,
             "--preset", options.preset)
    return folder


def link(folder, out, *more, alone=False):
    """Runs and judges: the figures of `evaluate` and the run's own estimates."""
    lists = ["check", folder / "children.csv"] if alone else \
        ["run", folder / "children.csv", "--register", folder / "register.csv"]
    call(*lists, "--out", folder / out, "--force", "--quiet", "--as-of", DAY, *more)
    told = call("evaluate", folder / out, "--truth", folder / "truth.csv")

    def figure(label, nth=0):
        found = re.findall(rf"^\s+{re.escape(label)}\s+(\S+)$", told, re.M)
        return found[nth] if len(found) > nth else "-"

    matching = json.loads((folder / out / "manifest.json").read_text())["matching"]
    review = csv.DictReader(open(folder / out / "review.csv", encoding="utf-8-sig", newline=""))
    return {
        "F1": figure("pair F1"), "precision": figure("pair precision"), "recall": figure("pair recall"),
        "false merges (est.)": f'{figure("clusters of more than one child")} ({matching["expected_false_merges"]:.1f})',
        "twins merged": figure("twins: pairs merged"),
        "found": figure("share"),
        "wrong (est.)": f'{figure("children sent with a wrong number")} ({matching["expected_wrong_numbers"]:.1f})',
        "review right": figure("share", 1),
        "to review": sum(1 for _ in review),
    }


def table(rows):
    heads = ["", *rows[0][1]]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for name, figures in rows:
        print("| " + " | ".join([name, *map(str, figures.values())]) + " |", flush=True)


def answers(folder, run, count, mistakes):
    """Decisions about so many pairs of a run's review, taken from the truth, some of them mistaken."""
    chance = random.Random(1)
    read = lambda file: list(csv.DictReader(open(file, encoding="utf-8-sig", newline="")))
    truth = {row["record_id"]: row for row in read(folder / "truth.csv")}
    pairs = read(folder / run / "review.csv")
    chance.shuffle(pairs)
    words = {"duplicate": ("different", "same"), "identity": ("none", "this")}
    with open(folder / "decisions.jsonl", "w") as log:
        for nth, pair in enumerate(pairs[:count]):
            child = truth[pair["record_id"]]
            same = child["entity"] == truth[pair["other"]]["entity"] if pair["kind"] == "duplicate" \
                else child["personal_id"] == pair["other"]
            same ^= chance.random() < mistakes
            keep = ("pair_id", "kind", "record_id", "other", "record_fingerprint", "other_fingerprint")
            log.write(json.dumps({
                "id": str(nth), "time": f"{DAY}T00:00:00Z", "who": "synthetic",
                **{column: pair[column] for column in keep},
                "answer": words[pair["kind"]][same], "keep": {}, "second_reading": False}) + "\n")
    return ["--decisions", folder / "decisions.jsonl"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["holdout", "ablation", "learning"])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seeds", default="5001-5003")
    parser.add_argument("--children", type=int, default=40_000)
    parser.add_argument("--preset", default="normal")
    parser.add_argument("--alone", action="store_true", help="without a register")
    parser.add_argument("--answers", type=int, default=200)
    parser.add_argument("--mistakes", type=float, default=0.05)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    seeds = []
    for part in options.seeds.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    rows = []
    for seed in seeds:
        folder = ward(options, seed)
        if options.what == "holdout":
            rows.append((str(seed), link(folder, "run", alone=options.alone)))
        elif options.what == "ablation":
            rows.append((f"{seed} full", link(folder, "run")))
            for idea in sorted(path for path in (HOME / "ablation").iterdir() if path.is_dir()):
                rows.append((f"{seed} {idea.name}", link(folder, "run", "--rules", idea)))
        else:
            rows.append((f"{seed} no answers", link(folder, "run")))
            said = answers(folder, "run", options.answers, options.mistakes)
            rows.append((f"{seed} answers", link(folder, "answered", *said)))
            rows.append((f"{seed} answers, --learn", link(folder, "learnt", *said, "--learn")))
    table(rows)


main()
