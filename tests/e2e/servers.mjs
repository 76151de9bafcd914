// The scripted servers of the vendors, and the proxy of the command line, beside a page.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

function firstLine(stream) {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stream });
    lines.once("line", resolve);
    lines.once("close", () => reject(new Error("it ended before it said anything")));
  });
}

/** Starts all servers: `address[vendor]`, `control(vendor, switches)`, `stop()`. */
export async function servers() {
  const main = fileURLToPath(new URL("../servers/main.mjs", import.meta.url));
  const child = spawn(process.execPath, [main], { stdio: ["pipe", "pipe", "inherit"] });
  const address = JSON.parse(await firstLine(child.stdout));
  return {
    address,
    async control(vendor, what = {}) {
      const answer = await fetch(`${address[vendor]}/__control`, { method: "POST", body: JSON.stringify(what) });
      return answer.json();
    },
    stop: () => child.kill(),
  };
}

/** Starts `screensmith proxy` for the page at `origin`: its address, what it printed, `stop()`. */
export async function proxy(origin, allowed) {
  const program = process.env.SCREENSMITH;
  if (!program) throw new Error("set SCREENSMITH to the path of the command line");
  const child = spawn(program, ["proxy", "--port", "0", "--origin", origin, "--allow", allowed], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let printed = "";
  child.stderr.on("data", (bytes) => (printed += bytes));
  const line = await firstLine(child.stderr);
  const address = /^proxy at (http:\/\/[\d.:]+)\//.exec(line)?.[1];
  if (!address) throw new Error(`no address in: ${line}`);
  return { address, printed: () => printed, stop: () => child.kill() };
}
