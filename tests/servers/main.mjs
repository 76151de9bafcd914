// Starts the scripted servers of the vendors on free ports of 127.0.0.1 and prints their
// addresses as one line of JSON. It ends when its input ends.
//
// Each vendor is a file beside this one that exports `create()`: an object with
// `handle(request)` → `{status, headers, body}`, `set(switches)`, `state()`, `reset()` and `lose()`,
// which deletes what was uploaded, as somebody else may. With `ownCors` it answers browsers itself.
//
// `POST /__control` takes `{reset, set, rules, put, lose, cors, skew}` (`reset: "all"` is for every
// vendor; `skew` puts the date of answers off by so many milliseconds) and answers
// `{state, log, most, seen}`: `most` is how many requests were on the way at a time, `seen` how many
// requests each rule has met. A rule is
// `{method, path, skip, times}` (path is a regular expression on path and query) with one of
//   answer: {status, headers, body}   this instead of the vendor's answer; the vendor does not
//                                     act unless the rule says `act: true`
//   drop: "before" | "after"          breaks the connection, before or after the vendor acted
//   keep: bytes                       breaks it in mid-body: the vendor gets the first bytes only
//   delay: milliseconds               answers later
//   twice: true                       the vendor acts twice, as when a browser sends it again

import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'

const EXPOSED =
  'location, range, retry-after, retry-after-ms, x-request-id, x-should-retry, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-together-file-id, x-proxy-status, x-proxy-location'

const resets = []

function world(vendor) {
  let rules = []
  let log = []
  let cors = true
  let active = 0
  let most = 0
  let skew
  /** Every key that came in the header for keys. */
  let keys = new Set()

  function reset() {
    vendor.reset()
    ;[rules, log, cors, most, skew, keys] = [[], [], true, 0, undefined, new Set()]
  }
  resets.push(reset)

  function applying(method, path) {
    for (const rule of rules) {
      if (rule.method && rule.method !== method) continue
      if (rule.path && !new RegExp(rule.path).test(path)) continue
      rule.seen = (rule.seen ?? 0) + 1
      if (rule.seen <= (rule.skip ?? 0)) continue
      if (rule.seen > (rule.skip ?? 0) + (rule.times ?? 1)) continue
      return rule
    }
  }

  /** Whether a request shows a key anywhere but in the header for keys. */
  function leaks({ url, headers }, body) {
    const { authorization, 'api-key': other, ...rest } = headers
    for (const given of [authorization, other]) {
      const key = given?.replace(/^Bearer /, '').trim()
      if (key?.length > 8) keys.add(key)
    }
    const text = `${url} ${JSON.stringify(rest)}`
    return [...keys].some((k) => text.includes(k) || body.includes(k))
  }

  async function control(body) {
    const c = JSON.parse(body || '{}')
    if (c.reset === 'all') resets.forEach((reset) => reset())
    else if (c.reset) reset()
    if (c.cors !== undefined) cors = c.cors
    if (c.skew !== undefined) skew = c.skew
    if (c.lose) vendor.lose()
    if (c.set) vendor.set(c.set)
    if (c.put) vendor.put(...c.put)
    if (c.rules) rules = c.rules
    return { state: await vendor.state(), log, most, seen: rules.map((r) => r.seen ?? 0) }
  }

  return createServer((req, res) => {
    const chunks = []
    let size = 0
    const path = req.url
    const isControl = path === '/__control'
    const rule = isControl || req.method === 'OPTIONS' ? undefined : applying(req.method, path)
    let ended = false
    if (!isControl) {
      most = Math.max(most, ++active)
      res.on('close', () => (active -= 1))
    }

    function note(status, body) {
      log.push({
        method: req.method,
        path,
        status,
        bytes: body.length,
        // Only whether a key came, and never which.
        signed: Boolean(req.headers.authorization ?? req.headers['api-key']),
        leaked: leaks(req, body),
        headers: Object.keys(req.headers),
        type: req.headers['content-type'] ?? '',
      })
    }

    function ask(body) {
      return vendor.handle({ method: req.method, url: path, headers: req.headers, body })
    }

    async function finish() {
      if (ended) return
      ended = true
      const body = Buffer.concat(chunks)
      const allow = cors
        ? {
            'access-control-allow-origin': '*',
            'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
            'access-control-allow-headers': req.headers['access-control-request-headers'] ?? '*',
            'access-control-expose-headers': EXPOSED,
          }
        : {}
      if (isControl) {
        const content = Buffer.from(JSON.stringify(await control(body.toString())))
        res.writeHead(200, {
          'content-type': 'application/json',
          'content-length': content.length,
          'access-control-allow-origin': '*',
        })
        return res.end(content)
      }
      if (skew !== undefined) allow.date = new Date(Date.now() + skew).toUTCString()
      if (req.method === 'OPTIONS' && !(cors && vendor.ownCors)) {
        res.writeHead(cors ? 204 : 403, allow)
        return res.end()
      }
      if (rule?.drop === 'before') {
        note(0, body)
        return req.socket.destroy()
      }
      let answer
      try {
        if (rule?.twice) await ask(body)
        answer = rule?.answer && !rule.act ? rule.answer : await ask(body)
        if (rule?.answer) answer = rule.answer
      } catch (e) {
        process.stderr.write(`${e.stack}\n`)
        answer = { status: 500, headers: {}, body: `the scripted server failed: ${e.message}` }
      }
      if (rule?.drop === 'after') {
        note(0, body)
        return req.socket.destroy()
      }
      if (rule?.delay) await new Promise((r) => setTimeout(r, rule.delay))
      if (req.method !== 'OPTIONS') note(answer.status, body)
      const own = Object.entries(answer.headers).filter(([name]) => cors || !name.startsWith('access-control-'))
      const isJson = typeof answer.body === 'object' && answer.body !== null && !Buffer.isBuffer(answer.body)
      const content = Buffer.from(isJson ? JSON.stringify(answer.body) : (answer.body ?? ''))
      res.writeHead(answer.status, { ...allow, 'content-length': content.length, ...Object.fromEntries(own) })
      res.end(content)
    }

    req.on('data', (part) => {
      if (ended) return
      chunks.push(part)
      size += part.length
      if (rule?.keep !== undefined && size >= rule.keep) {
        ended = true
        const body = Buffer.concat(chunks).subarray(0, rule.keep)
        Promise.resolve(ask(body)).finally(() => {
          note(0, body)
          req.socket.destroy()
        })
      }
    })
    req.on('end', finish)
    req.on('error', () => {})
  })
}

const here = new URL('.', import.meta.url)
const names = readdirSync(here)
  .filter((n) => n.endsWith('.mjs') && n !== 'main.mjs')
  .map((n) => n.slice(0, -4))
  .sort()
const addresses = {}
for (const name of names) {
  const module = await import(new URL(`${name}.mjs`, here))
  if (!module.create) continue
  const server = world(module.create())
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  addresses[name] = `http://127.0.0.1:${server.address().port}`
}
process.stdout.write(`${JSON.stringify(addresses)}\n`)
process.stdin.on('end', () => process.exit(0)).resume()
