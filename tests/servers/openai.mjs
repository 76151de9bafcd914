// OpenAI's files, uploads and fine-tuning jobs, scripted: routes, field names, states, events and
// errors of the interface, with switches for what goes wrong. It trains nothing.
//
// A job moves on by being asked for: `polls` readings in each state. Every request body and query
// is checked against the recorded schemas in `specs/openai.json`.

import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

const { schemas, queries } = JSON.parse(readFileSync(new URL('./specs/openai.json', import.meta.url), 'utf8'))
const MB = 1024 * 1024
const FINAL = ['succeeded', 'failed', 'cancelled']
/** A number far from now, so that nobody's clock matters. */
const EPOCH = 1721764800

const DEFAULTS = {
  keys: ['sk-good'],
  polls: 1,
  /** Words shown instead of `running`, one per reading. */
  words: [],
  outcome: 'succeeded',
  error: { code: 'job_failed', message: 'The job failed.', param: null },
  /** Rights that the key lacks: `models`, `files`, `jobs`. */
  denied: [],
  training_not_available: false,
  cancel_ignored: false,
  pause_refused: false,
  /** Whether `metadata[k]=v` filters, is ignored, or is refused: true, false, "refused". */
  filter: true,
  steps: 12,
  /** Only every so manieth step is told by an event; the table has them all. */
  told_every: 1,
  /** Most events, checkpoints or jobs in one page. */
  page: 100,
  /** Fields that are in no published list, put into every job and event. */
  extra: {},
  /** Result files come as base64 text, as in reality, or as they are. */
  base64: true,
  result_files: 1,
  /** Looks at a file until it is read; jobs on it are refused before. */
  file_polls: 0,
  /** Why files are refused after they were read. */
  file_error: '',
  /** The first result file is deleted when the job ends. */
  result_deleted: false,
  models: [
    { id: 'gpt-4o-2024-08-06', object: 'model', created: EPOCH, owned_by: 'system', shutdown_date: '2027-01-14' },
    { id: 'gpt-6-luna', object: 'model', created: EPOCH, owned_by: 'system', shutdown_date: null },
  ],
}

class Refusal extends Error {
  constructor(status, message, { type = 'invalid_request_error', code = null, param = null } = {}) {
    super(message)
    Object.assign(this, { status, body: { error: { message, type, param, code } } })
  }
}
const bad = (message, param) => new Refusal(400, message, { param: param ?? null })
const missing = (message, code) => new Refusal(404, message, { code: code ?? null })

/** Checks `v` against a recorded schema: the keywords that occur there, and no others. */
function check(v, schema, at) {
  const s = schema.$ref ? schemas[schema.$ref] : schema
  if (s.oneOf) {
    const fits = s.oneOf.filter((one) => {
      try {
        check(v, one, at)
        return true
      } catch {
        return false
      }
    })
    if (fits.length !== 1) throw bad(`${JSON.stringify(v)} is not allowed - '${at}'`, at)
    return
  }
  const kinds = [].concat(s.type ?? [])
  const is = {
    object: () => typeof v === 'object' && v !== null && !Array.isArray(v),
    array: () => Array.isArray(v),
    string: () => typeof v === 'string',
    integer: () => Number.isInteger(v),
    number: () => typeof v === 'number',
    null: () => v === null,
  }
  if (kinds.length && !kinds.some((k) => is[k]())) throw bad(`${JSON.stringify(v)} is not of type '${kinds}' - '${at}'`, at)
  if (v === null) return
  const over =
    (s.enum && !s.enum.includes(v)) ||
    (s.minLength !== undefined && v.length < s.minLength) ||
    (s.maxLength !== undefined && [...v].length > s.maxLength) ||
    (s.minimum !== undefined && v < s.minimum) ||
    (s.maximum !== undefined && v > s.maximum) ||
    (s.exclusiveMinimum !== undefined && v <= s.exclusiveMinimum)
  if (over) throw bad(`${JSON.stringify(v)} is not allowed - '${at}'`, at)
  if (is.array() && s.items) v.forEach((x, i) => check(x, s.items, `${at}[${i}]`))
  if (!is.object()) return
  if (s.maxProperties !== undefined && Object.keys(v).length > s.maxProperties) throw bad(`too many properties - '${at}'`, at)
  for (const name of s.required ?? []) {
    if (v[name] === undefined) throw bad(`you must provide a ${name} parameter`, name)
  }
  for (const [name, x] of Object.entries(v)) {
    if (s.propertyNames) check(name, s.propertyNames, `${at}.${name}`)
    const known = s.properties?.[name] ?? s.additionalProperties
    if (known === false) throw bad(`Unrecognized request argument supplied: ${name}`, name)
    if (known) check(x, known, at ? `${at}.${name}` : name)
  }
}

