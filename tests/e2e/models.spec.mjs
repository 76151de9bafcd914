// Registered models: versions, names, exports; the playground and the comparison of two models,
// with pasted answers and against a scripted server.
import { readFile } from "node:fs/promises";
import { test, expect, open, expectNoOverflow, generate, kept, simulated } from "./page.mjs";
import { servers } from "./servers.mjs";
import { makeZip } from "./zip.mjs";

// The scripted server refuses a wrong key, is busy once and refuses browsers when it is told to.
test.use({ allowed: [/ 40[13]| 429|CORS policy|net::ERR_FAILED/] });

const KEY = "sk-good";
const WRONG = "sk-wrong-key";
let running;
let chat;

test.beforeAll(async () => {
  running = await servers();
  chat = running.address.chat;
});

test.afterAll(() => running.stop());

const control = (what) => running.control("chat", what);

/** A registry as the command line exports it: one model that is served. */
function registry() {
  return JSON.stringify({
    schema: 2,
    models: [
      {
        key: "SERVED",
        config: { model_name: "openai/tuned", required_env_vars: ["OPENAI_API_KEY"] },
        provenance: { base_model: "base", convention: "absolute", job_id: "ft_1" },
        registered_at: "2026-11-22T10:00:00Z",
      },
    ],
  });
}

async function importServed(page) {
  await open(page, "#/models", "Models");
  const file = { name: "models.json", mimeType: "application/json", buffer: Buffer.from(registry()) };
  await page.getByLabel("Import").setInputFiles(file);
  await expect(page.getByText("1 version added")).toBeVisible();
}

test("versions, names, notes and exports of a model, and a removal taken back", async ({ page }) => {
  test.setTimeout(300_000);
  await generate(page, 12);
  await simulated(page, "first", "UI_GROUNDER");
  await simulated(page, "second", "UI_GROUNDER");
  await page.getByLabel("Tags").fill("nightly");
  await page.getByLabel("Tags").blur();
  await page.goto("./#/jobs");
  const jobs = page.getByRole("region", { name: "Jobs" }).locator("tbody tr");
  await expect(jobs).toHaveCount(2);
  await page.getByLabel("Find").fill("OpenAI night");
  await expect(jobs).toHaveCount(1);
  await expect(jobs).toContainText("second");
  await page.getByLabel("Find").fill("elsewhere");
  await expect(page.getByText("No job is like that.")).toBeVisible();
  await page.goto("./#/models");
  const row = page.getByRole("row", { name: /UI_GROUNDER/ });
  await expect(row).toContainText("2 (2 kept)");
  await expect(row).toContainText("Simulated");
  await row.getByRole("link", { name: "UI_GROUNDER" }).click();

  // An impossible name is explained where it is typed; a good one pins this version.
  await page.getByLabel("New alias").fill("no good");
  await page.getByRole("button", { name: "Add for version 2" }).click();
  await expect(page.locator("#note-alias")).toContainText("use letters");
  await page.getByLabel("New alias").fill("production");
  await page.getByRole("button", { name: "Add for version 2" }).click();
  const versions = page.getByRole("region", { name: "Versions" });
  await expect(versions.getByRole("row").nth(1)).toContainText("production");
  await expect(page.getByRole("button", { name: "Remove UI_GROUNDER@2" })).toBeDisabled();

  await page.getByLabel("Tags").fill("icons, small");
  await page.getByLabel("Note").fill("Finds icons.");
  await page.getByLabel("Note").blur();
  await page.getByLabel("Version that production means").selectOption("1");
  await expect(versions.getByRole("row").nth(2)).toContainText("production");

  // Every form: marked, to copy and to save, the saved file the shown text.
  for (const name of ["Skyvern, Python", "Skyvern, environment", "JSON", "LiteLLM", "curl", "Python"]) {
    await page.getByRole("tab", { name, exact: true }).click();
    const code = page.locator(".code pre");
    await expect(code).toContainText(/SIMULATED|"simulated": true/);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save", exact: true }).click(),
    ]);
    expect(await readFile(await download.path(), "utf8")).toBe(await code.textContent());
  }

  // Back to the first version; then the key is removed and put back with all of this.
  await page.getByRole("button", { name: "Roll back to it: UI_GROUNDER@1" }).click();
  await expect(page.getByText("UI_GROUNDER means version 1")).toBeVisible();
  await page.goto("./#/models/UI_GROUNDER%402");
  await expect(page.getByText("This is version 2. UI_GROUNDER means version 1.")).toBeVisible();
  await expect(page.getByLabel("Note")).toHaveValue("Finds icons.");
  await page.getByRole("button", { name: "Remove all 2 versions from the registry" }).click();
  await expect(page.getByText("No models yet")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("row", { name: /UI_GROUNDER/ })).toContainText("1 (2 kept)");
  await page.getByRole("button", { name: "icons" }).click();
  await expect(page.getByRole("row", { name: /UI_GROUNDER/ })).toBeVisible();
  await page.reload();
  await page.goto("./#/models/production");
  await expect(page.getByRole("heading", { level: 1, name: "UI_GROUNDER@1" })).toBeVisible({ timeout: 60_000 });
  await page.setViewportSize({ width: 320, height: 800 });
  await expectNoOverflow(page, "a model");

  // It cannot be asked, and says so; a pasted answer is judged without any key.
  await page.getByRole("link", { name: "Try it" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Playground" })).toBeVisible();
  await expect(page.getByText("it cannot be asked")).toBeVisible();
  await expect(page.getByRole("button", { name: "Ask", exact: true })).toBeDisabled();
  await expectNoOverflow(page, "the playground");
});

