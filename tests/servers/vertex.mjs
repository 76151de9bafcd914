// Vertex AI tuning and Cloud Storage, scripted: the interfaces' routes, field names, states and
// errors, with switches for what goes wrong. It trains nothing.
//
// A job moves on by being asked for: `polls` readings in each state. Int64 numbers are text and
// empty fields are left out, as in the JSON form of protocol buffers.

import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

const { messages, enums, queries } = JSON.parse(
  readFileSync(new URL('./google_fields.json', import.meta.url), 'utf8'),
)
const STEP = 262144
const NUMBER = '123456'
const FINAL = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED', 'PARTIALLY_SUCCEEDED']

const DEFAULTS = {
  tokens: ['ya29.good'],
  /** The first token stops working after so many signed requests; -1: never. */
  expire_after: -1,
  buckets: { 'demo-bucket': { location: 'US-CENTRAL1', locationType: 'region' } },
  permissions: ['create', 'delete', 'get', 'list'].map((verb) => `storage.objects.${verb}`),
  polls: 1,
  /** `JOB_STATE_…` words shown instead of RUNNING, one per reading. */
  words: [],
  outcome: 'SUCCEEDED',
  error: { code: 3, message: 'Dataset validation failed.' },
  /** The job finishes although it is being cancelled. */
  cancel_ignored: false,
  concurrent: 1,
  page: 1000,
  filter: true,
  /** Fields that are in no published list, put into every job. */
  extra: {},
  /** Rows (from 1) that are left out, with reasons. */
  dropped: {},
  /** Only this part of a job's fields is shown. */
  hide: [],
}

class Refusal extends Error {
  constructor(code, status, message, details) {
    super(message)
    Object.assign(this, { code, status, details })
  }
}
const bad = (message, field) =>
  new Refusal(400, 'INVALID_ARGUMENT', message, field && [
    {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ field, description: message }],
    },
  ])

/** Checks a request body against the recorded field names. */
function check(value, type, at) {
  if (type === 'map') {
    for (const [k, v] of Object.entries(value)) {
      if (typeof v !== 'string') throw bad(`Invalid value at '${at}.${k}'`, at)
      if (at === 'labels' && !(/^[\p{Ll}\p{N}_-]{0,63}$/u.test(v) && /^\p{Ll}[\p{Ll}\p{N}_-]{0,62}$/u.test(k))) {
        throw bad(`Invalid label ${k}=${v}`, 'labels')
      }
    }
    return
  }
  if (enums[type]) {
    if (!enums[type].includes(value)) throw bad(`Invalid value at '${at}' (${type}), "${value}"`, at)
    return
  }
  const fields = messages[type]
  if (fields) {
    for (const [k, v] of Object.entries(value)) {
      if (!(k in fields)) {
        throw bad(`Invalid JSON payload received. Unknown name "${k}" at '${at}': Cannot find field.`, at)
      }
      check(v, fields[k], type === 'TuningJob' ? k : `${at}.${k}`)
    }
    return
  }
  const ok = {
    string: typeof value === 'string',
    bool: typeof value === 'boolean',
    double: typeof value === 'number',
    int64: /^-?\d+$/.test(String(value)),
  }[type]
  if (!ok) throw bad(`Invalid value at '${at}' (${type})`, at)
}

function query(url, method, allowed) {
  for (const name of url.searchParams.keys()) {
    if (!queries[allowed].includes(name)) {
      throw bad(`Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. (${method})`, name)
    }
  }
}

const json = (body, status = 200, headers = {}) => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
  body: JSON.stringify(body),
})

