// review.xlsx filled in by LibreOffice and read back gives the same records.csv as the same decisions
// made at the desk. Runs where LibreOffice is (apt-get install libreoffice-calc python3-uno); the
// same is shown without it, with a workbook saved by another program, in tests/decisions_come_back.rs.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Office, entries, press } from "./office.mjs";

const PYTHON = "/usr/bin/python3";
const able = spawnSync("sh", ["-c", `command -v soffice && ${PYTHON} -c 'import uno'`]).status === 0;
const WORDS = { same: "Cùng một trẻ", different: "Hai trẻ khác nhau", this: "Đúng số này", none: "Không phải", unsure: "Chưa rõ" };

let office;
before(() => { if (able) office = new Office().reviewed(); });
after(() => office?.close());

test("filled in with LibreOffice, the same as at the desk", { skip: !able && "LibreOffice is not installed" }, async () => {
  const context = await office.browser();
  const desk = await office.desk("review", "out");
  const page = await office.window(context);
  await page.goto(desk.address);
  for (let nth = 0; page.url().includes("/review/") ; nth += 1) {
    const identity = page.url().includes("/review/P-");
    await press(page, nth % 7 === 6 ? "r" : nth % 3 === 2 ? "k" : identity ? "1" : "c");
  }
  await desk.kill();
  const standing = Object.fromEntries(entries(office).map((entry) => [entry.pair_id, entry]));
  assert.ok(Object.keys(standing).length > 20);
  const answers = Object.fromEntries(Object.entries(standing).map(([pair, entry]) => [pair, WORDS[entry.answer]]));
  writeFileSync(office.path("answers.json"), JSON.stringify(answers));
  const script = join(dirname(fileURLToPath(import.meta.url)), "fill_in.py");
  const done = spawnSync(PYTHON, [script, "out/review.xlsx", "answers.json", "filled.xlsx"], { cwd: office.folder, encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  assert.equal(Number(done.stdout), Object.keys(answers).length, "every pair of the desk is in the workbook");

  const run = ["run", "ward/children.xlsx", "--register", "ward/register.csv", "--as-of", "2026-11-01", "--out"];
  office.run(...run, "desk", "--decisions", "out/decisions.jsonl");
  office.run(...run, "excel", "--decisions", "filled.xlsx");
  assert.equal(office.read("desk/records.csv"), office.read("excel/records.csv"));
  assert.notEqual(office.read("desk/records.csv"), office.read("out/records.csv"));
});
