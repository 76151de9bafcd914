// The packed tarball, installed like anybody's: in Node, in a bundled page, under TypeScript.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launch, open, serve } from '../harness.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const tools = join(here, '../node_modules');
const tarball = process.env.TARBALL;
const project = join(dirname(tarball), 'project');
const run = (program, args) =>
  execFileSync(program, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

before(() => {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  cpSync(join(here, 'page'), join(project, 'page'), { recursive: true });
  cpSync(join(here, 'types'), join(project, 'types'), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{"private": true, "type": "module"}');
  writeFileSync(join(project, 'probe.js'), "export * from 'screensmith';\n");
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball]);
});

const load = () => import(pathToFileURL(join(project, 'probe.js')));

test('the examples of both READMEs run in Node, from generation to a registered model', () => {
  const files = [join(here, '../../README.md'), join(project, 'node_modules/screensmith/README.md')];
  const readme = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  const blocks = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map((m) => m[1]);
  assert.ok(blocks.length >= 3, `${blocks.length} blocks`);
  const said = blocks.map((block, i) => {
    writeFileSync(join(project, `readme${i}.js`), block);
    return run('node', [`readme${i}.js`]);
  });
  assert.match(said.join(''), /completed/);
  assert.match(said.join(''), /OPENAI_SYNTHETIC_UI_DEMO/);
});

