#!/usr/bin/env python3
"""A trainer that answers Screensmith over HTTP: the reference of its contract.

    python3 server.py --folder runs --command "cp ~/bundle/train.py . && python3 train.py"

Each job gets a folder with `config.json` and the lines; the command runs in it. A line of JSON
with "step" on its output is a metric, other lines are messages; what it leaves in `output/` can
be downloaded. Set CUSTOM_TRAINER_API_KEY to ask callers for a key. Jobs run one by one.
"""

import argparse, hashlib, hmac, json, os, queue, re, shutil, subprocess, threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

LOCK, QUEUE, RUNNING = threading.RLock(), queue.Queue(), {}
DIGEST = r"[0-9a-f]{64}"
def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
def sha256(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()
class Jobs:
    def __init__(self, folder, command):
        self.root, self.command, self.files = Path(folder).resolve(), command, Path(folder).resolve() / "files"
        self.files.mkdir(parents=True, exist_ok=True)
        for job in self.all():
            if job["state"] == "queued":
                QUEUE.put(job["id"])
            elif job["state"] in ("running", "cancelling"):
                self.change(job["id"], state="failed", error={"code": "interrupted", "message": "the trainer was restarted"})
    def all(self):
        return [json.loads(p.read_text()) for p in sorted(self.root.glob("job-*/job.json"))]
    def load(self, id):
        path = self.root / id / "job.json"
        return json.loads(path.read_text()) if re.fullmatch(r"job-[0-9a-f]{16}", id) and path.exists() else None
    def change(self, id, /, **fields):
        with LOCK:
            job = {**(self.load(id) or {}), **fields}
            path = self.root / id / "job.json"
            path.with_suffix(".new").write_text(json.dumps(job))
            os.replace(path.with_suffix(".new"), path)
            return job
    def event(self, id, message, level="info", metrics=None):
        with LOCK, open(self.root / id / "events.jsonl", "a+", encoding="utf-8") as f:
            f.seek(0)
            number = sum(1 for _ in f) + 1
            f.write(json.dumps({"id": f"{number:08d}", "created_at": now(), "level": level, "message": message, "metrics": metrics}) + "\n")
    def create(self, body):
        id = "job-" + hashlib.sha256(body["unique_key"].encode()).hexdigest()[:16]
        with LOCK:
            if held := self.load(id):
                return 200, held
            names = {"training_file": "train.jsonl", "validation_file": "validation.jsonl"}
            sources = {name: body[field] for field, name in names.items() if body.get(field)}
            for file in sources.values():
                if not re.fullmatch(DIGEST, file) or not (self.files / file).exists():
                    return 422, {"error": {"code": "file_missing", "message": f"there is no file {file[:80]}"}}
            (self.root / id).mkdir(exist_ok=True)
            for name, file in sources.items():
                shutil.copyfile(self.files / file, self.root / id / name)
            config = {**body["config"], "train_file": "train.jsonl", "validation_file": "validation.jsonl" if len(sources) > 1 else None}
            (self.root / id / "config.json").write_text(json.dumps(config, indent=2))
            self.event(id, "Job created")
            job = self.change(id, id=id, unique_key=body["unique_key"], state="queued", created_at=now(), progress=None,
                              model=config["name"], error=None)
        QUEUE.put(id)
        return 201, job
    def run(self):
        while id := QUEUE.get():
            with LOCK:
                if self.load(id)["state"] != "queued":
                    continue
                process = RUNNING[id] = subprocess.Popen(
                    self.command, shell=True, cwd=self.root / id, text=True, errors="replace", start_new_session=True,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                self.change(id, state="running")
            for line in filter(str.strip, process.stdout):
                try:
                    point = json.loads(line)
                    step, total = int(point["step"]), int(point.get("total_steps", 0))
                    self.event(id, f"Step {step}", metrics=point)
                    self.change(id, progress={"done": step, "total": total} if total else None)
                except (ValueError, TypeError, KeyError):
                    self.event(id, line.strip()[:2000])
            code = process.wait()
            with LOCK:
                del RUNNING[id]
                if self.load(id)["state"] == "cancelling":
                    self.change(id, state="cancelled")
                elif code:
                    self.event(id, f"The command ended with {code}", "error")
                    self.change(id, state="failed", error={"code": "command_failed", "message": f"the command ended with {code}; see the events"})
                else:
                    self.change(id, state="succeeded")
    def cancel(self, id):
        with LOCK:
            if self.load(id)["state"] == "queued":
                return self.change(id, state="cancelled")
            if process := RUNNING.get(id):
                self.change(id, state="cancelling")
                os.killpg(process.pid, 15)
            return self.load(id)
    def outputs(self, id):
        root = self.root / id / "output"
        return {p.relative_to(root).as_posix(): p for p in sorted(root.rglob("*")) if p.is_file() and not p.is_symlink()}
class Handler(BaseHTTPRequestHandler):
    protocol_version, jobs, key = "HTTP/1.1", None, os.environ.get("CUSTOM_TRAINER_API_KEY", "")
    def log_message(self, *_):
        pass  # Addresses and headers stay out of logs.
    def answer(self, status, body=b"", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {
            "content-type": "application/octet-stream" if isinstance(body, bytes) else "application/json",
            "content-length": str(len(data)), "access-control-allow-origin": "*",
            "access-control-allow-headers": "authorization, content-type, content-range, range",
            "access-control-allow-methods": "GET, POST, PUT", "access-control-expose-headers": "content-range, etag", **headers,
        }.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)
    def refuse(self, status, code, message):
        self.answer(status, {"error": {"code": code, "message": message}})
    def handle_call(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.command == "OPTIONS":
            return self.answer(204)
        if self.key and not hmac.compare_digest(self.headers.get("authorization", "").encode(), f"Bearer {self.key}".encode()):
            return self.refuse(401, "unauthorized", "the key is missing or wrong")
        url = urlsplit(self.path)
        try:
            self.route([self.command, *(unquote(p) for p in url.path.strip("/").split("/"))], parse_qs(url.query), body)
        except (ValueError, KeyError, TypeError, AttributeError) as e:
            self.refuse(400, "invalid_request", f"{type(e).__name__}: {e}")
    do_GET = do_POST = do_PUT = do_OPTIONS = handle_call
    def route(self, call, query, body):
        jobs, first = self.jobs, {k: v[0] for k, v in query.items()}
        match call:
            case ["GET" | "PUT", "files", digest] if re.fullmatch(DIGEST, digest):
                self.file(call[0], digest, body)
            case ["POST", "jobs"]:
                self.answer(*jobs.create(json.loads(body)))
            case ["GET", "jobs"]:
                self.answer(200, {"jobs": [j for j in jobs.all() if first.get("unique_key", j["unique_key"]) == j["unique_key"]]})
            case ["GET", "jobs", id] if job := jobs.load(id):
                self.answer(200, job)
            case ["POST", "jobs", id, "cancel"] if jobs.load(id):
                self.answer(200, jobs.cancel(id))
            case ["GET", "jobs", id, "events"] if jobs.load(id):
                lines = (jobs.root / id / "events.jsonl").read_text(encoding="utf-8").splitlines()
                self.answer(200, {"events": [e for e in map(json.loads, lines) if e["id"] > first.get("after", "")][:500]})
            case ["GET", "jobs", id, "artifacts"] if job := jobs.load(id):
                found = jobs.outputs(id).items() if job["state"] == "succeeded" else ()
                self.answer(200, {"artifacts": [{"name": n, "bytes": p.stat().st_size, "sha256": sha256(p)} for n, p in found]})
            case ["GET", "jobs", id, "artifacts", *name] if jobs.load(id) and (path := jobs.outputs(id).get("/".join(name))):
                self.part(path)
            case _:
                self.refuse(404, "not_found", "there is nothing here")
    def file(self, method, digest, body):
        whole, part = self.jobs.files / digest, self.jobs.files / f"{digest}.part"
        held = next((p.stat().st_size for p in (whole, part) if p.exists()), 0)
        if method == "PUT" and not whole.exists():
            start, end, total = map(int, re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", self.headers["content-range"]).groups())
            if start != held or end - start + 1 != len(body):
                return self.refuse(409, "offset", f"{held} bytes are here")
            with open(part, "ab") as f:
                f.write(body)
            if (held := held + len(body)) >= total:
                if sha256(part) != digest:
                    part.unlink()
                    return self.refuse(422, "checksum", "the bytes do not have this SHA-256")
                os.replace(part, whole)
        self.answer(200, {"id": digest, "received": held, "complete": whole.exists()})
    def part(self, path):
        size, asked = path.stat().st_size, re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        start = int(asked[1]) if asked else 0
        end = min(int(asked[2]) + 1, size) if asked and asked[2] else size
        if asked and start >= size:
            return self.answer(416, content_range=f"bytes */{size}")
        with open(path, "rb") as f:
            f.seek(start)
            data = f.read(end - start)
        headers = {"content_range": f"bytes {start}-{end - 1}/{size}"} if asked else {}
        self.answer(206 if asked else 200, data, etag=f'"{path.stat().st_mtime_ns:x}-{size:x}"', **headers)
if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--folder", default="runs", help="where jobs and uploads are kept")
    parser.add_argument("--command", default="python3 train.py", help="what trains, run in the job's folder")
    args = parser.parse_args()
    Handler.jobs = Jobs(args.folder, args.command)
    threading.Thread(target=Handler.jobs.run, daemon=True).start()
    server = ThreadingHTTPServer((args.host, args.port), Handler)
    print(json.dumps({"url": f"http://{args.host}:{server.server_port}"}), flush=True)
    server.serve_forever()
