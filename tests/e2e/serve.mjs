// Serves the built page under a sub-path, as a static host would: no rewriting, no fallback.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const dist = process.env.DIST ?? fileURLToPath(new URL("../../dist", import.meta.url));
const port = Number(process.env.PORT ?? 4173);
const base = "/tools/screensmith/";
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  if (!path.startsWith(base)) {
    response.writeHead(404).end("outside the sub-path");
    return;
  }
  const inside = normalize(path.slice(base.length) || "index.html");
  if (inside.startsWith("..")) {
    response.writeHead(403).end();
    return;
  }
  try {
    const body = await readFile(join(dist, inside));
    response.writeHead(200, { "content-type": types[extname(inside)] ?? "application/octet-stream" });
    response.end(body);
  } catch {
    response.writeHead(404).end("no such file");
  }
}).listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}${base}`));