/** One world: buckets, sessions and jobs. */
export function create() {
  let faults = structuredClone(DEFAULTS)
  let objects = new Map()
  let sessions = new Map()
  let jobs = []
  let signed = 0
  let payload = {}

  const now = () => new Date().toISOString().replace('Z', '000Z')

  function authorise(request) {
    const given = (request.headers.authorization ?? '').replace(/^Bearer /, '')
    signed += 1
    const first = given === faults.tokens[0]
    const expired = first && faults.expire_after >= 0 && signed > faults.expire_after
    if (expired || !faults.tokens.includes(given)) {
      throw new Refusal(
        401,
        'UNAUTHENTICATED',
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      )
    }
  }

  // ------------------------------------------------------------------------------------------
  // Cloud Storage

  const key = (bucket, name) => `${bucket}/${name}`
  const resource = (bucket, name, o) => ({
    kind: 'storage#object',
    id: `${bucket}/${name}/${o.generation}`,
    name,
    bucket,
    generation: o.generation,
    metageneration: '1',
    contentType: o.contentType,
    size: String(o.bytes.length),
    md5Hash: o.md5,
    timeCreated: o.created,
    updated: o.created,
  })

  function storageBucket(bucket) {
    const b = faults.buckets[bucket]
    if (!b) throw new Refusal(404, 'notFound', 'The specified bucket does not exist.')
    return b
  }

  function allowed(permission) {
    if (!faults.permissions.includes(permission)) {
      throw new Refusal(403, 'forbidden', `The account does not have ${permission} access.`)
    }
  }

  function absent(url, bucket, name) {
    if (url.searchParams.get('ifGenerationMatch') === '0' && objects.has(key(bucket, name))) {
      throw new Refusal(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.')
    }
  }

  function store(bucket, name, contentType, md5Hash, bytes) {
    const md5 = createHash('md5').update(bytes).digest('base64')
    if (md5Hash && md5Hash !== md5) {
      throw bad(`Provided MD5 hash "${md5Hash}" doesn't match calculated MD5 hash "${md5}".`)
    }
    const generation = String(Date.now() * 1000 + objects.size)
    const o = { bytes, contentType, md5, generation, created: now() }
    objects.set(key(bucket, name), o)
    return json(resource(bucket, name, o))
  }

  function count(name, bytes) {
    payload[name] = (payload[name] ?? 0) + bytes
  }

  /** The two parts of a `multipart/related` body. */
  function related(request) {
    const boundary = /boundary="?([^";]+)"?/.exec(request.headers['content-type'] ?? '')?.[1]
    if (!boundary) throw bad('Missing multipart boundary')
    const parts = []
    const mark = Buffer.from(`--${boundary}`)
    let at = request.body.indexOf(mark)
    while (at >= 0) {
      const next = request.body.indexOf(mark, at + mark.length)
      if (next < 0) break
      const part = request.body.subarray(at + mark.length + 2, next - 2)
      const split = part.indexOf('\r\n\r\n')
      parts.push({ head: part.subarray(0, split).toString(), body: part.subarray(split + 4) })
      at = next
    }
    if (parts.length !== 2) throw bad('Expected two parts')
    return parts
  }

  function upload(request, url, bucket) {
    query(url, 'objects.insert', 'objects.insert')
    const id = url.searchParams.get('upload_id')
    if (request.method === 'PUT' && id) return chunk(request, id)
    authorise(request)
    storageBucket(bucket)
    allowed('storage.objects.create')
    const kind = url.searchParams.get('uploadType')
    if (kind === 'media') {
      const name = url.searchParams.get('name')
      count(name, request.body.length)
      absent(url, bucket, name)
      return store(bucket, name, request.headers['content-type'], null, request.body)
    }
    if (kind === 'multipart') {
      const [meta, content] = related(request)
      const o = JSON.parse(meta.body)
      check(o, 'Object', 'object')
      count(o.name, content.body.length)
      absent(url, bucket, o.name)
      return store(bucket, o.name, o.contentType, o.md5Hash, content.body)
    }
    if (kind !== 'resumable') throw bad(`Invalid upload type ${kind}`)
    const o = JSON.parse(request.body)
    check(o, 'Object', 'object')
    absent(url, bucket, o.name)
    const session = randomBytes(12).toString('hex')
    const total = Number(request.headers['x-upload-content-length'])
    sessions.set(session, { bucket, o, total, bytes: Buffer.alloc(0), done: false })
    const location = `${url.origin}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${session}`
    return { status: 200, headers: { location }, body: '' }
  }

  function chunk(request, id) {
    const s = sessions.get(id)
    if (!s) throw new Refusal(410, 'uploadExpired', 'The upload session is over.')
    const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(request.headers['content-range'] ?? '')
    if (!range) throw bad('Invalid Content-Range')
    const total = Number(range[3])
    if (range[1] !== undefined) {
      const [from, to] = [Number(range[1]), Number(range[2])]
      count(s.o.name, request.body.length)
      if (to - from + 1 < request.body.length) throw bad('Content-Range is shorter than the body')
      if (from > s.bytes.length) throw bad('Content-Range does not continue the upload')
      // What is there already is ignored (Cloud Storage, "Retries and resending data").
      request.body = request.body.subarray(s.bytes.length - from)
      const start = s.bytes.length
      const last = to + 1 === total
      // A connection that broke leaves whole steps behind.
      const whole = last && request.body.length === to - start + 1
      if (!last && (to - start + 1) % STEP !== 0) throw bad(`Chunks must be multiples of ${STEP} bytes`)
      const kept = whole ? request.body.length : request.body.length - (request.body.length % STEP)
      s.bytes = Buffer.concat([s.bytes, request.body.subarray(0, kept)])
    }
    if (s.bytes.length < total) {
      const headers = s.bytes.length ? { range: `bytes=0-${s.bytes.length - 1}` } : {}
      return { status: 308, headers, body: '' }
    }
    if (!s.done) {
      if (objects.has(key(s.bucket, s.o.name))) {
        throw new Refusal(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.')
      }
      s.done = true
      return store(s.bucket, s.o.name, s.o.contentType, s.o.md5Hash, s.bytes)
    }
    return json(resource(s.bucket, s.o.name, objects.get(key(s.bucket, s.o.name))))
  }

  function storage(request, url) {
    authorise(request)
    const [, bucket, rest = ''] = /^\/storage\/v1\/b\/([^/]+)\/?(.*)$/.exec(url.pathname) ?? []
    const b = storageBucket(bucket)
    if (rest === 'iam/testPermissions') {
      query(url, 'testIamPermissions', 'buckets.testIamPermissions')
      const asked = url.searchParams.getAll('permissions')
      const held = asked.filter((p) => faults.permissions.includes(p))
      return json({ kind: 'storage#testIamPermissionsResponse', ...(held.length && { permissions: held }) })
    }
    if (rest === 'storageLayout') {
      query(url, 'getStorageLayout', 'buckets.getStorageLayout')
      allowed('storage.objects.list')
      return json({ kind: 'storage#storageLayout', bucket, ...b })
    }
    if (rest === 'o') {
      query(url, 'objects.list', 'objects.list')
      allowed('storage.objects.list')
      const prefix = url.searchParams.get('prefix') ?? ''
      const names = [...objects.keys()]
        .filter((k) => k.startsWith(key(bucket, prefix)))
        .map((k) => k.slice(bucket.length + 1))
        .sort()
      const from = Number(url.searchParams.get('pageToken') ?? 0)
      const size = Math.min(Number(url.searchParams.get('maxResults') ?? 1000), faults.page)
      const items = names.slice(from, from + size).map((n) => resource(bucket, n, objects.get(key(bucket, n))))
      return json({
        kind: 'storage#objects',
        ...(items.length && { items }),
        ...(from + size < names.length && { nextPageToken: String(from + size) }),
      })
    }
    const name = decodeURIComponent(rest.replace(/^o\//, ''))
    query(url, 'objects.get', 'objects.get')
    allowed(request.method === 'DELETE' ? 'storage.objects.delete' : 'storage.objects.get')
    const o = objects.get(key(bucket, name))
    if (!o) throw new Refusal(404, 'notFound', `No such object: ${bucket}/${name}`)
    if (request.method === 'DELETE') {
      objects.delete(key(bucket, name))
      return { status: 204, headers: {}, body: '' }
    }
    if (url.searchParams.get('alt') === 'media') {
      return { status: 200, headers: { 'content-type': o.contentType }, body: o.bytes }
    }
    return json(resource(bucket, name, o))
  }

  // ------------------------------------------------------------------------------------------
  // Tuning

  function file(uri, at) {
    const path = /^gs:\/\/(.+)$/.exec(uri ?? '')?.[1]
    if (!path) throw bad(`Invalid Cloud Storage path: ${uri}`, at)
    return objects.get(path)
  }

  /** Reads the training lines as the service does: what cannot be used is left out. */
  function statistics(job) {
    const text = file(job.supervisedTuningSpec.trainingDatasetUri)?.bytes.toString() ?? ''
    const rows = text.split('\n').filter((l) => l.trim())
    const dropped = []
    let tokens = 0
    rows.forEach((row, i) => {
      let reason = faults.dropped[i + 1]
      try {
        const line = JSON.parse(row)
        tokens += 1100 + Math.ceil(row.length / 4)
        for (const c of line.contents) {
          for (const p of c.parts) {
            const uri = p.fileData?.fileUri
            if (uri && !file(uri)) reason ??= `Cannot access the file ${uri}`
          }
        }
        if (line.contents.at(-1).role !== 'model') reason ??= 'The last turn is not of the model'
      } catch {
        reason ??= 'The row is no valid JSON'
      }
      if (reason) dropped.push([i + 1, reason])
    })
    const epochs = Number(job.supervisedTuningSpec.hyperParameters?.epochCount ?? 3)
    return {
      tuningDatasetExampleCount: String(rows.length),
      totalBillableTokenCount: String(tokens),
      tuningStepCount: String(Math.ceil(rows.length / 4) * epochs),
      ...(dropped.length && {
        totalTruncatedExampleCount: String(dropped.length),
        truncatedExampleIndices: dropped.map(([i]) => String(i)),
        droppedExampleReasons: dropped.map(([, r]) => r),
      }),
    }
  }

  function shown(job) {
    const { readings, ...out } = { ...job, ...faults.extra }
    for (const field of faults.hide) delete out[field]
    return out
  }

  /** What a reading of the job finds, after it moved on. */
  function read(job) {
    const s = job.state.replace('JOB_STATE_', '')
    job.readings += 1
    const move = (state) => {
      job.state = `JOB_STATE_${state}`
      job.readings = 0
      job.updateTime = now()
      if (FINAL.includes(state)) job.endTime = job.updateTime
    }
    if (FINAL.includes(s)) return shown(job)
    if (s === 'CANCELLING' && !faults.cancel_ignored) {
      move('CANCELLED')
      job.error = { code: 1, message: 'The job was cancelled.' }
    } else if (s === 'PENDING' && job.readings >= faults.polls) {
      move('RUNNING')
      job.startTime = job.updateTime
      job.tuningDataStats = { supervisedTuningDataStats: statistics(job) }
    } else if (job.readings >= faults.polls) {
      const stats = job.tuningDataStats?.supervisedTuningDataStats ?? statistics(job)
      const usable = Number(stats.tuningDatasetExampleCount) > Number(stats.totalTruncatedExampleCount ?? 0)
      const outcome = usable ? faults.outcome : 'FAILED'
      move(outcome)
      if (outcome === 'FAILED' || outcome === 'EXPIRED') {
        job.error = usable ? faults.error : { code: 3, message: 'The dataset has no usable example.' }
      } else {
        finish(job, stats)
      }
    }
    const word = faults.words[job.readings - 1]
    const out = shown(job)
    return word && job.state === 'JOB_STATE_RUNNING' ? { ...out, ...word } : out
  }

  function finish(job, stats) {
    const parent = job.name.replace(/\/tuningJobs\/.*/, '')
    const id = job.name.split('/').at(-1)
    const epochs = Number(job.supervisedTuningSpec.hyperParameters?.epochCount ?? 3)
    const last = job.supervisedTuningSpec.exportLastCheckpointOnly
    job.tunedModel = {
      model: `${parent}/models/${id}1@1`,
      endpoint: `${parent}/endpoints/${id}2`,
      checkpoints: Array.from({ length: last ? 1 : epochs }, (_, i) => ({
        checkpointId: String(i + 1),
        epoch: String(i + 1),
        step: String((Number(stats.tuningStepCount) / epochs) * (i + 1)),
        endpoint: `${parent}/endpoints/${id}${i + 3}`,
      })),
    }
    job.experiment = `${parent}/metadataStores/default/contexts/tuning-experiment-${id}`
  }

  function create(request, location) {
    const job = JSON.parse(request.body)
    check(job, 'TuningJob', 'tuning_job')
    const spec = job.supervisedTuningSpec
    if (!job.baseModel) throw bad('base_model is required', 'tuning_job.base_model')
    if (!spec?.trainingDatasetUri) throw bad('training_dataset_uri is required', 'tuning_job.supervised_tuning_spec.training_dataset_uri')
    if (!file(spec.trainingDatasetUri, 'training_dataset_uri')) throw bad(`File not found: ${spec.trainingDatasetUri}`)
    if (spec.validationDatasetUri && !file(spec.validationDatasetUri)) throw bad(`File not found: ${spec.validationDatasetUri}`)
    const active = jobs.filter((j) => !FINAL.includes(j.state.replace('JOB_STATE_', ''))).length
    if (active >= faults.concurrent) {
      throw new Refusal(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for aiplatform.googleapis.com/global_concurrent_tuning_jobs.')
    }
    const id = String(4488734109388341248n + BigInt(jobs.length))
    const time = now()
    const made = {
      ...job,
      // Numbers come back as text, and what was not given is filled in.
      supervisedTuningSpec: { ...spec, hyperParameters: { epochCount: '3', ...spec.hyperParameters } },
      name: `projects/${NUMBER}/locations/${location}/tuningJobs/${id}`,
      state: 'JOB_STATE_PENDING',
      createTime: time,
      updateTime: time,
      readings: 0,
    }
    jobs.push(made)
    return json(shown(made))
  }

  function list(url) {
    query(url, 'tuningJobs.list', 'tuningJobs.list')
    const filter = url.searchParams.get('filter')
    if (filter && !faults.filter) throw bad('Invalid list filter.', 'filter')
    const label = /^labels\.([a-z_0-9-]+)="([^"]*)"$/.exec(filter ?? '')
    if (filter && !label) throw bad(`Invalid list filter: ${filter}`, 'filter')
    const found = jobs.filter((j) => !label || j.labels?.[label[1]] === label[2]).reverse()
    const from = Number(url.searchParams.get('pageToken') ?? 0)
    const size = Math.min(Number(url.searchParams.get('pageSize') ?? 100), faults.page)
    const items = found.slice(from, from + size).map(shown)
    return json({
      ...(items.length && { tuningJobs: items }),
      ...(from + size < found.length && { nextPageToken: String(from + size) }),
    })
  }

  function tuning(request, url) {
    authorise(request)
    const path = /^\/v1(?:beta1)?\/projects\/([^/]+)\/locations\/([^/]+)\/(tuningJobs|endpoints)(?:\/([^/:]+))?(?::(\w+))?$/.exec(url.pathname)
    if (!path) throw new Refusal(404, 'NOT_FOUND', `Not found: ${url.pathname}`)
    const [, , location, kind, id, verb] = path
    if (kind === 'endpoints') {
      if (verb !== 'generateContent') throw new Refusal(404, 'NOT_FOUND', `Not found: ${url.pathname}`)
      const text = '[{"box_2d":[133,322,178,389],"label":"Save"}]'
      return json({
        candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 1105, candidatesTokenCount: 30, totalTokenCount: 1135 },
      })
    }
    if (!id) return request.method === 'POST' ? create(request, location) : list(url)
    const job = jobs.find((j) => j.name.endsWith(`/tuningJobs/${id}`))
    if (!job) throw new Refusal(404, 'NOT_FOUND', `TuningJob does not exist: ${id}`)
    if (verb === 'cancel') {
      check(JSON.parse(request.body), 'CancelTuningJobRequest', 'request')
      const s = job.state.replace('JOB_STATE_', '')
      if (FINAL.includes(s)) {
        throw new Refusal(400, 'FAILED_PRECONDITION', `The TuningJob is in state ${job.state} and cannot be cancelled.`)
      }
      job.state = 'JOB_STATE_CANCELLING'
      return json({})
    }
    if (request.method !== 'GET') throw new Refusal(404, 'NOT_FOUND', `Not found: ${url.pathname}`)
    return json(read(job))
  }

  return {
    /** Answers `{method, url, headers, body}` with `{status, headers, body}`. */
    handle(request) {
      const url = new URL(request.url, `http://${request.headers.host}`)
      const older = url.pathname.includes('/storage/')
      try {
        const upload_ = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(url.pathname)
        if (upload_) return upload(request, url, upload_[1])
        if (url.pathname.startsWith('/storage/v1/b/')) return storage(request, url)
        return tuning(request, url)
      } catch (e) {
        if (e instanceof SyntaxError) e = bad(`Invalid JSON payload received. ${e.message}`)
        if (!(e instanceof Refusal)) throw e
        const { code, status, message, details } = e
        if (older) {
          const errors = [{ message, domain: 'global', reason: status }]
          return json({ error: { code, message, errors } }, code)
        }
        return json({ error: { code, message, status, ...(details && { details }) } }, code)
      }
    },
    /** Sets switches; what is not named stays. */
    set(switches) {
      Object.assign(faults, switches)
    },
    /** What tests look at. */
    state() {
      return {
        jobs: jobs.map(({ name, state, labels, readings, ...rest }) => ({ name, state, labels, ...rest })),
        objects: [...objects].map(([k, o]) => ({ path: k, size: o.bytes.length, contentType: o.contentType, md5: o.md5 })),
        /** Bytes of content that were received for each object, in all tries. */
        payload,
      }
    },
    /** Puts an object, as somebody else would. */
    put(bucket, name, text) {
      store(bucket, name, 'text/plain', null, Buffer.from(text))
    },
    lose() {
      objects.clear()
    },
    reset() {
      faults = structuredClone(DEFAULTS)
      objects = new Map()
      sessions = new Map()
      jobs = []
      signed = 0
      payload = {}
    },
  }
}
