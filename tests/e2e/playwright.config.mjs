import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const port = Number(process.env.PORT ?? 4173);
const chromium = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
].find((p) => p && existsSync(p));
if (!chromium) throw new Error("no Chromium found: install chromium or set CHROMIUM to its path");

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.mjs",
  workers: 2,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  outputDir: "../test-results/e2e",
  use: {
    baseURL: `http://127.0.0.1:${port}/tools/screensmith/`,
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium,
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"],
    },
  },
  webServer: {
    command: "node serve.mjs",
    url: `http://127.0.0.1:${port}/tools/screensmith/index.html`,
    reuseExistingServer: false,
    env: { PORT: String(port) },
  },
});