/** The box that is drawn as the right place, in pixels of the picture. */
async function target(page) {
  const rect = page.locator(".marks > .c3 rect.line");
  const of = async (name) => Number(await rect.getAttribute(name));
  return [await of("x"), await of("y"), await of("width"), await of("height")];
}

test("the playground draws what a model says, and what goes wrong", async ({ page }) => {
  test.setTimeout(300_000);
  await control({ reset: true });
  await generate(page, 3);
  await importServed(page);
  await page.goto("./#/playground/SERVED");
  await expect(page.getByRole("heading", { level: 1, name: "Playground" })).toBeVisible();
  const verdict = page.locator(".preview-side .state");
  await expect(page.locator(".marks > .c3 rect.line")).toBeVisible();
  const [x, y, w, h] = await target(page);
  const middle = `{"point_2d":[${Math.round(x + w / 2)},${Math.round(y + h / 2)}]}`;

  // Pasted, no key, nothing is sent.
  await page.getByLabel("Or paste an answer").fill(middle);
  await expect(verdict).toHaveText("Hit");
  await expect(page.locator(".marks .disc")).toBeVisible();
  await page.getByLabel("Or paste an answer").fill('{"point_2d":[0,0]}');
  await expect(verdict).toHaveText(x > 0 || y > 0 ? "Miss" : "Hit");
  await page.getByLabel("Or paste an answer").fill("No idea.");
  await expect(verdict).toHaveText("No coordinates in it");
  await page.getByLabel("Or paste an answer").fill("");
  expect((await control({})).log).toEqual([]);

  // Asked, with its base.
  const instruction = await page.getByLabel("Instruction").inputValue();
  await control({ set: { rules: [{ model: "tuned", instruction, answer: middle }, { model: "base", refusal: "I cannot." }] } });
  await page.getByLabel("Address", { exact: true }).fill("localhost");
  await expect(page.getByText("this is no address of a server")).toBeVisible();
  await page.getByLabel("Address", { exact: true }).fill(`${chat}/v1`);
  const ask = page.getByRole("button", { name: "Ask", exact: true });
  await page.getByLabel("OPENAI_API_KEY").fill(WRONG);
  await page.getByLabel("OPENAI_API_KEY").blur();
  await ask.click();
  await expect(page.locator(".notice.error")).toContainText("check the key");
  await expect(page.locator(".notice.error")).not.toContainText(WRONG);
  await page.getByLabel("OPENAI_API_KEY").fill(KEY);
  await page.getByLabel("OPENAI_API_KEY").blur();
  await page.getByLabel("Ask its base model too").check();
  await ask.click();
  await expect(verdict).toHaveText(["Hit", "Refused"]);
  await expect(page.locator(".preview-side .facts").first()).toContainText("1,105 in, 12 out");
  const { state } = await control({});
  expect(state.asked.map((a) => a.model)).toEqual(["tuned", "base"]);
  expect(state.asked[0].instruction).toBe(instruction);

  // Other words: nobody knows the right place.
  await page.getByLabel("Instruction").fill("Click somewhere else");
  await expect(page.locator(".marks > .c3")).toHaveCount(0);
  await page.getByLabel("Ask its base model too").uncheck();
  await control({ set: { otherwise: "[5, 5]" } });
  await ask.click();
  await expect(verdict).toHaveText("The right place is not known");

  // Busy, then a server that lets no browser in, then a question called off.
  await control({ rules: [{ method: "POST", path: "chat", answer: { status: 429, headers: { "retry-after": "2" }, body: "{}" } }] });
  await ask.click();
  await expect(page.locator(".notice.error")).toContainText("try again later");
  await control({ rules: [], cors: false });
  await ask.click();
  await expect(page.locator(".notice.error")).toContainText("screensmith proxy");
  await control({ cors: true, rules: [{ method: "POST", path: "chat", delay: 20_000 }] });
  await ask.click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(ask).toBeEnabled();
  await control({ rules: [] });

  // A picture of one's own.
  const png = await page.locator(".shot img").evaluate(async (img) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [img.naturalWidth, img.naturalHeight];
    canvas.getContext("2d").drawImage(img, 0, 0);
    return canvas.toDataURL("image/png").split(",")[1];
  });
  const own = { name: "mine.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") };
  await page.getByLabel("Choose a picture").setInputFiles(own);
  await expect(page.getByText("mine.png")).toBeVisible();
  await page.getByLabel("Instruction").fill("Click Save");
  await ask.click();
  await expect(verdict).toHaveText("The right place is not known");
  await expect(page.locator(".marks .ring")).toBeVisible();
  await page.getByLabel("Choose a picture").setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await expect(page.getByText(/This is no picture that models take/)).toBeVisible();

  const all = await kept(page);
  expect(all).toContain("SERVED");
  for (const key of [KEY, WRONG]) expect(all).not.toContain(key);
});

