// The reference HTTP trainer, run for real by Python behind switches for what goes wrong. What it
// runs instead of a training reads the lines and writes an adapter.

import { spawn } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SERVER = fileURLToPath(new URL('../../src/provider/custom/server.py', import.meta.url))
const DEFAULTS = {
  keys: ['own-good'],
  /** Readings of a job before its command ends. */
  polls: 1,
  /** Words shown instead of `running`, one per reading. */
  words: [],
  /** The command refuses the lines for this reason. */
  invalid: '',
  /** Fields that are in no contract, put into every job. */
  extra: {},
}
/** Waits until it is told to end, in the file beside it. */
const TRAIN = `
import json, os, sys, time
config = json.load(open("config.json"))
rows = [json.loads(l) for l in open(config["train_file"])]
assert all(r["messages"][-1]["role"] == "assistant" for r in rows)
orders = lambda: json.load(open(sys.argv[1]))
if orders()["invalid"]:
    sys.exit(orders()["invalid"])
for step in (1, 2):
    print(json.dumps({"step": step, "total_steps": 2, "train_loss": 1 / step}), flush=True)
while not orders()["end"]:
    time.sleep(0.01)
os.makedirs("output")
open("output/adapter.bin", "wb").write(bytes(range(256)) * 40)
`
const refuse = (status, code, message) => ({ status, headers: { 'content-type': 'application/json' }, body: { error: { code, message } } })

export function create() {
  let s, folder, trainer, running, reads

  function reset() {
    stop()
    s = structuredClone(DEFAULTS)
    reads = 0
  }

  function stop() {
    running?.kill('SIGKILL')
    if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    trainer = running = folder = undefined
  }
  reset()
  process.on('exit', stop)

  function order() {
    if (!folder) return
    // Whole or not at all: the command reads it at any time.
    const file = join(folder, 'orders.json')
    writeFileSync(`${file}.new`, JSON.stringify({ ...s, end: reads >= s.polls }))
    renameSync(`${file}.new`, file)
  }

  /** Starts the trainer when it is first asked. */
  function started() {
    trainer ??= new Promise((ready, failed) => {
      folder = mkdtempSync(join(tmpdir(), 'trainer-'))
      const [script, orders] = [join(folder, 'train.py'), join(folder, 'orders.json')]
      writeFileSync(script, TRAIN)
      order()
      const args = [SERVER, '--port', '0', '--folder', join(folder, 'runs'), '--command', `exec python3 ${script} ${orders}`]
      const p = spawn('python3', args, { stdio: ['ignore', 'pipe', 'inherit'] })
      running = p
      p.on('error', failed)
      createInterface(p.stdout).once('line', (line) => ready(JSON.parse(line).url))
    })
    return trainer
  }

  async function ask(method, path, headers = {}, body) {
    const answer = await fetch((await started()) + path, { method, headers, body: body?.length ? body : undefined })
    const told = {}
    for (const [name, value] of answer.headers) {
      if (/^(content-type|content-range|etag|access-control-.*)$/.test(name)) told[name] = value
    }
    return { status: answer.status, headers: told, body: Buffer.from(await answer.arrayBuffer()) }
  }

  function shown(job) {
    const word = job.state === 'running' ? s.words.shift() : undefined
    return { ...job, ...s.extra, state: word ?? job.state }
  }

  async function handle({ method, url, headers, body }) {
    const passed = {}
    for (const name of ['content-type', 'content-range', 'range', 'origin', 'access-control-request-method', 'access-control-request-headers']) {
      if (headers[name]) passed[name] = headers[name]
    }
    if (method === 'OPTIONS') return ask(method, url, passed)
    const key = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
    if (!s.keys.includes(key)) return refuse(401, 'unauthorized', `the key ${key} is wrong`)
    const isRead = method === 'GET' && /^\/jobs\/[^/?]+$/.test(url)
    const answer = await ask(method, url, passed, body)
    if (!isRead || answer.status !== 200) return answer
    const job = JSON.parse(answer.body)
    // A reading counts once the command runs; the last one waits for its end.
    if (job.state === 'running' || job.state === 'cancelling') reads += 1
    order()
    await new Promise((r) => setTimeout(r, 15))
    return { ...answer, body: shown(job) }
  }

  return {
    ownCors: true,
    handle,
    reset,
    set: (switches) => {
      Object.assign(s, switches)
      order()
    },
    lose: () => rmSync(join(folder, 'runs/files'), { recursive: true, force: true }),
    state: async () => ({ jobs: trainer ? JSON.parse((await ask('GET', '/jobs')).body).jobs : [] }),
  }
}
