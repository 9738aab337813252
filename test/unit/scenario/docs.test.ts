import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { gateProblem, parseGates } from '../../../src/gate/parse.ts';
import { buildPlan } from '../../../src/plan/build-plan.ts';
import { listBuiltins, loadScenario } from '../../../src/scenario/load.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';

const TEXT = await readFile(new URL('../../../docs/scenarios.md', import.meta.url), 'utf8');

/** The fenced blocks of one language. */
function blocks(language: string): string[] {
  return [...TEXT.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text);
}

describe('docs/scenarios.md', () => {
  it('shows a scenario that is valid and can be planned', () => {
    const [example = ''] = blocks('yaml');
    const parsed = parseScenario(example, gateProblem);
    expect(parsed).toHaveProperty('scenario');
    if ('problems' in parsed) return;
    const plan = buildPlan({ scenario: parsed.scenario, targets: ['ws://127.0.0.1:1'], cores: 4 });
    expect(plan.gates).toContain('ack_latency{phase=peak} p99 < 500ms');
  });

  it('shows no scenario that is invalid', () => {
    for (const text of blocks('yaml')) expect(parseScenario(text, gateProblem)).toHaveProperty('scenario');
  });

  it('shows gates that are valid', () => {
    const lines = blocks('gates').flatMap((text) => text.trim().split('\n'));
    expect(parseGates(lines)).toHaveLength(10);
  });

  it('lists every built-in with its rates', async () => {
    for (const { name } of await listBuiltins()) {
      const row = TEXT.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
      const { publish, query, connect } = (await loadScenario(name, gateProblem)).workloads;
      if (publish) expect(row).toContain(`${publish.rate}`);
      if (query) expect(row).toContain(`${query.rate} queries/s`);
      if (connect) expect(row).toContain(`${connect.rate} new connections/s`);
    }
  });
});
