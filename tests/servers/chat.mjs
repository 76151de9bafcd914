// A server of the chat completions interface, scripted: it looks at nothing and answers by rules.
//
// A rule is `{model, instruction, answer | refusal}`; the first whose model (when given) and
// instruction (when given) are those of the request speaks. Fields that the interface does not
// publish, and pictures that are none, are refused as bad requests.

const FIELDS = ['model', 'messages', 'temperature', 'max_tokens', 'max_completion_tokens', 'reasoning_effort']

const DEFAULTS = {
  /** Keys that are taken; none: it asks for none. */
  keys: ['sk-good'],
  models: ['tuned', 'base'],
  rules: [],
  /** What is said where no rule speaks. */
  otherwise: 'I see a screen.',
}

function failed(status, message, code) {
  return { status, headers: { 'content-type': 'application/json' }, body: { error: { message, type: 'invalid_request_error', param: null, code } } }
}

/** Width and height of a PNG in a data URL; undefined for anything else. */
function sizeOf(url) {
  const [head, data] = String(url).split(',')
  if (head !== 'data:image/png;base64') return
  const png = Buffer.from(data ?? '', 'base64')
  if (png.subarray(1, 4).toString('latin1') !== 'PNG') return
  return [png.readUInt32BE(16), png.readUInt32BE(20)]
}

export function create() {
  let set = structuredClone(DEFAULTS)
  let asked = []

  function handle({ method, url, headers, body }) {
    if (method !== 'POST' || url !== '/v1/chat/completions') return failed(404, `Invalid URL (${method} ${url})`, null)
    const key = headers.authorization?.replace(/^Bearer /, '')
    if (set.keys.length && !set.keys.includes(key)) return failed(401, `Incorrect API key provided: ${key}.`, 'invalid_api_key')
    let sent
    try {
      sent = JSON.parse(body)
    } catch {
      return failed(400, 'The body is no JSON.', null)
    }
    const unknown = Object.keys(sent).find((k) => !FIELDS.includes(k))
    if (unknown) return failed(400, `Unrecognized request argument supplied: ${unknown}`, null)
    if (!set.models.includes(sent.model)) return failed(404, `The model \`${sent.model}\` does not exist.`, 'model_not_found')
    const user = sent.messages?.find((m) => m.role === 'user')
    const instruction = user?.content?.find((p) => p.type === 'text')?.text
    const size = sizeOf(user?.content?.find((p) => p.type === 'image_url')?.image_url?.url)
    if (!instruction || !size) return failed(400, 'The message needs a text and a picture.', 'invalid_image')
    asked.push({ model: sent.model, instruction, size, system: sent.messages[0].content })
    const rule = set.rules.find((r) => (r.model ?? sent.model) === sent.model && (r.instruction ?? instruction) === instruction)
    const content = rule?.refusal ? null : (rule?.answer ?? set.otherwise)
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: {
        id: `chatcmpl-${asked.length}`,
        object: 'chat.completion',
        created: 1721764800,
        model: sent.model,
        choices: [{ index: 0, message: { role: 'assistant', content, refusal: rule?.refusal ?? null }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 1105, completion_tokens: 12, total_tokens: 1117 },
      },
    }
  }

  return {
    handle,
    set: (switches) => Object.assign(set, switches),
    state: () => ({ asked }),
    reset: () => {
      set = structuredClone(DEFAULTS)
      asked = []
    },
  }
}