/** The questions as the page saves them. */
async function questions(page) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save the questions" }).click(),
  ]);
  const text = await readFile(await download.path(), "utf8");
  return text.trimEnd().split("\n").map((l) => JSON.parse(l));
}

const middleOf = (q) => `[${q.target.x + q.target.width / 2}, ${q.target.y + q.target.height / 2}]`;

async function saved(page, name) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name, exact: true }).click(),
  ]);
  return readFile(await download.path(), "utf8");
}

test("two models are compared on the same questions, in two goes", async ({ page }) => {
  test.setTimeout(300_000);
  await control({ reset: true });
  await generate(page, 6);
  await importServed(page);
  await page.goto("./#/compare/SERVED");
  await expect(page.getByRole("heading", { level: 1, name: "Compare" })).toBeVisible();
  await page.getByRole("button", { name: "All samples" }).click();
  await page.getByLabel("Most questions").fill("12");
  const all = await questions(page);
  expect(all).toHaveLength(12);

  // The tuned model knows everything, the base model every third and refuses one; two questions of
  // different screens may have the same words, so each is told by its words and target.
  const words = new Set(all.map((q) => q.instruction));
  const unique = all.filter((q) => all.filter((o) => o.instruction === q.instruction).length === 1);
  expect(unique.length).toBeGreaterThan(8);
  expect(words.size).toBeGreaterThan(8);
  const rules = unique.flatMap((q, i) => [
    { model: "tuned", instruction: q.instruction, answer: middleOf(q) },
    i === 1
      ? { model: "base", instruction: q.instruction, refusal: "I cannot." }
      : { model: "base", instruction: q.instruction, answer: i % 3 ? "[0, 0]" : middleOf(q) },
  ]);
  const slow = { method: "POST", path: "chat", skip: 6, times: 40, delay: 3000 };
  await control({ set: { rules, otherwise: "[0, 0]" }, rules: [slow] });
  await page.getByLabel("Address", { exact: true }).fill(`${chat}/v1`);
  await page.getByLabel("OPENAI_API_KEY").fill(KEY);
  await page.getByLabel("OPENAI_API_KEY").blur();
  await page.getByRole("button", { name: "Ask both, 24 to go" }).click();
  await expect(page.getByText("Asking the tuned model…")).toBeVisible();
  // Nothing that the answers depend on can be changed meanwhile.
  await expect(page.getByLabel("Most questions")).toBeDisabled();
  await expect(page.getByRole("button", { name: "Benchmark file" })).toBeDisabled();
  await expect(page.getByLabel("Answers of the tuned model", { exact: true })).toContainText(/[4-9] of 12 answered/);
  await page.getByRole("button", { name: "Cancel" }).click();
  await control({ rules: [] });

  // What was answered outlives the page; each question is paid once but for those called off.
  await page.reload();
  await page.getByRole("button", { name: "All samples" }).click();
  await page.getByLabel("Most questions").fill("12");
  await expect(page.getByLabel("Answers of the tuned model", { exact: true })).toContainText(/[4-9] of 12 answered/);
  await page.getByLabel("Address", { exact: true }).fill(`${chat}/v1`);
  await page.getByLabel("OPENAI_API_KEY").fill(KEY);
  await page.getByLabel("OPENAI_API_KEY").blur();
  await page.getByRole("button", { name: /Ask both, \d+ to go/ }).click();
  await expect(page.getByRole("button", { name: "Nothing left to ask" })).toBeVisible({ timeout: 60_000 });
  const { state } = await control({});
  expect(state.asked.length).toBeLessThanOrEqual(24 + 4);

  // The numbers, against our own count.
  const right = (answer, q) => {
    const n = answer.match(/-?[\d.]+/g)?.map(Number) ?? [];
    const { x, y, width, height } = q.target;
    return n.length === 2 && n[0] >= x && n[0] <= x + width && n[1] >= y && n[1] <= y + height;
  };
  const answerOf = (model, q) => rules.find((r) => r.model === model && r.instruction === q.instruction)?.answer ?? (unique.includes(q) ? "" : "[0, 0]");
  const hits = (model) => all.filter((q) => right(answerOf(model, q), q)).length;
  const tile = (name) => page.locator(".tile", { has: page.getByText(name, { exact: true }) });
  await expect(tile("Tuned, hit rate")).toContainText(`${hits("tuned")} of 12`);
  await expect(tile("Base, hit rate")).toContainText(`${hits("base")} of 12`);
  await expect(page.getByText("The tuned model is better.")).toBeVisible();
  await expect(page.getByRole("region", { name: "Scores" }).getByRole("row", { name: "Refused" })).toContainText("1");
  await expect(page.getByRole("region", { name: "Parts of the questions" })).toContainText("Target size");
  const differ = all.filter((q) => right(answerOf("base", q), q) !== right(answerOf("tuned", q), q)).length;
  await expect(page.getByRole("button", { name: `Differ only ${differ}` })).toHaveAttribute("aria-pressed", "true");
  await expect(page.locator(".answer-card")).toHaveCount(differ);
  await page.getByRole("button", { name: /^All \d/ }).click();
  await expect(page.locator(".answer-card")).toHaveCount(12);

  // The cost, once prices are known.
  await page.getByText("Prices, for the cost").click();
  await page.getByLabel("Tuned, questions").fill("10");
  await page.getByLabel("Tuned, answers").fill("0");
  await expect(page.getByRole("row", { name: /^Cost/ })).toContainText("$0.13");

  // Reports and answers as files.
  expect(await saved(page, "Report, Markdown")).toContain("# SERVED@1 (tuned) against base");
  const report = JSON.parse(await saved(page, "Report, JSON"));
  expect(report.comparison.tuned.hits.count).toBe(hits("tuned"));
  expect(report.comparison.rows).toHaveLength(12);
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoOverflow(page, "the comparison");
  }
  expect(await kept(page)).not.toContain(KEY);
});