/** The fields of a multipart form: name → {filename, bytes}. */
function form(request) {
  const type = request.headers['content-type'] ?? ''
  const boundary = /^multipart\/form-data; *boundary="?([^";]+)"?$/.exec(type)?.[1]
  if (!boundary) throw bad('expected a multipart form')
  const edge = Buffer.from(`\r\n--${boundary}`)
  const body = Buffer.concat([Buffer.from('\r\n'), request.body])
  const out = {}
  let start = body.indexOf(edge)
  for (;;) {
    start += edge.length
    if (body.subarray(start, start + 2).toString() === '--') return out
    const head = body.indexOf('\r\n\r\n', start)
    const end = body.indexOf(edge, head)
    if (head < 0 || end < 0) throw bad('the multipart form breaks off')
    const text = body.subarray(start, head).toString()
    const name = /name="([^"]*)"/.exec(text)?.[1]
    if (!name || out[name]) throw bad('a part of the form has no name, or the name of another')
    out[name] = { filename: /filename="([^"]*)"/.exec(text)?.[1], bytes: body.subarray(head + 4, end) }
    start = end
  }
}

const ok = (body) => ({ status: 200, headers: { 'content-type': 'application/json', 'x-request-id': 'req_ok' }, body: JSON.stringify(body) })
const id = (prefix) => prefix + randomBytes(16).toString('base64url').replace(/[-_]/g, 'x')

const isAzure = (url) => url.pathname.startsWith('/openai/')

