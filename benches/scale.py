#!/usr/bin/env python3
"""How fast the program is and how much memory it takes, from a ward to a province and beyond.

    cargo build --release --example floor && cargo build --release
    benches/scale.py FOLDER [--sizes ward,district,province,million] [--threads 1,2] [--repeat 3]

Beside every run, in the same minute, the floor: a program that reads the same list and writes it back
with nothing in between. FOLDER holds the invented lists and is filled where they are missing (a million
children take 1.3 GB). Needs GNU time; else the standard library only.
"""
import argparse, pathlib, shutil, statistics, subprocess

HOME = pathlib.Path(__file__).resolve().parent
BUILT = HOME.parent / "target" / "release"
DAY = "2026-11-01"
SIZES = {  # children, people of the register
    "ward": (3_000, 10_000),
    "district": (40_000, 120_000),
    "province": (400_000, 870_000),
    "million": (925_000, 1_000_000),
}


def timed(*command):
    """Wall clock, processor time (seconds), peak memory (MB)."""
    done = subprocess.run(["/usr/bin/time", "-f", "%e %U %S %M", *map(str, command)],
                          capture_output=True, text=True)
    if done.returncode > 1:
        raise SystemExit(done.stderr)
    wall, user, system, peak = map(float, done.stderr.strip().splitlines()[-1].split())
    return wall, user + system, peak / 1024


def middle(runs):
    return [statistics.median(column) for column in zip(*runs)]


def main():
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("folder", type=pathlib.Path)
    reader.add_argument("--sizes", default="ward,district")
    reader.add_argument("--threads", default="2")
    reader.add_argument("--repeat", type=int, default=3)
    reader.add_argument("--program", type=pathlib.Path, default=BUILT / "dinhdanh")
    options = reader.parse_args()
    print("| list | job | threads | wall, s | processor, s | peak, MB | times the floor |\n" + "|---" * 7 + "|")
    for size in options.sizes.split(","):
        children, register = SIZES[size]
        folder = options.folder / size
        if not folder.exists():
            subprocess.run([options.program, "synth", "--out", folder, "--children", str(children),
                            "--register", str(register), "--seed", "41"], check=True, capture_output=True)
        jobs = {"check": ["check", folder / "children.csv"],
                "run": ["run", folder / "children.csv", "--register", folder / "register.csv"]}
        for job, command in jobs.items():
            for threads in options.threads.split(","):
                runs, floors = [], []
                for _ in range(options.repeat):
                    out = folder / "out"
                    runs.append(timed(options.program, *command, "--out", out, "--force", "--quiet",
                                      "--as-of", DAY, "--threads", threads))
                    shutil.rmtree(out)
                    lists = [path for path in command if isinstance(path, pathlib.Path)]
                    floors.append(sum(timed(BUILT / "examples" / "floor", path, folder / "floor.csv")[0]
                                      for path in lists))
                wall, processor, peak = middle(runs)
                floor = max(statistics.median(floors), 0.01)
                print(f"| {size} | {job} | {threads} | {wall:.2f} | {processor:.2f} | {peak:.0f} | {wall / floor:.1f} |",
                      flush=True)


if __name__ == "__main__":
    main()
