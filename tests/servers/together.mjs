// Together AI, scripted: files by redirect or in parts, fine-tunes, events, metrics, weights;
// with switches for what goes wrong. It trains nothing.
//
// A job moves on by being asked for: `polls` readings in each state.

import { createHash, randomBytes } from 'node:crypto'

// Fields of FinetuneRequest in the package together 3.1.1.
const FIELDS = new Set(
  `training_file validation_file packing model n_epochs learning_rate lr_scheduler warmup_ratio
  max_grad_norm weight_decay n_checkpoints n_evals max_seq_length batch_size
  gradient_accumulation_steps suffix wandb_key wandb_base_url wandb_project_name wandb_name
  wandb_entity random_seed early_stopping_enabled early_stopping_patience early_stopping_min_delta
  early_stopping_warmup_evals training_type training_method from_checkpoint multimodal_params
  from_hf_model hf_model_revision hf_api_token hf_output_repo_name`.split(/\s+/),
)
const FINAL = ['completed', 'error', 'cancelled']
const DEFAULTS = {
  keys: ['together-good'],
  polls: 1,
  /** Words shown instead of `running`, one per reading. */
  words: [],
  outcome: 'completed',
  /** The job finishes although it is being cancelled. */
  cancel_ignored: false,
  /** The file is refused after it was read. */
  invalid: '',
  vision: true,
  /** Bytes of the weights. */
  weights: 20_000,
  /** Answers as the proxy hands a redirect on. */
  proxied: false,
  /** Fields that are in no published list, put into every job. */
  extra: {},
}

const hex = (bytes) => createHash('sha256').update(bytes).digest('hex')
const json = (body, status = 200, headers = {}) => ({ status, headers: { 'content-type': 'application/json', ...headers }, body })
const refuse = (status, message, code = null) =>
  json({ error: { message, type: 'invalid_request_error', param: null, code } }, status)

function formFields(type, body) {
  const boundary = /boundary=(.+)$/.exec(type ?? '')?.[1]
  const out = {}
  for (const part of body.toString('latin1').split(`--${boundary}`)) {
    const m = /name="([^"]+)"\r\n\r\n([\s\S]*)\r\n$/.exec(part)
    if (m) out[m[1]] = m[2]
  }
  return out
}

/** What is wrong with a line; the documented rules for lines with pictures. */
function fault(line) {
  const { messages, ...rest } = JSON.parse(line)
  if (Object.keys(rest).length) return `unknown field ${Object.keys(rest)[0]}`
  for (const m of messages) {
    if (!Array.isArray(m.content)) return 'content must be a list in multimodal data'
    for (const p of m.content) {
      if (p.type === 'text' && typeof p.text === 'string') continue
      if (p.type !== 'image_url' || m.role !== 'user') return `a part of type ${p.type} from ${m.role}`
      const url = p.image_url.url
      if (!/^data:image\/(png|jpeg|webp);base64,/.test(url)) return 'images must be data URLs'
      if (Object.keys(p.image_url).length > 1) return 'unknown field beside url'
    }
  }
  return messages.at(-1).role === 'assistant' ? '' : 'the last message is not from assistant'
}