/** One world: files, uploads, jobs and models. */
export function create() {
  let faults = structuredClone(DEFAULTS)
  let files = new Map()
  let uploads = new Map()
  let jobs = []
  let models = new Map()
  let clock = EPOCH
  let received = 0

  const file = (f) => ({
    id: f.id,
    object: 'file',
    bytes: f.bytes.length,
    created_at: f.created_at,
    expires_at: null,
    filename: f.filename,
    purpose: f.purpose,
    status: f.polls > 0 ? 'pending' : faults.file_error ? 'error' : 'processed',
    status_details: f.polls > 0 ? null : faults.file_error || null,
  })

  function store(filename, purpose, bytes) {
    if (purpose === 'fine-tune' && !/\.jsonl$/.test(filename)) throw bad(`Invalid extension of ${filename}. Supported formats: "jsonl"`, 'file')
    const f = { id: id('file-'), filename, purpose, bytes, created_at: clock++, polls: faults.file_polls }
    files.set(f.id, f)
    return f
  }

  const findFile = (fileId) => {
    const f = files.get(fileId)
    if (!f) throw missing(`No such File object: ${fileId}`)
    return f
  }

  // ------------------------------------------------------------------------------------------
  // Jobs

  function told(job, message, extra = {}) {
    job.events.unshift({
      object: 'fine_tuning.job.event',
      id: id('ftevent-'),
      created_at: clock++,
      level: 'info',
      message,
      data: {},
      type: 'message',
      ...faults.extra,
      ...extra,
    })
  }

  /** What OpenAI finds in the training file, after the creation. */
  function inspect(job) {
    const f = files.get(job.body.training_file)
    if (!f) return { code: 'invalid_training_file', param: 'training_file', message: 'The training file was deleted.' }
    const lines = f.bytes.toString().split('\n').filter(Boolean)
    job.lines = lines.length
    for (const [i, line] of lines.entries()) {
      let v
      try {
        v = JSON.parse(line)
      } catch {
        v = {}
      }
      if (!Array.isArray(v.messages) || v.messages.at(-1)?.role !== 'assistant') {
        return { code: 'invalid_training_file', param: 'training_file', message: `The job failed due to a file format error in the training file. Line ${i + 1}.` }
      }
    }
    if (lines.length < 10) {
      return { code: 'invalid_n_examples', param: 'training_file', message: `Training file has ${lines.length} example(s), but must have at least 10 examples` }
    }
  }

  const model = (job) => `ft:${job.body.model}:my-org:${job.body.suffix ?? ''}:${job.id.slice(-8)}`
  const epochs = (job) => {
    const n = job.body.method?.supervised?.hyperparameters?.n_epochs
    return Number.isInteger(n) ? n : 3
  }

  function metrics(step, job) {
    const loss = Number((2 * Math.exp(-step / 4) + 0.1).toFixed(4))
    const point = { step, train_loss: loss, total_steps: faults.steps, train_mean_token_accuracy: Number((1 - loss / 4).toFixed(4)) }
    if (job.body.validation_file && step % 3 === 0) Object.assign(point, { valid_loss: loss + 0.05, valid_mean_token_accuracy: 0.9 })
    if (job.body.validation_file && step === faults.steps) Object.assign(point, { full_valid_loss: loss + 0.04, full_valid_mean_token_accuracy: 0.95 })
    return point
  }

  function train(job, upto) {
    while (job.step < upto) {
      const point = metrics(++job.step, job)
      if (point.step % faults.told_every === 0) told(job, `Step ${point.step}/${point.total_steps}: training loss=${point.train_loss}`, { data: point, type: 'metrics' })
      if (point.step % Math.max(1, Math.floor(faults.steps / epochs(job))) === 0) {
        const snapshot = `${model(job)}:ckpt-step-${point.step}`
        told(job, `Checkpoint created at step ${point.step} with Snapshot ID: ${snapshot}`)
        job.checkpoints.unshift({
          object: 'fine_tuning.job.checkpoint',
          id: id('ftckpt_'),
          created_at: clock++,
          fine_tuned_model_checkpoint: snapshot,
          fine_tuning_job_id: job.id,
          metrics: point,
          step_number: point.step,
        })
        job.checkpoints.length = Math.min(3, job.checkpoints.length)
      }
    }
  }

  function finish(job, status, error) {
    job.status = status
    job.error = error ?? {}
    if (status === 'failed') told(job, error.message, { level: 'error' })
    if (status === 'cancelled') told(job, 'The job was cancelled', { level: 'warn' })
    if (status !== 'succeeded') return
    train(job, faults.steps)
    job.finished_at = clock++
    job.fine_tuned_model = model(job)
    models.set(job.fine_tuned_model, { id: job.fine_tuned_model, object: 'model', created: clock, owned_by: 'my-org', shutdown_date: '2027-01-14' })
    job.trained_tokens = 1000 * job.lines * epochs(job)
    const rows = ['step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy']
    for (let step = 1; step <= faults.steps; step++) {
      const p = metrics(step, job)
      rows.push([step, p.train_loss, p.train_mean_token_accuracy, p.valid_loss ?? '', p.valid_mean_token_accuracy ?? ''].join(','))
    }
    for (let i = 0; i < faults.result_files; i++) {
      const name = i === 0 ? 'step_metrics.csv' : `more_${i}.csv`
      job.result_files.push(store(name, 'fine-tune-results', Buffer.from(`${rows.join('\n')}\n`)).id)
    }
    if (faults.result_deleted) files.delete(job.result_files[0])
    told(job, `New fine-tuned model created: ${job.fine_tuned_model}`)
    told(job, 'Usage policy evaluations completed.', { type: 'moderation_checks' })
    told(job, 'The job has successfully completed')
  }

  /** Moves a job on by one reading. */
  function advance(job) {
    if (FINAL.includes(job.status) || job.status === 'paused') return
    if (++job.polls < faults.polls) return
    job.polls = 0
    if (job.status === 'validating_files') {
      const wrong = inspect(job)
      if (wrong) return finish(job, 'failed', wrong)
      told(job, 'Files validated, moving job to queued state')
      job.status = 'queued'
    } else if (job.status === 'queued') {
      job.status = 'running'
      told(job, 'Fine-tuning job started')
      train(job, Math.floor(faults.steps / 2))
    } else if (job.words.length) {
      job.word = job.words.shift()
    } else {
      job.word = undefined
      finish(job, faults.outcome, faults.outcome === 'failed' ? faults.error : undefined)
    }
  }

  function shown(job) {
    const hyper = { n_epochs: 'auto', batch_size: 'auto', learning_rate_multiplier: 'auto', ...job.body.method?.supervised?.hyperparameters }
    return {
      object: 'fine_tuning.job',
      id: job.id,
      model: job.body.model,
      created_at: job.created_at,
      finished_at: job.finished_at ?? null,
      fine_tuned_model: job.fine_tuned_model ?? null,
      organization_id: 'org-123',
      result_files: job.result_files,
      status: job.status === 'running' && job.word ? job.word : job.status,
      validation_file: job.body.validation_file ?? null,
      training_file: job.body.training_file,
      hyperparameters: hyper,
      trained_tokens: job.trained_tokens ?? null,
      error: job.error,
      user_provided_suffix: job.body.suffix ?? null,
      seed: job.body.seed ?? 42,
      estimated_finish: job.status === 'running' ? EPOCH + 3600 : null,
      integrations: [],
      metadata: job.body.metadata ?? null,
      usage_metrics: null,
      shared_with_openai: false,
      method: { type: 'supervised', supervised: { hyperparameters: hyper } },
      ...faults.extra,
    }
  }

  function createJob(body) {
    if (faults.training_not_available) {
      throw new Refusal(
        403,
        'OpenAI is winding down the fine-tuning platform and your organization is no longer able to create new fine-tuning training jobs. Learn more https://developers.openai.com/api/docs/deprecations#update-to-openais-self-serve-fine-tuning',
        { code: 'training_not_available' },
      )
    }
    check(body, schemas.CreateFineTuningJobRequest, '')
    if (!faults.models.some((m) => m.id === body.model)) throw missing(`The model '${body.model}' does not exist`, 'model_not_found')
    for (const name of ['training_file', 'validation_file']) {
      if (!body[name]) continue
      const f = findFile(body[name])
      if (f.purpose !== 'fine-tune') throw bad('wrong purpose', name)
      if (f.polls > 0) throw bad(`${f.id} is not ready`, name)
    }
    const job = {
      id: id('ftjob-'),
      body,
      status: 'validating_files',
      created_at: clock++,
      events: [],
      checkpoints: [],
      result_files: [],
      error: {},
      step: 0,
      polls: 0,
      words: [...faults.words],
    }
    jobs.unshift(job)
    told(job, `Created fine-tuning job: ${job.id}`)
    told(job, `Validating training file: ${body.training_file}`)
    return shown(job)
  }

  function act(job, what) {
    const open = !FINAL.includes(job.status)
    if (what === 'cancel') {
      if (!open) throw bad(`Job has already ${job.status}.`)
      if (!faults.cancel_ignored) finish(job, 'cancelled')
    } else if (what === 'pause') {
      if (!open || job.status !== 'running' || faults.pause_refused) throw bad(`Job in status ${job.status} cannot be paused.`)
      job.status = 'paused'
      told(job, 'The job was paused')
    } else {
      if (job.status !== 'paused') throw bad(`Job in status ${job.status} cannot be resumed.`)
      job.status = 'queued'
      told(job, 'The job was resumed')
    }
    return shown(job)
  }

  function page(list, url, least = 20) {
    const after = url.searchParams.get('after')
    const limit = Math.min(Number(url.searchParams.get('limit') ?? least), faults.page)
    const from = after ? list.findIndex((x) => x.id === after) + 1 : 0
    if (after && from === 0) throw missing(`No such object: ${after}`)
    const data = list.slice(from, from + limit)
    return { object: 'list', data, has_more: from + limit < list.length, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
  }

  function listJobs(url) {
    let found = jobs
    for (const [name, value] of url.searchParams) {
      const key = /^metadata\[(.+)\]$/.exec(name)?.[1]
      if (!key) continue
      if (faults.filter === 'refused') throw bad('Unknown parameter: metadata', 'metadata')
      if (faults.filter) found = found.filter((j) => j.body.metadata?.[key] === value)
    }
    return page(found.map(shown), url)
  }

  // ------------------------------------------------------------------------------------------
  // Uploads

  function upload(u) {
    const { filename, purpose, bytes } = u.body
    return { id: u.id, object: 'upload', bytes, created_at: EPOCH, filename, purpose, status: u.status, expires_at: EPOCH + 3600, file: u.file ? file(u.file) : null }
  }

  function onUpload(u, what, request) {
    if (u.status !== 'pending') throw bad(`Upload is ${u.status}.`)
    if (what === 'parts') {
      const fields = form(request)
      check(Object.fromEntries(Object.entries(fields).map(([k, f]) => [k, f.bytes.toString('latin1')])), schemas.AddUploadPartRequest, '')
      const { bytes } = fields.data
      if (bytes.length > 64 * MB) throw bad('A part can be at most 64 MB.')
      const part = id('part_')
      u.parts.set(part, bytes)
      return { id: part, object: 'upload.part', created_at: EPOCH, upload_id: u.id }
    }
    if (what === 'cancel') {
      u.status = 'cancelled'
      return upload(u)
    }
    const body = JSON.parse(request.body)
    check(body, schemas.CompleteUploadRequest, '')
    const parts = body.part_ids.map((p) => u.parts.get(p))
    if (parts.includes(undefined)) throw bad('Unknown part.', 'part_ids')
    const whole = Buffer.concat(parts)
    if (whole.length !== u.body.bytes) throw bad(`${whole.length} bytes came, not ${u.body.bytes}.`)
    const md5 = createHash('md5').update(whole).digest('hex')
    if (body.md5 !== undefined && body.md5 !== md5) throw bad('The md5 does not fit.', 'md5')
    u.file = store(u.body.filename, u.body.purpose, whole)
    u.status = 'completed'
    u.parts.clear()
    return upload(u)
  }

  // ------------------------------------------------------------------------------------------

  function route(request, url) {
    const { method } = request
    const parts = url.pathname.replace(/^\/(openai\/)?v1\//, '').split('/').map(decodeURIComponent)
    const at = `${method} /${parts.map((p) => (/^(file-|ftjob-|upload_|ft:)/.test(p) ? '*' : p)).join('/')}`
    for (const name of url.searchParams.keys()) {
      // Azure's version of the interface goes with every request there.
      if (name === 'api-version' && isAzure(url)) continue
      if (!queries[at]?.includes(name.replace(/\[.*$/, ''))) throw bad(`Unknown query parameter ${name} of ${at}`, name)
    }
    const right = { models: 'models', files: 'files', uploads: 'files', fine_tuning: 'jobs' }[parts[0]]
    if (faults.denied.includes(right)) {
      throw new Refusal(403, `You have insufficient permissions for this operation. Missing scopes: ${right}.`, { code: 'missing_scope' })
    }
    const body = () => {
      try {
        return JSON.parse(request.body)
      } catch {
        throw bad('We could not parse the JSON body of your request.')
      }
    }
    const job = () => {
      const found = jobs.find((j) => j.id === parts[2])
      if (!found) throw missing(`Could not find fine tune: ${parts[2]}`)
      return found
    }
    switch (at) {
      case 'GET /models':
        return { object: 'list', data: [...faults.models, ...models.values()] }
      case 'DELETE /models/*':
        if (!models.delete(parts[1])) throw missing(`The model '${parts[1]}' does not exist`, 'model_not_found')
        return { id: parts[1], object: 'model', deleted: true }
      case 'POST /files': {
        const fields = form(request)
        received += fields.file?.bytes.length ?? 0
        check({ file: '', ...Object.fromEntries(Object.entries(fields).map(([k, f]) => [k, k === 'file' ? '' : f.bytes.toString()])) }, schemas.CreateFileRequest, '')
        if (!fields.file) throw bad('you must provide a file parameter', 'file')
        if (fields.file.bytes.length > 512 * MB) throw new Refusal(413, 'The file is too large.')
        return file(store(fields.file.filename ?? '', fields.purpose.bytes.toString(), fields.file.bytes))
      }
      case 'GET /files': {
        const purpose = url.searchParams.get('purpose')
        const all = [...files.values()].filter((f) => !purpose || f.purpose === purpose).map(file)
        if (url.searchParams.get('order') !== 'asc') all.reverse()
        return page(all, url, 10000)
      }
      case 'GET /files/*': {
        const f = findFile(parts[1])
        f.polls -= 1
        return file(f)
      }
      case 'GET /files/*/content': {
        const f = findFile(parts[1])
        const encode = f.purpose === 'fine-tune-results' && faults.base64
        return { raw: encode ? Buffer.from(f.bytes.toString('base64')) : f.bytes }
      }
      case 'DELETE /files/*':
        findFile(parts[1])
        files.delete(parts[1])
        return { id: parts[1], object: 'file', deleted: true }
      case 'POST /uploads': {
        const b = body()
        check(b, schemas.CreateUploadRequest, '')
        if (b.purpose === 'fine-tune' && b.mime_type !== 'text/jsonl') throw bad('Unsupported mime_type.', 'mime_type')
        const u = { id: id('upload_'), body: b, status: 'pending', parts: new Map() }
        uploads.set(u.id, u)
        return upload(u)
      }
      case 'POST /uploads/*/parts':
      case 'POST /uploads/*/complete':
      case 'POST /uploads/*/cancel': {
        const u = uploads.get(parts[1])
        if (!u) throw missing(`No such upload: ${parts[1]}`)
        if (parts[2] === 'parts') received += request.body.length
        return onUpload(u, parts[2], request)
      }
      case 'POST /fine_tuning/jobs':
        return createJob(body())
      case 'GET /fine_tuning/jobs':
        return listJobs(url)
      case 'GET /fine_tuning/jobs/*':
        advance(job())
        return shown(job())
      case 'GET /fine_tuning/jobs/*/events':
        return page(job().events, url)
      case 'GET /fine_tuning/jobs/*/checkpoints':
        return page(job().checkpoints, url, 10)
      case 'POST /fine_tuning/jobs/*/cancel':
      case 'POST /fine_tuning/jobs/*/pause':
      case 'POST /fine_tuning/jobs/*/resume':
        return act(job(), parts[3])
      default:
        throw missing(`Invalid URL (${method} ${url.pathname})`)
    }
  }

  return {
    handle(request) {
      const url = new URL(request.url, 'http://server')
      try {
        // Azure serves the same below another path, with the key in a header of its own.
        const given = isAzure(url) ? request.headers['api-key'] : (request.headers.authorization ?? '').replace(/^Bearer /, '')
        if (!faults.keys.includes(given)) {
          throw new Refusal(401, `Incorrect API key provided: ${given}.`, { code: 'invalid_api_key' })
        }
        const answer = route(request, url)
        return answer.raw ? { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: answer.raw } : ok(answer)
      } catch (e) {
        if (!(e instanceof Refusal)) throw e
        return { status: e.status, headers: { 'content-type': 'application/json', 'x-request-id': 'req_bad' }, body: JSON.stringify(e.body) }
      }
    },
    set(switches) {
      Object.assign(faults, switches)
    },
    lose() {
      files.clear()
    },
    state() {
      return {
        received,
        files: [...files.values()].map(file),
        uploads: [...uploads.values()].map((u) => ({ status: u.status, parts: u.parts.size })),
        jobs: jobs.map((j) => ({ ...shown(j), body: j.body, lines: j.lines, events: j.events.length, ids: j.events.map((e) => e.id) })),
        models: [...models.keys()],
      }
    },
    reset() {
      faults = structuredClone(DEFAULTS)
      files = new Map()
      uploads = new Map()
      jobs = []
      models = new Map()
      received = 0
    },
  }
}