test("recorded answers and a benchmark file need no key", async ({ page }) => {
  test.setTimeout(300_000);
  await generate(page, 2);
  const png = await page.locator(".card img").first().evaluate(async (img) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [400, 300];
    canvas.getContext("2d").drawImage(img, 0, 0, 400, 300);
    return canvas.toDataURL("image/png").split(",")[1];
  });
  await page.goto("./#/compare");
  await page.getByRole("button", { name: "Benchmark file" }).click();
  const rows = [0, 1, 2].map((i) => ({
    img_filename: "web/a.png",
    bbox: [300 - i, 200, 60 + i, 40],
    instruction: `Click ${i}`,
    data_type: i ? "icon" : "text",
  }));
  const file = (name, text) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });
  const picture = { name: "a.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") };
  const json = file("screenspot.json", JSON.stringify(rows));
  await page.getByLabel("Choose files").setInputFiles([json]);
  await expect(page.getByText(/the picture .* was not chosen/)).toBeVisible();
  await page.getByLabel("Choose files").setInputFiles([json, picture]);
  await expect(page.getByText("screenspot.json: 3 questions, 1 file")).toBeVisible();
  // The same as one zip: the same questions, so the same answers belong to them.
  const packed = makeZip([["bench/list.json", json.buffer], ["bench/web/a.png", picture.buffer]]);
  await page.getByLabel("Choose files").setInputFiles([{ name: "b.zip", mimeType: "application/zip", buffer: packed }]);
  await expect(page.getByText("bench/list.json: 3 questions, 1 file")).toBeVisible();

  const answers = (list) => list.map((answer, i) => JSON.stringify({ id: String(i), answer, latency_ms: 100 + i })).join("\n");
  await page.getByLabel("Load a file: Tuned").setInputFiles(file("t.jsonl", answers(["[330, 220]", "[330, 220]", "[330, 220]"])));
  const tuned = page.getByLabel("Answers of the tuned model", { exact: true });
  await expect(tuned).toContainText("3 of 3 answered");
  const base = page.getByLabel("Answers of the base model", { exact: true });
  await base.getByText("Paste answers").click();
  await base.getByRole("textbox").fill('{"id":"0"}');
  await base.getByRole("button", { name: "Take these" }).click();
  await expect(base).toContainText("row 1");
  await base.getByRole("textbox").fill(answers(["[1, 1]", "[330, 220]", "nothing"]));
  await base.getByRole("button", { name: "Take these" }).click();
  await expect(base).toContainText("3 of 3 answered");
  const tile = (name) => page.locator(".tile", { has: page.getByText(name, { exact: true }) });
  await expect(tile("Tuned, hit rate")).toContainText("3 of 3");
  await expect(tile("Base, hit rate")).toContainText("1 of 3");
  await expect(page.getByText("No difference can be told from chance.")).toBeVisible();
  await expect(page.locator(".answer-card")).toHaveCount(2);
  await expect(page.locator(".answer-card .marks .cross")).toHaveCount(1);
  await base.getByRole("button", { name: "Forget" }).click();
  await expect(page.getByText("No answers of both models yet")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(tile("Base, hit rate")).toContainText("1 of 3");
  await expect(page.locator(".answer-card img").first()).toHaveJSProperty("naturalWidth", 400);
});
