// What an officer does at the desk, in a real browser: node --test tests/browser/*.test.mjs
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Office, entries, picture, press } from "./office.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let office;
before(() => { office = new Office().reviewed(); });
after(() => office.close());

/** What axe-core finds on a page that is serious or critical; nothing may be. */
async function accessible(page, what) {
  // The page's own policy forbids foreign scripts: the tester comes in another way.
  const found = await page.evaluate(`${axe}; axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })`);
  const grave = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
  const told = grave.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 120) + " " + (node.any[0]?.message ?? "")).join(" | ")}`);
  assert.deepEqual(told, [], what);
}

async function opened(context, ...args) {
  const desk = await office.desk(...args);
  const page = await office.window(context);
  await page.goto(desk.address);
  return { desk, page };
}

const pairOf = (page) => new URL(page.url()).pathname.split("/").pop();

test("the whole job: from a dropped file to a downloaded workbook", async () => {
  const context = await office.browser();
  const { desk, page } = await opened(context, "desk", "jobs", "--who", "Cán bộ A");
  assert.match(page.url(), /\/files$/);
  await accessible(page, "files, empty");
  await picture(page, "1-files");

  // Dropped with the mouse.
  const bytes = readFileSync(office.path("ward/children.xlsx")).toString("base64");
  const dropped = await page.evaluateHandle((base64) => {
    const raw = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([raw], "danh sách trẻ.xlsx"));
    return transfer;
  }, bytes);
  const reloaded = page.waitForNavigation();
  await page.dispatchEvent("[data-upload='/upload/children']", "drop", { dataTransfer: dropped });
  await reloaded;
  await page.getByText("danh sách trẻ.xlsx").waitFor();

  // A file of another kind is refused by its content.
  writeFileSync(office.path("picture.xlsx"), Buffer.from("89504e470d0a1a0a", "hex"));
  await page.setInputFiles("#drop-register", office.path("picture.xlsx"));
  await page.locator(".problem:visible").waitFor();
  assert.match(await page.locator(".problem:visible").innerText(), /PNG/);

  // Chosen with the button.
  await Promise.all([page.waitForNavigation(), page.setInputFiles("#drop-register", office.path("ward/register.csv"))]);
  await page.getByText("register.csv").waitFor();
  await accessible(page, "files");
  await picture(page, "2-understood");

  // A column is understood otherwise by choosing.
  await page.goto(new URL("/columns/children", desk.address).href);
  await accessible(page, "columns");
  await picture(page, "3-columns");
  const notes = page.locator("select[name='use:Ghi chú']");
  await notes.selectOption("ignore");
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Ghi nhận" }).click()]);
  assert.equal(await notes.count(), 0);
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Trở lại cách hiểu tự động" }).click()]);
  assert.equal(await notes.count(), 1);

  await page.goto(new URL("/files", desk.address).href);
  await page.getByRole("button", { name: "Chạy", exact: true }).click();
  await page.waitForURL(/\/run$|\/summary$/);
  if (page.url().endsWith("/run")) await picture(page, "4-running");
  await page.waitForURL(/\/summary$/, { timeout: 60_000 });
  await accessible(page, "summary");
  await picture(page, "5-summary", { fullPage: true });

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "update.xlsx" }).click()]);
  await download.saveAs(office.path("update.xlsx"));
  const workbook = readFileSync(office.path("update.xlsx"));
  assert.equal(workbook.subarray(0, 2).toString(), "PK");
  const job = (await page.locator(".path").innerText()).trim();
  assert.deepEqual(workbook, readFileSync(office.path(job, "update.xlsx")), "the file that the run wrote");

  // Decide one, run again with it.
  await page.goto(new URL("/review", desk.address).href);
  await press(page, "1");
  await page.goto(new URL("/summary", desk.address).href);
  await page.getByRole("button", { name: "Chạy lại với các quyết định" }).click();
  await page.waitForURL(/\/run$|\/summary$/);
  await page.waitForURL(/\/summary$/, { timeout: 60_000 });
  await page.getByText("Các quyết định đã đưa vào lần chạy này").waitFor();
  // The browser itself notes the refused upload; nothing else may be amiss.
  assert.deepEqual(page.complaints.filter((text) => !text.includes("415")), []);
  await desk.kill();
});

test("twenty items by keyboard alone, undo, and an earlier answer taken back", async () => {
  const context = await office.browser();
  const { desk, page } = await opened(context, "review", "out", "--who", "Cán bộ A");
  const first = pairOf(page);
  await picture(page, "6-review");
  const answered = [];
  for (let nth = 0; nth < 20; nth += 1) {
    const item = pairOf(page);
    const identity = item.startsWith("P-");
    answered.push(item);
    await press(page, nth % 4 === 3 ? "r" : identity ? (nth % 3 === 0 ? "k" : "1") : nth % 2 ? "c" : "k");
    assert.match(await page.locator(".notice.done").innerText(), /Đã lưu/);
  }
  assert.equal(new Set(answered).size, 20, "twenty different items");
  const kept = new Set(entries(office).map((entry) => entry.pair_id));
  for (const item of answered) assert.ok(kept.has(item), `${item} is on the disk`);
  assert.match(await page.locator(".progress").innerText(), /20\//);

  // Z takes the last answer back and shows its item again.
  await press(page, "z");
  assert.equal(pairOf(page), answered[19]);
  assert.equal(entries(office).filter((entry) => entry.undoes).length > 0, true);
  await press(page, "k");

  // An earlier one: the list of answers, with Tab and Enter.
  await page.goto(new URL("/decisions", desk.address).href);
  await accessible(page, "decisions");
  await picture(page, "8-decisions");
  const undo = page.getByRole("button", { name: `Hoàn tác ${first}` });
  await undo.focus();
  await press(page, "Enter");
  assert.equal(await page.getByRole("link", { name: first }).count(), 0, "no answer stands");
  await page.goto(new URL("/review", desk.address).href);
  assert.equal(pairOf(page), first, "it waits again");

  // Skip and back do not answer.
  const lines = entries(office).length;
  await press(page, "n");
  assert.notEqual(pairOf(page), first);
  await press(page, "b");
  assert.equal(pairOf(page), first);
  assert.equal(entries(office).length, lines);

  // The help, and keys switched off.
  await page.keyboard.press("?");
  await page.locator("dialog[open]").waitFor();
  await picture(page, "12-keys");
  await page.keyboard.press("Escape");
  await page.locator("details.menu > summary").click();
  await page.getByLabel("Bật phím tắt một phím").uncheck();
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Lưu lựa chọn" }).click()]);
  await page.keyboard.press("k");
  await page.waitForTimeout(200);
  assert.equal(entries(office).length, lines, "a single key does nothing now");
  assert.deepEqual(page.complaints, []);
  await desk.kill();
});

test("two records side by side: marked letters, and the value to keep", async () => {
  const context = await office.browser();
  const { desk, page } = await opened(context, "review", "out");
  await page.goto(new URL("/queue?kind=duplicate", desk.address).href);
  await accessible(page, "queue");
  await page.goto(new URL("/queue", desk.address).href);
  await picture(page, "9-queue");
  // Search without diacritics finds what is written with them.
  const name = await page.locator("tbody td strong").first().innerText();
  const bare = name.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/Đ/g, "D");
  await page.locator(".filters input[type=search]").fill(bare.toLowerCase());
  await press(page, "Enter");
  assert.ok((await page.locator("tbody").innerText()).includes(name), `${bare} finds ${name}`);

  await page.goto(new URL("/queue?kind=duplicate", desk.address).href);
  const links = await page.locator("tbody a.code").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  let radios = 0;
  for (const link of links) {
    await page.goto(new URL(link, desk.address).href);
    radios = await page.locator("label.keep input").count();
    if (radios) break;
  }
  assert.ok(radios >= 2, "a pair whose sides differ");
  await picture(page, "7-duplicate");
  await accessible(page, "duplicate");
  assert.ok((await page.locator(".sides mark").count()) > 0, "differences are marked");
  const checked = page.locator("label.keep input:checked").first();
  const field = await checked.getAttribute("name");
  // G goes to the values, an arrow chooses the other side, C decides.
  await page.keyboard.press("g");
  await page.keyboard.press((await checked.getAttribute("value")) === "record" ? "ArrowRight" : "ArrowLeft");
  const pair = pairOf(page);
  await press(page, "c");
  const last = entries(office).filter((entry) => entry.pair_id === pair).pop();
  assert.equal(last.answer, "same");
  assert.ok(last.keep && field.replace("keep_", "") in last.keep, "the chosen value is part of the answer");
  assert.deepEqual(page.complaints, []);
  await desk.kill();
});

test("two windows on one item: the later one is told", async () => {
  const context = await office.browser();
  const { desk, page } = await opened(context, "review", "out", "--who", "Cán bộ A");
  const other = await office.window(context);
  await other.goto(page.url());
  const item = pairOf(page);
  assert.equal(pairOf(other), item);
  const key = item.startsWith("P-") ? "k" : "d";
  await press(page, key);
  const lines = entries(office).length;
  await press(other, key);
  assert.match(await other.locator("[role=alert]").first().innerText(), /Chưa lưu/);
  assert.equal(entries(office).length, lines, "nothing was overwritten");
  await picture(other, "10-meanwhile");
  await press(other, "r");
  assert.ok(entries(office).length > lines);
  await desk.kill();
});

test("killed in the middle, nothing is lost", async () => {
  const context = await office.browser();
  let { desk, page } = await opened(context, "review", "out");
  const item = pairOf(page);
  await press(page, item.startsWith("P-") ? "1" : "c");
  const before = entries(office).length;
  await desk.kill();
  ({ desk, page } = await opened(context, "review", "out"));
  assert.equal(entries(office).length, before);
  await page.goto(new URL("/decisions", desk.address).href);
  assert.ok((await page.locator("tbody").innerText()).includes(item));
  await desk.kill();
});

test("English by a switch, and back", async () => {
  const context = await office.browser();
  const { desk, page } = await opened(context, "review", "out");
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "English" }).click()]);
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await page.getByRole("button", { name: /Not sure/ }).waitFor();
  await picture(page, "11-english");
  for (const path of ["/queue", "/decisions", "/agreement", "/summary", "/review"]) {
    await page.goto(new URL(path, desk.address).href);
    const interface_ = await page.evaluate(() => [...document.querySelectorAll("h1, h2, h3, button, nav a, label, dt")].map((one) => one.innerText).join("\n"));
    const words = interface_.replace(/Tiếng Việt/g, "");
    assert.doesNotMatch(words, /Đã|Hàng chờ|Quyết định|Xem xét|Người/, `${path} speaks English`);
  }
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Tiếng Việt" }).click()]);
  assert.equal(await page.locator("html").getAttribute("lang"), "vi");
  await desk.kill();
});

test("a second reader, blind, and how well the two agree", async () => {
  const context = await office.browser();
  const { desk, page } = await opened(context, "review", "out", "--who", "Cán bộ B");
  await page.goto(new URL("/agreement", desk.address).href);
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Bắt đầu đọc lần hai" }).click()]);
  assert.equal(await page.locator(".waterfall").count(), 0, "weights are hidden");
  assert.doesNotMatch(await page.locator("main").innerText(), /Khả năng|%/);
  await picture(page, "13-blind");
  await accessible(page, "blind");
  const before = entries(office).length;
  for (let nth = 0; nth < 6; nth += 1) await press(page, pairOf(page).startsWith("P-") ? (nth % 2 ? "1" : "k") : "k");
  const second = entries(office).slice(before);
  assert.ok(second.length >= 6 && second.every((entry) => entry.second_reading), "they are marked, and never applied");
  await page.goto(new URL("/agreement", desk.address).href);
  await accessible(page, "agreement");
  await picture(page, "14-agreement");
  assert.match(await page.locator(".figures").innerText(), /Cohen κ\s*(−|-)?[0-9]/);
  await desk.kill();
});

test("dark, at 200 % zoom, and on paper", async () => {
  const context = await office.browser({ colorScheme: "dark", viewport: { width: 683, height: 384 }, deviceScaleFactor: 2 });
  const { desk, page } = await opened(context, "review", "out");
  for (const path of ["/review", "/queue", "/decisions", "/agreement", "/summary"]) {
    await page.goto(new URL(path, desk.address).href);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${path} does not scroll sideways (${wide}px)`);
    await accessible(page, `${path}, dark`);
  }
  await page.goto(new URL("/review", desk.address).href);
  await page.setViewportSize({ width: 1366, height: 768 });
  await picture(page, "15-dark", { scale: "css" });
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  assert.equal(await page.locator(".answers").isVisible(), false, "no buttons on paper");
  assert.ok(await page.locator(".sides").isVisible());
  await desk.kill();
});