test('samples are plain objects with a picture', async () => {
  const { Generator, GenerationConfig, init } = await load();
  await init();
  const generator = new Generator(new GenerationConfig({ numSamples: 3, seed: 7 }));
  assert.equal(generator.config.num_samples, 3);
  assert.equal(generator.config.screenshot_width, 1280);
  const sample = generator.sample(2);
  assert.equal(sample.index, 2);
  assert.match(sample.fingerprint, /^[0-9a-f]{32}$/);
  const png = sample.image.bytes;
  assert.ok(png instanceof Uint8Array);
  assert.deepEqual([...png.slice(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  const header = new DataView(png.buffer, png.byteOffset);
  assert.deepEqual([header.getUint32(16), header.getUint32(20)], [1280, 720]);
  assert.ok(sample.truth.elements.length >= 5);
  const element = sample.truth.elements.find((e) => e.interactive && e.point);
  assert.ok(sample.html.includes(`data-e="${element.id}"`));
  assert.equal(structuredClone(sample).fingerprint, sample.fingerprint);
  assert.equal(generator.sample(2).fingerprint, sample.fingerprint);
  const other = new Generator({ numSamples: 3, seed: 8 });
  assert.notEqual(other.sample(2).fingerprint, sample.fingerprint);
});

test('the iterator reports progress and stops on a signal', async () => {
  const { Generator } = await load();
  const generator = new Generator({ numSamples: 50, seed: 1, includeScreenshots: false });
  const stop = new AbortController();
  const seen = [];
  const told = [];
  await assert.rejects(
    async () => {
      const onProgress = (p) => told.push(p);
      for await (const sample of generator.samples({ from: 4, signal: stop.signal, onProgress })) {
        seen.push(sample.index);
        if (seen.length === 3) stop.abort();
      }
    },
    { name: 'AbortError' },
  );
  assert.deepEqual(seen, [4, 5, 6]);
  assert.deepEqual(told.at(-1), { done: 3, total: 46 });
});

test('what is wrong is named, not guessed', async () => {
  const { Generator, validateConfig, VisionFinetuner, FineTuneConfig, ProviderName } = await load();
  const problems = validateConfig({ minElements: 9, maxElements: 3, uiTypes: [] });
  assert.deepEqual(problems.map((p) => p.path).sort(), ['min_elements', 'ui_types']);
  assert.throws(() => new Generator({ screenshotWidth: 0 }), {
    name: 'ScreensmithError',
    kind: 'caller',
    code: 'viewport_size',
    path: 'screenshot_width',
  });
  assert.throws(() => new Generator({ colour: 1 }), { path: 'colour' });
  assert.throws(() => new Generator({ seed: 'x' }), { path: 'seed' });
  assert.throws(() => new Generator().sample(-1), { path: 'index' });
  assert.throws(() => new Generator().sample(0.5), { path: 'index' });
  const config = new FineTuneConfig({
    datasetPath: 'nowhere.jsonl',
    provider: ProviderName.CUSTOM,
    baseModel: 'm',
    validationSplit: 2,
  });
  assert.equal(config.validate()[0].path, 'validation_split');
  await assert.rejects(new VisionFinetuner().startFinetune(config), { path: 'validation_split' });
});

test('a bundled page makes the same samples, also in a worker', async () => {
  run('node', [join(tools, 'vite/bin/vite.js'), 'build', 'page', '--logLevel', 'warn']);
  const server = await serve(join(project, 'page/dist'), '/some/where/');
  const browser = await launch();
  try {
    const { page, faults } = await open(browser, server.url);
    await page.waitForFunction(() => globalThis.done !== undefined, null, { timeout: 60_000 });
    const done = await page.evaluate(() => globalThis.done);
    assert.deepEqual(faults, []);
    const { Generator } = await load();
    const here = new Generator({ numSamples: 2, seed: 11 }).sample(1);
    assert.deepEqual(done, {
      page: here.fingerprint,
      worker: here.fingerprint,
      width: 1280,
      code: 'viewport_size',
    });
  } finally {
    await browser.close();
    server.close();
  }
});

test('a base and a tuned model are compared by their answers', async () => {
  const { Generator, compareAnswers, compareQuestions, init, recordLine } = await load();
  await init();
  const generator = new Generator({ numSamples: 3, seed: 5, includeScreenshots: false });
  const lines = [0, 1, 2].map((i) => recordLine(generator.sample(i), false));
  const questions = compareQuestions(lines.join('\n'), { limit: 10 });
  assert.equal(questions.length, 10);
  const middle = ({ target: t }) => `[${t.x + t.width / 2}, ${t.y + t.height / 2}]`;
  const tuned = questions.map((q) => ({ id: q.id, answer: middle(q), latency_ms: 20 }));
  const base = questions.map((q) => JSON.stringify({ id: q.id, answer: 'no idea' })).join('\n');
  const found = compareAnswers(questions, base, tuned);
  assert.deepEqual([found.base.hits.count, found.tuned.hits.count, found.base.unread], [0, 10, 10]);
  // Wilson's interval for 10 of 10 begins at n / (n + z²).
  assert.ok(Math.abs(found.tuned.hits.low - 10 / (10 + 1.959963984540054 ** 2)) < 1e-12);
  assert.ok(Math.abs(found.paired.p_value - 2 / 2 ** 10) < 1e-12);
  assert.equal(found.rows[0].tuned.found.kind, 'point');
  assert.throws(() => compareAnswers(questions, [], tuned), { code: 'compare_empty' });
  assert.throws(() => compareAnswers(questions, 'x', tuned), { code: 'answer_json', path: 'row 1' });
  assert.throws(() => compareAnswers(questions, base, tuned, { convention: 'x' }), {
    code: 'convention_unknown',
  });
});

/** The scripted server of chat completions on a free port. */
async function chatServer() {
  const { create } = await import('../servers/chat.mjs');
  const vendor = create();
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const { method, url, headers } = request;
    const answer = vendor.handle({ method, url, headers, body: Buffer.concat(parts) });
    response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { vendor, server, url: `http://127.0.0.1:${server.address().port}/v1` };
}

test('registered models have versions and names, and one is asked', async () => {
  const { Generator, LLMConfigRegistry, Workspace, init } = await load();
  await init();
  const place = new Workspace();
  const entry = (version) => ({
    key: 'GROUNDER',
    version,
    config: { model_name: 'openai/tuned', required_env_vars: ['OPENAI_API_KEY'] },
    provenance: { convention: 'absolute', base_model: 'base' },
    registered_at: '2026-11-22T10:00:00Z',
  });
  const file = JSON.stringify({ schema: 2, models: [entry(1), entry(2)] });
  assert.equal(await place.importRegistry(file), 2);
  assert.deepEqual((await place.modelVersions('GROUNDER')).map((e) => e.version), [1, 2]);
  assert.equal((await place.setAlias('production', 'GROUNDER')).version, 2);
  assert.equal((await place.setCurrentVersion('GROUNDER@1')).version, 1);
  await place.tagModel('GROUNDER', ['icons', 'old']);
  await place.tagModel('GROUNDER', [], ['old']);
  await place.setModelNote('GROUNDER@1', 'Finds icons.');
  const [line] = await place.modelLineages();
  assert.deepEqual([line.current, line.aliases.map((a) => a.alias)], [1, ['production']]);
  assert.deepEqual([line.versions[0].tags, line.versions[0].note], [['icons'], 'Finds icons.']);
  await assert.rejects(place.removeVersion('GROUNDER', 2), { code: 'version_aliased' });
  await place.removeAlias('production');
  assert.deepEqual(await place.modelAliases(), []);
  assert.equal((await place.removeVersion('GROUNDER', 2)).version, 2);
  await assert.rejects(place.setCurrentVersion('GROUNDER@2'), { code: 'llm_version_missing' });

  const { vendor, server, url } = await chatServer();
  try {
    const picture = new Generator({ seed: 3 }).sample(0).image.bytes;
    const target = { x: 10, y: 20, width: 30, height: 10 };
    const answer = '{"point_2d":[25,25]}';
    vendor.set({ rules: [{ model: 'tuned', instruction: 'Click Save', answer }] });
    const ask = (how) => place.askModel('GROUNDER', 'Click Save', picture, how);
    await assert.rejects(ask(), { code: 'serving_unsupported' });
    await assert.rejects(ask({ baseUrl: url }), { code: 'model_refused' });
    place.setSecret('OPENAI_API_KEY', 'sk-good');
    const said = await ask({ baseUrl: url, target });
    assert.deepEqual(said.found, { kind: 'point', x: 25, y: 25 });
    assert.equal(said.hit, true);
    assert.deepEqual([said.answer.prompt_tokens, said.answer.completion_tokens], [1105, 12]);
    const other = await ask({ baseUrl: url, who: 'base' });
    assert.equal(other.answer.answer, 'I see a screen.');
    assert.deepEqual([other.found, other.hit], [undefined, undefined]);
    assert.deepEqual(vendor.state().asked.map((a) => a.model), ['tuned', 'base']);
  } finally {
    server.close();
  }
  assert.equal(typeof LLMConfigRegistry.ask, 'function');
});

test('the types describe it', () => {
  run('node', [join(tools, 'typescript/bin/tsc'), '--project', 'types']);
});
