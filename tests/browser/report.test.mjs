// report.html as an officer opens and prints it: one file that asks for nothing, nothing beside the
// page, nothing cut off on paper.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Office } from "./office.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let office;
before(() => { office = new Office().reviewed(); });
after(() => office.close());

/** The report in a window, with everything it asks for. */
async function opened(context) {
  const page = await office.window(context);
  page.asked = [];
  page.on("request", (request) => page.asked.push(request.url()));
  await page.goto(pathToFileURL(office.path("out/report.html")).href);
  return page;
}

/** Elements that stand out of the page, and figures of plots that stand out of their frame. */
const standingOut = () => {
  const body = document.body.getBoundingClientRect();
  const wide = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > body.right + 1);
  const cut = [...document.querySelectorAll("svg.plot text, svg.plot rect")].filter((one) => {
    const [frame, box] = [one.ownerSVGElement.getBoundingClientRect(), one.getBoundingClientRect()];
    return box.left < frame.left - 1 || box.right > frame.right + 1;
  });
  const told = (one) => `${one.tagName} ${one.textContent.slice(0, 20)}`;
  return [...wide, ...cut].map(told).concat(document.documentElement.scrollWidth > innerWidth ? ["the page scrolls sideways"] : []);
};

test("the report asks for nothing but itself, with or without scripts", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await opened(await office.browser({ javaScriptEnabled }));
    assert.deepEqual(page.asked, [page.url()]);
    assert.deepEqual(page.complaints, []);
    assert.ok(await page.locator("svg[role=img]").count() >= 6);
  }
});

test("nothing stands out of the page, on the screen and on paper", async () => {
  const page = await opened(await office.browser());
  assert.deepEqual(await page.evaluate(standingOut), []);
  // A4 without its margins.
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 680, height: 990 });
  assert.deepEqual(await page.evaluate(standingOut), []);
});

test("whoever does not see the report can read it", async () => {
  const page = await opened(await office.browser());
  const found = await page.evaluate(`${axe}; axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })`);
  const grave = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
  assert.deepEqual(grave.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`), []);
});