export function create() {
  let s, files, jobs, sent, now

  function reset() {
    s = structuredClone(DEFAULTS)
    files = new Map()
    jobs = new Map()
    /** Bytes received by file id. */
    sent = {}
    now = Date.parse('2026-11-22T12:00:00Z')
  }
  reset()
  const time = () => new Date((now += 1000)).toISOString()
  const event = (job, type, message, more = {}) =>
    job.events.push({ object: 'fine-tune-event', created_at: time(), level: 'info', message, type, ...more })
  const weights = () => Buffer.alloc(s.weights, 'weights of the adapter ')

  function received(file, body) {
    sent[file.id] = (sent[file.id] ?? 0) + body.length
    file.content = body
    file.bytes = body.length
    file.right = hex(body) === file.checksum
  }

  function fileView({ content, checksum, right, reads, parts, ...shown }) {
    return shown
  }

  function readFile(file) {
    if (file.processing_status === 'QUEUED') file.processing_status = 'RUNNING'
    else if (file.processing_status === 'RUNNING') {
      const lines = file.content.toString().split('\n').filter(Boolean)
      const error = !file.right ? 'checksum mismatch' : s.invalid || lines.map(fault).find(Boolean)
      file.processing_status = error ? 'INVALID_FORMAT' : 'COMPLETED'
      file.validation_report = { valid: !error, nlines: lines.length, dataset_format: 'CONVERSATION', dataset_is_multimodal: true, ...(error && { error, error_type: 'INVALID_FORMAT' }) }
    }
    return fileView(file)
  }

  function fresh(fields) {
    return { id: `file-${randomBytes(8).toString('hex')}`, object: 'file', bytes: 0, created_at: Math.floor(now / 1000), filename: fields.file_name, FileType: 'jsonl', purpose: 'fine-tune', processing_status: 'PENDING', checksum: fields.checksum }
  }

  function startJob(body) {
    for (const k of Object.keys(body)) if (!FIELDS.has(k)) return refuse(422, `unknown field ${k}`)
    const file = files.get(body.training_file)
    if (file?.processing_status !== 'COMPLETED') return refuse(400, 'the training file is not ready')
    if (body.validation_file && files.get(body.validation_file)?.processing_status !== 'COMPLETED') return refuse(400, 'the validation file is not ready')
    if (body.suffix.length > 40) return refuse(422, 'suffix is longer than 40 characters')
    const id = `ft-${randomBytes(8).toString('hex')}`
    const job = { id, status: 'pending', created_at: time(), events: [], reads: 0, step: 0, steps: 4 * body.n_epochs, ...body }
    jobs.set(id, job)
    event(job, 'job_pending', 'Fine tune request created')
    return json(view(job))
  }

  function advance(job) {
    if (FINAL.includes(job.status) || ++job.reads < s.polls) return
    job.reads = 0
    if (job.status === 'cancel_requested' && !s.cancel_ignored) {
      job.status = 'cancelled'
      event(job, 'job_stopped', 'Job cancelled')
    } else if (job.status === 'pending') job.status = 'queued'
    else if (job.status === 'queued') {
      job.status = 'running'
      for (const t of ['job_start', 'model_downloading', 'model_download_complete', 'training_data_downloading', 'training_data_download_complete', 'training_start']) event(job, t, t)
    } else if (job.status === 'running' && job.step < job.steps) {
      if (s.outcome === 'error' && job.step >= job.steps / 2) {
        job.status = 'error'
        event(job, 'job_error', 'The training ran out of memory', { level: 'error' })
        return
      }
      job.step += 4
      event(job, 'checkpoint_save', 'Checkpoint saved', { step: job.step, total_steps: job.steps, checkpoint_path: `${job.id}/${job.step}` })
      event(job, 'epoch_complete', `Epoch ${job.step / 4} complete`, { step: job.step, total_steps: job.steps })
    } else if (job.status === 'compressing') {
      job.status = 'uploading'
      event(job, 'model_uploading', 'Uploading')
    } else if (job.status === 'uploading' || job.status === 'cancel_requested') {
      job.status = 'completed'
      event(job, 'job_complete', 'Job finished')
    } else {
      job.status = 'compressing'
      event(job, 'training_complete', 'Training complete')
    }
  }

  function view({ reads, step, steps, ...job }) {
    const word = job.status === 'running' ? s.words.shift() : undefined
    return {
      ...job,
      ...s.extra,
      status: word ?? job.status,
      epochs_completed: Math.floor(step / 4),
      token_count: job.status === 'completed' ? 54321 : 0,
      progress: { estimate_available: job.status === 'running', seconds_remaining: 120 },
      model_output_name: `acme/${job.model.split('/').pop()}-${job.suffix}-1a2b3c4d`,
    }
  }

  function part(headers, content) {
    const m = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '')
    const etag = `"${hex(content).slice(0, 16)}"`
    if (!m) return { status: 200, headers: { etag }, body: content }
    const start = Number(m[1])
    if (start >= content.length) return { status: 416, headers: {}, body: '' }
    const end = Math.min(m[2] ? Number(m[2]) + 1 : content.length, content.length)
    return { status: 206, headers: { etag, 'content-range': `bytes ${start}-${end - 1}/${content.length}` }, body: content.subarray(start, end) }
  }

  function handle({ method, url, headers, body }) {
    const at = new URL(url, `http://${headers.host}`)
    const path = at.pathname
    const storage = /^\/storage\/([^/]+)(?:\/(\d+))?$/.exec(path)
    if (storage) {
      if (headers.authorization) return refuse(400, 'a key was sent to the storage')
      const file = files.get(storage[1])
      if (method !== 'PUT' || !file || at.searchParams.get('sig') !== 'right') return refuse(403, 'wrong signature')
      if (!storage[2]) {
        received(file, body)
        return { status: 200, headers: {}, body: '' }
      }
      sent[file.id] = (sent[file.id] ?? 0) + body.length
      file.parts[Number(storage[2]) - 1] = body
      return { status: 200, headers: { etag: `"${hex(body).slice(0, 8)}"` }, body: '' }
    }
    const key = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
    if (!s.keys.includes(key)) return refuse(401, 'Invalid API key provided', 'invalid_api_key')
    const call = `${method} ${path.replace(/^\/v1/, '')}`
    let m
    if (call === 'POST /files' || call === 'POST /files/multipart/initiate') {
      const whole = call === 'POST /files'
      const f = whole ? formFields(headers['content-type'], body) : JSON.parse(body)
      if (f.purpose !== 'fine-tune' || f.file_type !== 'jsonl' || !f.file_name?.endsWith('.jsonl') || !/^[0-9a-f]{64}$/.test(f.checksum)) return refuse(400, 'a field of the file is missing or wrong')
      const held = [...files.values()].find((x) => x.checksum === f.checksum)
      if (held) return json({ file_id: held.id }, 409)
      const file = fresh(f)
      files.set(file.id, file)
      const base = `http://${headers.host}/storage/${file.id}`
      if (!whole) {
        file.parts = []
        const parts = Array.from({ length: f.num_parts }, (_, i) => ({ PartNumber: i + 1, URL: `${base}/${i + 1}?sig=right`, Headers: {} }))
        return json({ upload_id: `up-${file.id}`, file_id: file.id, parts })
      }
      const place = `${base}?sig=right`
      if (s.proxied) return json({ status: 302, location: place }, 200, { 'x-proxy-status': '302', 'x-proxy-location': place, 'x-together-file-id': file.id })
      return { status: 302, headers: { location: place, 'x-together-file-id': file.id }, body: '' }
    }
    if (call === 'POST /files/multipart/complete') {
      const f = JSON.parse(body)
      const file = files.get(f.file_id)
      const right = file.parts.every((p, i) => f.parts[i].part_number === i + 1 && f.parts[i].etag === `"${hex(p).slice(0, 8)}"`)
      if (!right || f.parts.length !== file.parts.length) return refuse(400, 'a part is missing')
      const content = Buffer.concat(file.parts)
      received(file, content)
      sent[file.id] -= content.length
      file.processing_status = 'QUEUED'
      return json(fileView(file))
    }
    if ((m = /^(GET|DELETE|POST) \/files\/([^/]+)(\/preprocess)?$/.exec(call))) {
      const file = files.get(m[2])
      if (!file) return refuse(404, 'there is no such file')
      if (m[1] === 'DELETE') return files.delete(file.id), json({ id: file.id, deleted: true })
      if (m[3]) {
        if (!file.content) return refuse(400, 'the file was not uploaded')
        if (file.processing_status === 'PENDING') file.processing_status = 'QUEUED'
        return json(fileView(file))
      }
      return json(readFile(file))
    }
    if (call === 'GET /fine-tunes/models/limits') {
      if (at.searchParams.get('model_name') === 'nobody/nothing') return refuse(404, 'there is no such model')
      return json({ model_name: at.searchParams.get('model_name'), supports_vision: s.vision, max_num_epochs: 20, max_num_evals: 100, max_num_checkpoints: 10, max_seq_length_sft: 32768, min_learning_rate: 1e-8, max_learning_rate: 0.01, merge_output_lora: true, lora_training: { max_batch_size: 32, min_batch_size: 8, max_rank: 64, target_modules: ['q_proj'] } })
    }
    if (call === 'POST /fine-tunes') return startJob(JSON.parse(body))
    if (call === 'GET /fine-tunes') return json({ data: [...jobs.values()].map(({ events, ...j }) => view(j)).reverse() })
    if ((m = /^(GET|POST) \/fine-tunes\/(ft-[^/]+)(?:\/(\w+))?$/.exec(call))) {
      const job = jobs.get(m[2])
      if (!job) return refuse(404, 'there is no such job')
      switch (m[3]) {
        case undefined:
          advance(job)
          return json(view(job))
        case 'cancel':
          if (FINAL.includes(job.status)) return refuse(400, 'the job has ended')
          job.status = 'cancel_requested'
          event(job, 'cancel_requested', 'Cancel requested')
          return json(view(job))
        case 'events':
          return json({ data: [...job.events].reverse() })
        case 'metrics': {
          if (job.step === 0) return refuse(404, 'there are no metrics yet')
          const from = Number(at.searchParams.get('global_step_from') ?? 0)
          const rows = Array.from({ length: job.step }, (_, i) => ({ global_step: i + 1, 'train/loss': 2 / (i + 1) }))
          if (job.validation_file) rows.push({ global_step: job.step, 'eval/loss': 0.5 })
          return json({ metrics: rows.filter((r) => r.global_step >= from) })
        }
        case 'checkpoints':
          return json({ data: job.events.filter((e) => e.checkpoint_path).map((e) => ({ checkpoint_type: 'intermediate', created_at: e.created_at, path: e.checkpoint_path, step: e.step, checkpoint: 'adapter' })) })
      }
    }
    if (call === 'GET /finetune/download') {
      const job = jobs.get(at.searchParams.get('ft_id'))
      if (job?.status !== 'completed' || at.searchParams.get('checkpoint') !== 'adapter') return refuse(404, 'there are no such weights')
      return part(headers, weights())
    }
    return refuse(404, `there is nothing at ${call}`)
  }

  return {
    handle,
    reset,
    lose: () => files.clear(),
    set: (switches) => Object.assign(s, switches),
    state: () => ({
      jobs: [...jobs.values()].map(({ events, ...j }) => j),
      files: [...files.values()].map((f) => ({ ...fileView(f), size: f.content?.length ?? 0, right: f.right ?? false, received: sent[f.id] ?? 0 })),
    }),
  }
}
