// Fireworks AI, scripted: datasets, supervised jobs, signed addresses for metrics and weights;
// with switches for what goes wrong. It trains nothing.
//
// A job moves on by being asked for: `polls` readings in each state.

import { createHash } from 'node:crypto'

// Body fields of SupervisedFineTuningJobCreateParams in the package fireworks-ai 1.2.30.
const FIELDS = new Set(
  `dataset awsS3Config azureBlobStorageConfig baseModel batchSize batchSizeSamples
  samplerCheckpointSaveIntervalSteps displayName earlyStop epochs evalAutoCarveout evaluationDataset
  gradientAccumulationSteps isTurbo jinjaTemplate learningRate learningRateWarmupSteps loraRank
  maxContextLength metricsFileSignedUrl mtpEnabled mtpFreezeBaseModel mtpNumDraftTokens nodes
  optimizerWeightDecay outputModel region rendererHuggingFaceRepoId usePurpose reservationTarget
  useReservation wandbConfig warmStartFrom`.split(/\s+/),
)
const FINAL = ['COMPLETED', 'FAILED', 'CANCELLED', 'EXPIRED', 'EARLY_STOPPED']
const ORDER = ['CREATING', 'PENDING', 'VALIDATING', 'RUNNING', 'WRITING_RESULTS', 'COMPLETED']
const DEFAULTS = {
  keys: ['fw-good'],
  polls: 1,
  /** `JOB_STATE_…` words shown instead of RUNNING, one per reading. */
  words: [],
  outcome: 'COMPLETED',
  cancel_ignored: false,
  /** Datasets are refused for this reason. */
  invalid: '',
  weights: 20_000,
  /** The storage tells a wrong checksum. */
  wrong_hash: false,
  extra: {},
}
const codes = { 400: 'INVALID_ARGUMENT', 401: 'UNAUTHENTICATED', 403: 'PERMISSION_DENIED', 404: 'NOT_FOUND', 409: 'ALREADY_EXISTS' }
const json = (body, status = 200) => ({ status, headers: { 'content-type': 'application/json' }, body })
const refuse = (status, message) => json({ error: { code: codes[status], message } }, status)

/** What is wrong with a line. */
function fault(line) {
  const { messages, ...rest } = JSON.parse(line)
  if (Object.keys(rest).length) return `unknown field ${Object.keys(rest)[0]}`
  for (const m of messages) {
    if (!['system', 'user', 'assistant'].includes(m.role)) return `role ${m.role}`
    for (const p of Array.isArray(m.content) ? m.content : []) {
      if (p.type === 'image_url' && !/^data:image\/(png|jpg|jpeg);base64,/.test(p.image_url.url)) return 'images must be data URIs'
    }
  }
  return ''
}

