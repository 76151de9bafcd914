// Real jobs from the page, against the scripted servers: a browser sends what a vendor would get.
import { test, expect, generate, kept, open } from "./page.mjs";
import { servers } from "./servers.mjs";

// The scripted server refuses an expired token and has no file at first; browsers complain of that.
test.use({ allowed: [/ 40[14]/] });

const KEYS = ["ya29.good", "ya29.new"];
let vendors;

test.beforeAll(async () => {
  vendors = await servers();
});

test.afterAll(() => vendors.stop());

test("a job at Vertex outlives an expired token and leaves no key behind", async ({ page }) => {
  test.setTimeout(300_000);
  const dropped = { 2: "The image is too small", 5: "Too many tokens" };
  await vendors.control("vertex", { reset: true, set: { tokens: KEYS, expire_after: 8, dropped } });
  await generate(page, 12);
  await page.goto("./#/jobs/new");
  await page.getByRole("button", { name: "Gemini (Vertex AI)" }).click();
  await page.getByLabel("Simulated").uncheck();
  await page.getByLabel("Job name").fill("ft_vertex");
  await page.getByLabel("Project").fill("demo-project");
  await page.getByLabel("Bucket").fill("demo-bucket");
  await page.getByLabel("Address", { exact: true }).fill(`${vendors.address.vertex}/v1`);
  await page.getByLabel("Address of the storage").fill(vendors.address.vertex);
  await page.getByLabel("VERTEX_ACCESS_TOKEN").fill(KEYS[0]);
  // Nothing starts before it was shown what goes where.
  await expect(page.getByRole("button", { name: "Start job" })).toBeDisabled();
  await page.getByRole("button", { name: "Check what is sent" }).click();
  await expect(page.getByRole("region", { name: "What is sent" })).toContainText("training lines", { timeout: 60_000 });
  // The vendor was asked what the token may do, and got nothing.
  await expect(page.getByRole("row", { name: /^Key\b/ })).toContainText("it works");
  await expect(page.getByRole("row", { name: /^Bucket\b/ })).toContainText("ok");
  const asked = (await vendors.control("vertex")).log;
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((r) => r.method !== "GET" && r.method !== "OPTIONS")).toEqual([]);
  await page.getByRole("button", { name: "Start job" }).click();

  // The token expires in mid-upload; a new one goes on from there.
  await expect(page.getByText("This job stands still:")).toBeVisible({ timeout: 60_000 });
  await page.getByLabel("VERTEX_ACCESS_TOKEN").fill(KEYS[1]);
  await page.getByLabel("VERTEX_ACCESS_TOKEN").blur();
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText("Completed.")).toBeVisible({ timeout: 200_000 });
  const { state, log } = await vendors.control("vertex");
  expect(log.filter((r) => r.method === "POST" && /tuningJobs$/.test(r.path.split("?")[0]))).toHaveLength(1);
  expect(state.objects).toHaveLength(14);

  // What the vendor left out is told at the samples themselves.
  const links = page.getByText("See the samples:").getByRole("link");
  await expect(links).toHaveCount(2);
  const index = Number(await links.first().textContent());
  await links.first().click();
  await expect(page.getByRole("heading", { level: 1, name: `Sample ${index}` })).toBeVisible();
  await expect(page.getByText("the vendor left the example out: The image is too small")).toBeVisible();
  await page.goto("./#/samples");
  await expect(page.locator(".card", { hasText: "left out" })).toHaveCount(2);
  await page.getByRole("button", { name: "Left out by a vendor 2" }).click();
  await expect(page.locator(".card")).toHaveCount(2);

  // The uploaded files go when their owner says so twice; the model stays.
  await page.goto("./#/jobs/id/ft_vertex");
  await page.getByRole("button", { name: "Delete uploaded files" }).click();
  await page.getByRole("button", { name: "Delete at the vendor" }).click();
  await expect(page.getByRole("button", { name: "Delete uploaded files" })).toHaveCount(0);
  expect((await vendors.control("vertex")).state.objects).toEqual([]);
  await page.goto("./#/models");
  await expect(page.getByRole("row", { name: /GEMINI_SYNTHETIC_UI_DEMO/ })).toBeVisible();

  const all = await kept(page);
  expect(all).toContain("ft_vertex");
  for (const key of KEYS) expect(all).not.toContain(key);
});

test("signing in brings a token into memory, and into no address or store", async ({ page, context }) => {
  // The issuer, as a page that sends back what was asked for.
  await context.route("https://accounts.google.com/**", (route) => {
    const asked = new URL(route.request().url()).searchParams;
    expect(asked.get("client_id")).toBe("123-abc.apps.googleusercontent.com");
    expect(asked.get("response_type")).toBe("token");
    const back = new URLSearchParams({
      access_token: KEYS[0],
      expires_in: "3599",
      scope: asked.get("scope"),
      state: asked.get("state"),
      token_type: "Bearer",
    });
    const to = JSON.stringify(`${asked.get("redirect_uri")}#${back}`);
    return route.fulfill({ contentType: "text/html", body: `<script>location.replace(${to})</script>` });
  });
  await open(page, "#/jobs/new", "New job");
  await page.getByRole("button", { name: "Gemini (Vertex AI)" }).click();
  await page.getByLabel("Simulated").uncheck();
  await page.getByText("or sign in for a token").click();
  await page.getByLabel("OAuth client id").fill("nonsense");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText(/is no client id/)).toBeVisible();
  await page.getByLabel("OAuth client id").fill("123-abc.apps.googleusercontent.com");
  const [popup] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("button", { name: "Sign in" }).click(),
  ]);
  await expect(page.getByText("kept in this tab until it is closed or reloaded")).toBeVisible();
  await expect.poll(() => popup.isClosed()).toBe(true);
  expect(await kept(page)).not.toContain(KEYS[0]);
});
