import {
  type CompareQuestion,
  type Comparison,
  DatasetExporter,
  FineTuneConfig,
  type FineTuneJob,
  FineTuneJobManager,
  GenerationConfig,
  Generator,
  LLMConfigRegistry,
  ProviderName,
  type Sample,
  SyntheticUIGenerator,
  VisionFinetuner,
  compareAnswers,
  compareQuestions,
  init,
  workspace,
} from 'screensmith';
import { WorkerGenerator } from 'screensmith/client';

await init();
const generator = new Generator({ numSamples: 3, imageFormat: 'webp', viewports: [[390, 844]] });
const count: number = generator.config.num_samples ?? 0;
const sample: Sample = generator.sample(count - 1);
if (sample.image) new Blob([sample.image.bytes], { type: sample.image.media_type });
for (const element of sample.truth.elements) {
  const role: string = element.role;
  const width: number = element.box.width;
  if (element.actions.includes('click')) console.log(role, width, element.point?.x);
}
for await (const next of generator.samples({ signal: AbortSignal.timeout(1000) })) {
  console.log(next.fingerprint);
}

const layouts = new SyntheticUIGenerator(new GenerationConfig({ seed: 7 })).generateBatch();
const datasetPath: string = await new DatasetExporter().exportJsonl(layouts);
const config = new FineTuneConfig({
  datasetPath,
  provider: ProviderName.OPENAI,
  baseModel: 'gpt-4o-mini',
  providerOptions: { simulated: {} },
});
const finetuner = new VisionFinetuner({ jobManager: new FineTuneJobManager() });
const job: FineTuneJob = await finetuner.startFinetune(config);
if (job.status === 'completed') console.log(job.metrics.train_samples);
const far: Promise<Sample> = new WorkerGenerator({ seed: 1 }).sample(0);
console.log((await far).layout_id);

const questions: CompareQuestion[] = compareQuestions('', { side: 'validation', limit: 100 });
const answers = questions.map((q) => ({ id: q.id, answer: `[${q.target.x}, ${q.target.y}]` }));
const compared: Comparison = compareAnswers(questions, '', answers, { baseConvention: 'thousand' });
console.log(compared.tuned.hits.low, compared.slices[0]?.by, compared.rows[0]?.base.found);

const models = await workspace().modelLineages();
const newest: number | undefined = models[0]?.versions.at(-1)?.version;
const asked = await LLMConfigRegistry.ask('KEY@1', 'Click', new Uint8Array(), { who: 'base' });
if (asked.found?.kind === 'point') console.log(newest, asked.found.x, asked.answer.latency_ms);
// @ts-expect-error tuned or base
await LLMConfigRegistry.ask('KEY', '', new Uint8Array(), { who: 'both' });

// @ts-expect-error no such format
new Generator({ imageFormat: 'gif' });
// @ts-expect-error records are snake_case, options are camelCase
new Generator({ num_samples: 3 });
// @ts-expect-error nobody of that name
new FineTuneConfig({ datasetPath, provider: 'nobody', baseModel: 'm' });