test("what a list says is text, whatever it says", async () => {
  const list = [
    "Mã trẻ em,Họ và tên,Ngày sinh,Giới tính,Họ tên cha,Họ tên mẹ,Thôn/TDP,Địa chỉ",
    "TE1,Nguyễn Văn An,12/03/2019,Nam,Nguyễn Văn Khoáng,Trần Thị Lụa,Thôn 1,<script>alert(1)</script>",
    "TE2,Nguyễn Văn Ân,12/03/2019,Nam,Nguyễn Văn Khoáng,Trần Thị Lụa,Thôn 1,=cmd|' /C calc'!A0",
  ];
  writeFileSync(office.path("bad.csv"), list.join("\n"));
  office.run("check", "bad.csv", "--out", "bad");
  const context = await office.browser();
  const { desk, page } = await opened(context, "review", "bad");
  await page.locator(".sides").waitFor();
  const text = await page.locator(".sides").innerText();
  assert.ok(text.includes("<script>alert(1)</script>") && text.includes("=cmd|"), "shown as it stands");
  assert.equal(await page.locator(".sides script").count(), 0);
  assert.deepEqual(page.complaints, []);
  await desk.kill();
});

test("a reader of another address sees nothing", async () => {
  const context = await office.browser();
  const desk = await office.desk("review", "out");
  const page = await office.window(context);
  const answer = await page.goto(new URL("/review", desk.address).href);
  assert.equal(answer.status(), 403);
  assert.doesNotMatch(await page.locator("body").innerText(), /TE\d/);
  await desk.kill();
});
