import { join } from 'node:path';
import { findNamedCorpus } from '../../src/cli/run/named-corpus.ts';
import { generateCorpus } from '../../src/corpus/generate/generate-corpus.ts';
import { DEFAULT_BASE_TIME_S } from '../../src/corpus/spec.ts';
import type { NamedCorpus } from '../../src/plan/parts.ts';
import { sampleScenario } from './sample-plan.ts';

/** Makes a corpus of profile `social` in a directory, with all that a plan must know of it. */
export async function socialCorpus(parent: string, events: number): Promise<NamedCorpus> {
  const dir = join(parent, 'corpus');
  const spec = { profile: 'social', seed: 1, events, baseTime_s: DEFAULT_BASE_TIME_S } as const;
  await generateCorpus(spec, { dir, gzip: false, threads: 1, fresh: false });
  const found = await findNamedCorpus({
    scenario: sampleScenario({ corpus: { file: dir } }),
    scenarioFile: null,
    corpora: { provide: () => Promise.reject(new Error('the corpus is on disk')) },
  });
  if (found === null) throw new Error('the scenario names a corpus');
  return found;
}
