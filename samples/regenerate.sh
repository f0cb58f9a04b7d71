#!/usr/bin/env bash
# Makes everything in this folder anew, golden outputs included: ./samples/regenerate.sh
#
# Needs LibreOffice for ward.xls; without it that file is left as it is. The seeds and the day are
# fixed, so every other file comes out byte for byte the same as long as `rules/synth.toml` and
# `src/synth` do not change.
set -euo pipefail
cd "$(dirname "$0")/.."

beside=$(mktemp -d)
trap 'rm -rf "$beside"' EXIT
synth() { cargo run --quiet -- synth "$@"; }

# The ward: 300 children, a list as bad as lists get, about 1,000 persons in the register.
synth --out "$beside/ward" --children 300 --register 1000 --preset hard --seed 2055 --workbook
cp "$beside/ward/children.xlsx" samples/ward.xlsx
cp "$beside/ward/register.csv" "$beside/ward/register_ct3a.xlsx" "$beside/ward/truth.csv" samples/

# The same workbook as Excel 97–2003 has it.
if office=$(command -v soffice || command -v libreoffice); then
    "$office" --headless "-env:UserInstallation=file://$beside/office" \
        --convert-to xls --outdir "$beside" samples/ward.xlsx >/dev/null
    cp "$beside/ward.xls" samples/ward.xls
else
    echo "LibreOffice is missing: samples/ward.xls stays as it is" >&2
fi

# One small list in the four encodings such files come in; the text is the same in all.
for encoding in utf8 tcvn3 vni cp1258; do
    synth --out "$beside/$encoding" --children 60 --register 100 --preset clean --seed 11 \
        --encoding "$encoding"
    cp "$beside/$encoding/children.csv" "samples/legacy/$encoding.csv"
done

# What the program makes of the ward.
UPDATE_GOLDEN=1 cargo test --quiet --test samples_golden
