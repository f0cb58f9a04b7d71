// The real program and a real browser, in a folder of their own.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, readFileSync, existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const PROGRAM = resolve(process.env.DINHDANH ?? join(root, "target/debug/dinhdanh"));
const BROWSER = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));
// UPDATE_SCREENSHOTS=1 writes the pictures of docs/desk anew; else they go to a temporary folder.
const PICTURES = process.env.UPDATE_SCREENSHOTS ? join(root, "docs/desk") : mkdtempSync(join(tmpdir(), "desk-pictures-"));
mkdirSync(PICTURES, { recursive: true });

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** A temporary folder; everything started from it ends with it. */
export class Office {
  folder = mkdtempSync(join(tmpdir(), "desk-office-"));
  #started = [];

  path(...names) { return join(this.folder, ...names); }
  read(...names) { return readFileSync(this.path(...names), "utf8"); }
  exists(...names) { return existsSync(this.path(...names)); }

  /** Runs the program to its end. */
  run(...args) {
    const done = spawnSync(PROGRAM, args, { cwd: this.folder, encoding: "utf8" });
    if (![0, 1].includes(done.status)) throw new Error(`${args.join(" ")}: ${done.stderr}`);
    return done.stdout;
  }

  /** An invented ward as bad as wards get, and its run in `out`. */
  reviewed(children = 600) {
    this.run("synth", "--out", "ward", "--children", `${children}`, "--register", `${children * 2}`, "--seed", "5", "--preset", "hard", "--workbook");
    this.run("run", "ward/children.xlsx", "--register", "ward/register.csv", "--out", "out", "--as-of", "2026-11-01");
    return this;
  }

  /** Starts a desk and tells its address. */
  async desk(...args) {
    const child = spawn(PROGRAM, [...args, "--no-open"], { cwd: this.folder });
    const address = await new Promise((ready, failed) => {
      let said = "";
      child.stdout.on("data", (data) => {
        said += data;
        const found = /http:\S+/.exec(said);
        if (found) ready(found[0]);
      });
      child.stderr.on("data", (data) => (said += data));
      child.on("exit", () => failed(new Error(`the desk ended: ${said}`)));
    });
    const desk = { address, child, kill: () => new Promise((gone) => { child.once("exit", gone); child.kill("SIGKILL"); }) };
    this.#started.push(() => child.kill("SIGKILL"));
    return desk;
  }

  /** A browser with an empty profile. */
  async browser(options = {}) {
    const profile = mkdtempSync(join(tmpdir(), "desk-profile-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: BROWSER, headless: true, args: FLAGS, acceptDownloads: true,
      viewport: { width: 1366, height: 768 }, locale: "vi-VN", ...options,
    });
    this.#started.push(async () => { await context.close(); rmSync(profile, { recursive: true, force: true }); });
    return context;
  }

  /** A window that fails the test when a page breaks its own rules. */
  async window(context) {
    const page = context.pages().find((one) => one.url() === "about:blank") ?? (await context.newPage());
    const complaints = [];
    page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
    page.on("pageerror", (error) => complaints.push(`${error}`));
    page.on("dialog", (dialog) => { complaints.push(`dialog: ${dialog.message()}`); void dialog.dismiss(); });
    page.complaints = complaints;
    return page;
  }

  async close() {
    for (const end of this.#started.reverse()) await end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Keeps a picture of the window. */
export async function picture(page, name, options = {}) {
  await page.screenshot({ path: join(PICTURES, `${name}.png`), ...options });
}

/** The entries of a log of decisions. */
export function entries(office) {
  if (!office.exists("out/decisions.jsonl")) return [];
  return office.read("out/decisions.jsonl").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/** Presses a key and waits for the page it leads to. */
export async function press(page, key) {
  await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
}
