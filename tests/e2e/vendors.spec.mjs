// Real jobs from the page at vendors that take a key: directly, by the proxy, and from two tabs.
import { readFile } from "node:fs/promises";
import { test, expect, generate, kept } from "./page.mjs";
import { proxy, servers } from "./servers.mjs";

const ORIGIN = `http://127.0.0.1:${process.env.PORT ?? 4173}`;
const WEIGHTS = 300_000;
let vendors;

// They wait most of the time, and each process has servers of its own.
test.describe.configure({ mode: "parallel" });

test.beforeAll(async () => {
  vendors = await servers();
});

test.afterAll(() => vendors.stop());

const created = async (vendor, path) =>
  (await vendors.control(vendor)).log.filter((r) => r.method === "POST" && path.test(r.path.split("?")[0]));

/** Makes samples and starts a job on them. */
async function start(page, { provider, name, address, key: [label, key], settings = {}, samples = 12 }) {
  await generate(page, samples);
  await page.goto("./#/jobs/new");
  await page.getByRole("button", { name: provider, exact: true }).click();
  await page.getByLabel("Simulated").uncheck();
  await page.getByLabel("Job name").fill(name);
  await page.getByLabel("Address", { exact: true }).fill(address);
  for (const [field, value] of Object.entries(settings)) await page.getByLabel(field, { exact: true }).fill(value);
  await page.getByLabel(label, { exact: true }).fill(key);
  await page.getByRole("button", { name: "Check what is sent" }).click();
  await expect(page.getByRole("region", { name: "What is sent" })).toContainText("training lines", { timeout: 60_000 });
  await page.getByRole("button", { name: "Start job" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

// Looking for what is not there yet is answered by 404, and browsers complain of that.
test.use({ allowed: [/ 40[34]/] });

test("two tabs at OpenAI create one job, and both see its end", async ({ page, context }) => {
  test.setTimeout(300_000);
  await vendors.control("openai", { reset: true, set: { keys: ["sk-in-one-tab"] } });
  await start(page, {
    provider: "OpenAI",
    name: "ft_tabs",
    address: `${vendors.address.openai}/v1`,
    key: ["OPENAI_API_KEY", "sk-in-one-tab"],
  });
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByRole("heading", { level: 1, name: "ft_tabs" })).toBeVisible({ timeout: 60_000 });
  await expect(other.getByText("Completed.", { exact: true })).toBeVisible({ timeout: 200_000 });
  await page.bringToFront();
  await expect(page.getByText("Completed.", { exact: true })).toBeVisible();
  expect(await created("openai", /fine_tuning\/jobs$/)).toHaveLength(1);
  expect(await kept(page)).toContain("ft_tabs");
  expect(await kept(page)).not.toContain("sk-in-one-tab");
});

test("a job whose files the vendor does not give is completed without them", async ({ page }) => {
  test.setTimeout(300_000);
  const refused = { status: 403, headers: {}, body: { error: { message: "not for you", code: "forbidden" } } };
  await vendors.control("openai", {
    reset: true,
    set: { keys: ["sk-no-files"] },
    rules: [{ method: "GET", path: "/content$", times: 99, answer: refused }],
  });
  await start(page, {
    provider: "OpenAI",
    name: "ft_no_files",
    address: `${vendors.address.openai}/v1`,
    key: ["OPENAI_API_KEY", "sk-no-files"],
  });
  await expect(page.getByText("This job stands still:")).toBeVisible({ timeout: 200_000 });
  await page.getByRole("button", { name: "Complete without the missing files" }).click();
  await expect(page.getByText("Completed.", { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("region", { name: "Checkpoints" }).locator("tbody tr")).not.toHaveCount(0);
  await page.getByRole("link", { name: "OPENAI_SYNTHETIC_UI_DEMO" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "OPENAI_SYNTHETIC_UI_DEMO" })).toBeVisible();
});

test("a job at Fireworks brings its weights", async ({ page }) => {
  test.setTimeout(300_000);
  await vendors.control("fireworks", { reset: true, set: { weights: WEIGHTS } });
  await start(page, {
    provider: "Fireworks AI",
    name: "ft_fireworks",
    address: `${vendors.address.fireworks}/v1`,
    key: ["FIREWORKS_API_KEY", "fw-good"],
    settings: { Account: "acme" },
    samples: 60,
  });
  await expect(page.getByText("Completed.", { exact: true })).toBeVisible({ timeout: 200_000 });
  await page.getByRole("button", { name: "Fetch artifacts" }).click();
  const weights = page.getByRole("listitem").filter({ hasText: "adapter_model.safetensors" });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    weights.getByRole("button", { name: "Download" }).click(),
  ]);
  expect((await readFile(await download.path())).equals(Buffer.alloc(WEIGHTS, "weights "))).toBe(true);
  expect(await kept(page)).not.toContain("fw-good");
});

test("a vendor that answers no browser is reached through this machine", async ({ page }) => {
  test.setTimeout(300_000);
  const { host } = new URL(vendors.address.together);
  const between = await proxy(ORIGIN, vendors.address.together);
  try {
    await vendors.control("together", { reset: true, cors: false, set: { weights: WEIGHTS } });
    await start(page, {
      provider: "Together AI",
      name: "ft_together",
      address: `${between.address}/${host}/v1`,
      key: ["TOGETHER_API_KEY", "together-good"],
    });
    await expect(page.getByText("Completed.", { exact: true })).toBeVisible({ timeout: 200_000 });
    expect(await created("together", /fine-tunes$/)).toHaveLength(1);
    expect(between.printed()).not.toContain("together-good");
    expect(await kept(page)).not.toContain("together-good");
  } finally {
    between.stop();
  }
});
