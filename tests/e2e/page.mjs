// The test every other test builds on: it fails on anything the browser complains about.
import { test as base, expect } from "@playwright/test";

export { expect };

export const test = base.extend({
  /** Complaints that belong to the test. */
  allowed: [[], { option: true }],
  page: async ({ page, allowed }, use) => {
    const complaints = [];
    page.on("pageerror", (e) => complaints.push(`page error: ${e.message}`));
    page.on("console", (m) => {
      if (m.type() === "error" || m.type() === "warning") complaints.push(`console ${m.type()}: ${m.text()}`);
    });
    // Leaving a page ends what it was still loading.
    page.on("requestfailed", (r) => {
      const why = r.failure()?.errorText;
      if (why !== "net::ERR_ABORTED") complaints.push(`request failed: ${r.url()} ${why}`);
    });
    page.on("response", (r) => {
      if (r.status() >= 400) complaints.push(`status ${r.status()}: ${r.url()}`);
    });
    await use(page);
    expect(complaints.filter((c) => !allowed.some((a) => a.test(c)))).toEqual([]);
  },
});

/** Opens a page of the app by its hash and waits for its heading. */
export async function open(page, hash, heading) {
  await page.goto(`./${hash}`);
  await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible({ timeout: 60_000 });
}

/** Makes this many samples. */
export async function generate(page, count) {
  await open(page, "#/generate", "Generate");
  await page.getByLabel("Samples", { exact: true }).fill(String(count));
  await page.getByRole("button", { name: `Generate ${count} samples` }).click();
  await expect(page.locator(".card")).toHaveCount(Math.min(count, 24), { timeout: 60_000 });
}

/** Runs a practice job of this name to a model of this key. */
export async function simulated(page, name, key) {
  await page.goto("./#/jobs/new");
  await page.getByLabel("Job name").fill(name);
  await page.getByLabel("Registry key").fill(key);
  await page.getByLabel("Speed").fill("50");
  await page.getByRole("button", { name: "Start simulated job" }).click();
  await expect(page.getByText("Completed.")).toBeVisible({ timeout: 120_000 });
}

/** Fails when the page is wider than the window. */
export async function expectNoOverflow(page, where) {
  const [content, shown] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content, `${where} is wider than the window`).toBeLessThanOrEqual(shown);
}

/** Number in a text such as "12 of 50 samples". */
export function firstNumber(text) {
  return Number(text.replace(/,/g, "").match(/\d+/)?.[0]);
}

/** Everything this origin keeps, as text. */
export function kept(page) {
  return page.evaluate(async () => {
    const all = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), location.href];
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise((done, failed) => {
        const r = indexedDB.open(name);
        r.onsuccess = () => done(r.result);
        r.onerror = () => failed(r.error);
      });
      for (const store of db.objectStoreNames) {
        const rows = await new Promise((done, failed) => {
          const r = db.transaction(store).objectStore(store).getAll();
          r.onsuccess = () => done(r.result);
          r.onerror = () => failed(r.error);
        });
        for (const row of rows) {
          if (row instanceof Blob) all.push(await row.text());
          else all.push(JSON.stringify(row, (_, v) => (ArrayBuffer.isView(v) ? new TextDecoder().decode(v) : v)));
        }
      }
      db.close();
    }
    return all.join("\n");
  });
}
