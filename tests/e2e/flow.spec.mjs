// The whole way on one page: generate, split, format, download, simulated job, model, reload.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { test, expect, open, generate, firstNumber } from "./page.mjs";
import { readZip } from "./zip.mjs";

const COUNT = 12;
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

async function saved(page, name) {
  const [download] = await Promise.all([
    page.waitForEvent("download", { timeout: 60_000 }),
    page.getByRole("button", { name, exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(name);
  return new Uint8Array(await readFile(await download.path()));
}

const lines = (bytes) => new TextDecoder().decode(bytes).trimEnd().split("\n").map((l) => JSON.parse(l));

test("from a seed to a registered model that survives a reload", async ({ page }) => {
  test.setTimeout(400_000);
  await open(page, "#/generate", "Generate");
  await page.getByLabel("Samples", { exact: true }).fill(String(COUNT));
  await page.getByRole("button", { name: `Generate ${COUNT} samples` }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Samples" })).toBeVisible();
  await expect(page.locator(".page-head p")).toHaveText(new RegExp(`^${COUNT} of ${COUNT} samples`), { timeout: 120_000 });
  await expect(page.locator(".card")).toHaveCount(COUNT);

  // The inspector, by keys.
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Sample 1" })).toBeVisible();
  expect(await page.locator(".elements tbody tr").count()).toBeGreaterThan(3);
  await page.getByRole("tab", { name: "Tasks" }).click();
  expect(await page.locator(".task").count()).toBeGreaterThan(1);
  await page.getByRole("tab", { name: "Plan and seed" }).click();
  await expect(page.getByText('"archetype":')).toBeVisible();
  await page.keyboard.press("Escape");

  // Split: both sides filled, nothing leaks.
  await page.keyboard.press("2");
  await expect(page.getByText("Nothing leaks:")).toBeVisible();
  const tile = (name) => page.locator(".tile", { has: page.getByText(name, { exact: true }) }).locator("dd").first();
  const train = firstNumber(await tile("Train").textContent());
  const validation = firstNumber(await tile("Validation").textContent());
  expect(train + validation).toBe(COUNT);
  expect(validation).toBeGreaterThan(0);

  // Format: the lines of each target, checked.
  for (const format of ["openai", "gemini", "custom"]) {
    await page.goto(`./#/format/${format}`);
    await expect(page.locator(".code pre").first()).not.toBeEmpty({ timeout: 60_000 });
    await expect(page.getByText("Checking every line…")).toHaveCount(0, { timeout: 60_000 });
    const trainFile = lines(await saved(page, "train.jsonl"));
    const validationFile = lines(await saved(page, "validation.jsonl"));
    expect(trainFile).toHaveLength(train);
    expect(validationFile).toHaveLength(validation);
    if (format === "openai") {
      expect(trainFile[0].messages.map((m) => m.role)).toEqual(["system", "user", "assistant"]);
      const picture = trainFile[0].messages[1].content.find((p) => p.type === "image_url");
      const png = Buffer.from(picture.image_url.url.split(",")[1], "base64");
      expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    }
  }

  // The archive, read back without our own code.
  const files = readZip(await saved(page, "dataset.zip"));
  const manifest = JSON.parse(new TextDecoder().decode(files.get("manifest.json")));
  expect(manifest.samples).toBe(COUNT);
  for (const f of manifest.files) {
    expect(files.get(f.path)?.length, f.path).toBe(f.bytes);
    expect(sha256(files.get(f.path)), f.path).toBe(f.sha256);
  }
  const records = lines(files.get("dataset.jsonl"));
  expect(records).toHaveLength(COUNT);
  for (const r of records) {
    const png = files.get(r.image);
    expect([...png.subarray(1, 4)], r.image).toEqual([0x50, 0x4e, 0x47]);
    const size = new DataView(png.buffer, png.byteOffset + 16, 8);
    expect([size.getUint32(0), size.getUint32(4)]).toEqual([r.width, r.height]);
    expect(sha256(png)).toBe(r.image_sha256);
    expect(r.ground_truth.components.length).toBeGreaterThan(3);
  }

  // A simulated job, to its end.
  await page.goto("./#/jobs/new");
  await expect(page.getByText("Simulated — nothing is sent.")).toBeVisible();
  await page.getByLabel("Speed").fill("20");
  await page.getByRole("button", { name: "Start simulated job" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "ft_synthetic_demo" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Completed.")).toBeVisible({ timeout: 120_000 });
  await expect(page.locator(".chart .series.train").first()).toBeVisible();
  expect(firstNumber(await tile("Train samples").textContent())).toBe(train);
  const checkpoints = page.getByRole("region", { name: "Checkpoints" }).locator("tbody tr");
  await expect(checkpoints).toHaveCount(3);
  await expect(checkpoints.last()).toContainText("SIMULATED");
  await page.getByRole("button", { name: "Fetch artifacts" }).click();
  await expect(page.locator(".files li").first()).toBeVisible();

  // The model, as it is used elsewhere.
  await page.getByRole("link", { name: "OPENAI_SYNTHETIC_UI_DEMO" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "OPENAI_SYNTHETIC_UI_DEMO" })).toBeVisible();
  await expect(page.locator(".code pre")).toContainText("register_config");

  // Everything is there after a reload, the samples made again with the same bytes.
  const prints = records.map((r) => r.fingerprint);
  await page.goto("./#/samples");
  await page.reload();
  await expect(page.locator(".page-head p")).toHaveText(new RegExp(`^${COUNT} of ${COUNT} samples`), { timeout: 120_000 });
  await page.goto("./#/samples/3");
  await page.getByRole("tab", { name: "Plan and seed" }).click();
  await expect(page.locator(".facts")).toContainText(prints[3]);
  await page.goto("./#/jobs");
  await expect(page.getByRole("row", { name: /ft_synthetic_demo.*completed/ })).toBeVisible();
  await page.goto("./#/models");
  await expect(page.getByRole("link", { name: "OPENAI_SYNTHETIC_UI_DEMO" })).toBeVisible();
});

test("a bundle for a trainer of one's own comes out of the page whole", async ({ page }) => {
  test.setTimeout(120_000);
  await generate(page, 14);
  await page.goto("./#/jobs/new");
  await page.getByRole("button", { name: "Custom trainer", exact: true }).click();
  await page.getByLabel("Simulated").uncheck();
  await page.getByLabel("Job name").fill("ft_bundle");
  await page.getByRole("button", { name: "Check what is sent" }).click();
  await page.getByRole("button", { name: "Start job" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "ft_bundle" })).toBeVisible();
  await expect(page.getByText("Bundle written.")).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Fetch artifacts" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download all as zip" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("ft_bundle-artifacts.zip");
  const files = readZip(await readFile(await download.path()));
  const text = (name) => new TextDecoder().decode(files.get(name));
  for (const f of JSON.parse(text("artifacts.json"))) expect(sha256(files.get(f.name)), f.name).toBe(f.sha256);
  const rows = ["train.jsonl", "validation.jsonl"].flatMap((name) => text(name).trim().split("\n"));
  const named = new Set(rows.flatMap((line) => line.match(/images\/[0-9a-z]+\.png/g)));
  expect(named.size).toBe(14);
  for (const picture of named) expect([...files.get(picture).subarray(1, 4)], picture).toEqual([0x50, 0x4e, 0x47]);
  expect(text("train.sh")).toContain("train.py");
  expect(text("config.json") + text("train.py")).toContain("train.jsonl");
});