export function create() {
  let s, datasets, jobs, now

  function reset() {
    s = structuredClone(DEFAULTS)
    datasets = new Map()
    jobs = new Map()
    now = Date.parse('2026-11-22T12:00:00Z')
  }
  reset()
  const time = () => new Date((now += 1000)).toISOString()
  const files = () => ({
    'adapter_config.json': Buffer.from('{"r": 8}'),
    'adapter/adapter_model.safetensors': Buffer.alloc(s.weights, 'weights '),
  })

  function read(dataset, content) {
    dataset.received += content.length
    const lines = content.toString().split('\n').filter(Boolean)
    const few = lines.length < 3 ? 'at least 3 examples are needed' : ''
    const wrong = lines.length !== Number(dataset.view.exampleCount) ? 'exampleCount is wrong' : ''
    const why = s.invalid || few || wrong || lines.map(fault).find(Boolean)
    dataset.view.status = why ? { code: 'INVALID_ARGUMENT', message: why } : { code: 'OK', message: '' }
    if (!why) dataset.view.state = 'READY'
  }

  function advance(job) {
    const state = job.state
    if (FINAL.includes(state) || ++job.reads < s.polls) return
    job.reads = 0
    if (state === 'CANCELLING') job.state = s.cancel_ignored ? 'COMPLETED' : 'CANCELLED'
    else if (state === 'RUNNING' && job.percent < 100) {
      job.percent += 50
      if (s.outcome === 'FAILED') {
        job.state = 'FAILED'
        job.status = { code: 'RESOURCE_EXHAUSTED', message: 'The trainer ran out of memory' }
      }
    } else job.state = ORDER[ORDER.indexOf(state) + 1]
    if (job.state === 'COMPLETED') job.state = s.outcome
    if (FINAL.includes(job.state)) job.completedTime = time()
  }

  function view({ reads, percent, state, ...job }, host) {
    const word = state === 'RUNNING' ? s.words.shift() : undefined
    const ended = FINAL.includes(state)
    return {
      ...job,
      ...s.extra,
      state: word ?? `JOB_STATE_${state}`,
      jobProgress: { percent, epoch: 0 },
      estimatedCost: { currencyCode: 'USD', units: '1', nanos: 500000000 },
      ...(ended && { metricsFileSignedUrl: `http://${host}/signed/metrics?sig=right`, trainerLogsSignedUrl: `http://${host}/signed/logs?sig=right` }),
    }
  }

  function part(headers, content) {
    const m = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '')
    const md5 = createHash('md5').update(s.wrong_hash ? 'else' : content).digest('base64')
    const told = { etag: '"1"', 'x-goog-hash': `crc32c=AAAAAA==,md5=${md5}` }
    if (!m) return { status: 200, headers: told, body: content }
    const start = Number(m[1])
    if (start >= content.length) return { status: 416, headers: {}, body: '' }
    const end = Math.min(m[2] ? Number(m[2]) + 1 : content.length, content.length)
    return { status: 206, headers: { ...told, 'content-range': `bytes ${start}-${end - 1}/${content.length}` }, body: content.subarray(start, end) }
  }

  function signed(at, headers) {
    if (headers.authorization) return refuse(400, 'a key was sent to the storage')
    if (at.searchParams.get('sig') !== 'right') return refuse(403, 'wrong signature')
    const name = decodeURIComponent(at.pathname.slice('/signed/'.length))
    const rows = Array.from({ length: 6 }, (_, i) => JSON.stringify({ step: i + 1, train_loss: 1 / (i + 1) }))
    if (name === 'metrics') return part(headers, Buffer.from(`${rows.join('\n')}\n`))
    if (name === 'logs') return part(headers, Buffer.from('trained\n'))
    return part(headers, files()[name])
  }

  function stored(at, method, headers, body) {
    if (headers.authorization) return refuse(400, 'a key was sent to the storage')
    if (method !== 'PUT' || at.searchParams.get('sig') !== 'right') return refuse(403, 'wrong signature')
    const dataset = datasets.get(at.pathname.split('/').pop())
    const range = `${dataset.expected},${dataset.expected}`
    if (headers['x-goog-content-length-range'] !== range || body.length !== dataset.expected) return refuse(400, 'EntityTooLarge')
    dataset.stored = body
    return { status: 200, headers: {}, body: '' }
  }

  function handle({ method, url, headers, body }) {
    const at = new URL(url, `http://${headers.host}`)
    if (at.pathname.startsWith('/signed/')) return signed(at, headers)
    if (at.pathname.startsWith('/signed-upload/')) return stored(at, method, headers, body)
    const key = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
    if (!s.keys.includes(key)) return refuse(401, 'the key is wrong')
    const root = '/v1/accounts/acme'
    if (!at.pathname.startsWith(root)) return refuse(403, 'this is not your account')
    const call = `${method} ${at.pathname.slice(root.length)}`
    let m
    if (call === 'POST /datasets') {
      const { datasetId: id, dataset } = JSON.parse(body)
      if (!/^[a-z][a-z0-9-]{0,62}$/.test(id)) return refuse(400, 'datasetId is no resource id')
      if (datasets.has(id)) return refuse(409, 'the dataset exists')
      const made = { name: `accounts/acme/datasets/${id}`, state: 'UPLOADING', format: 'CHAT', exampleCount: dataset.exampleCount, userUploaded: dataset.userUploaded, createTime: time(), status: { code: 'OK', message: '' } }
      datasets.set(id, { view: made, received: 0 })
      return json(made)
    }
    if ((m = /^POST \/datasets\/([^/:]+):(getUploadEndpoint|validateUpload)$/.exec(call))) {
      const dataset = datasets.get(m[1])
      if (!dataset) return refuse(404, 'there is no such dataset')
      if (m[2] === 'validateUpload') {
        if (!dataset.stored) return refuse(400, 'nothing was uploaded')
        read(dataset, dataset.stored)
        return json({})
      }
      const [[name, size], ...more] = Object.entries(JSON.parse(body).filenameToSize)
      if (more.length || !/^\d+$/.test(size)) return refuse(400, 'filenameToSize is no map of names to sizes')
      dataset.expected = Number(size)
      return json({ filenameToSignedUrls: { [name]: `http://${headers.host}/signed-upload/${m[1]}?sig=right` } })
    }
    if ((m = /^(GET|POST) \/datasets\/([^/:]+)(:upload)?$/.exec(call))) {
      const dataset = datasets.get(m[2])
      if (!dataset) return refuse(404, 'there is no such dataset')
      if (m[3]) {
        const boundary = /boundary=(.+)$/.exec(headers['content-type'])[1]
        const text = body.toString('latin1')
        const head = /name="file"; filename="[^"]+\.jsonl"\r\n(?:[^\r]+\r\n)*\r\n/.exec(text)
        if (!head || text.length !== Number(headers['content-length'])) return refuse(400, 'there is no file')
        const from = head.index + head[0].length
        read(dataset, body.subarray(from, text.lastIndexOf(`\r\n--${boundary}--`)))
      }
      return json(dataset.view)
    }
    if (call === 'POST /supervisedFineTuningJobs') {
      const id = at.searchParams.get('supervisedFineTuningJobId')
      if (!/^[a-z][a-z0-9-]{0,62}$/.test(id)) return refuse(400, 'the id is no resource id')
      if (jobs.has(id)) return refuse(409, 'the job exists')
      const given = JSON.parse(body)
      for (const k of Object.keys(given)) if (!FIELDS.has(k)) return refuse(400, `unknown field ${k}`)
      for (const k of ['dataset', 'evaluationDataset']) {
        const name = given[k]
        if (name && datasets.get(name.split('/').pop())?.view.state !== 'READY') return refuse(400, `${k} is not ready`)
      }
      if (!/^accounts\/acme\/models\/[a-z][a-z0-9-]{0,62}$/.test(given.outputModel)) return refuse(400, 'outputModel is no name of a model')
      const job = { name: `accounts/acme/supervisedFineTuningJobs/${id}`, createTime: time(), status: { code: 'OK', message: '' }, ...given, state: 'CREATING', reads: 0, percent: 0 }
      jobs.set(id, job)
      return json(view(job, headers.host))
    }
    if ((m = /^(GET|POST) \/supervisedFineTuningJobs\/([^/:]+)(:cancel)?$/.exec(call))) {
      const job = jobs.get(m[2])
      if (!job) return refuse(404, 'there is no such job')
      if (m[3]) {
        if (FINAL.includes(job.state)) return refuse(400, 'the job has ended')
        job.state = 'CANCELLING'
        return json({})
      }
      advance(job)
      return json(view(job, headers.host))
    }
    if ((m = /^GET \/models\/([^/:]+):getDownloadEndpoint$/.exec(call))) {
      const made = [...jobs.values()].find((j) => j.outputModel.endsWith(`/${m[1]}`))
      if (!['COMPLETED', 'EARLY_STOPPED'].includes(made?.state)) return refuse(404, 'there is no such model')
      const urls = Object.keys(files()).map((n) => [n, `http://${headers.host}/signed/${encodeURIComponent(n)}?sig=right`])
      return json({ filenameToSignedUrls: Object.fromEntries(urls) })
    }
    return refuse(404, `there is nothing at ${call}`)
  }

  return {
    handle,
    reset,
    lose: () => datasets.clear(),
    set: (switches) => Object.assign(s, switches),
    state: () => ({ jobs: [...jobs.values()], datasets: [...datasets.values()].map((d) => ({ ...d.view, received: d.received })) }),
  }
}
