import { readFileSync } from 'node:fs';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { Secret } from 'kubernetes-models/v1/Secret';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { main } from '../../../../src/cli/main.ts';
import { FakeProcess } from '../../../support/fake-process.ts';

function recipe(name: string): string {
  return readFileSync(new URL(`../../../../docs/distributed/${name}`, import.meta.url), 'utf8');
}

/** The options that a recipe starts an agent with. */
function optionsIn(text: string): string[] {
  const call = text.split('\n').find((line) => line.includes('--allow') && !line.startsWith('#'));
  return call?.match(/--[a-z]+/g) ?? [];
}

async function helpOfAgent(): Promise<string> {
  const process = new FakeProcess(['agent', '--help']);
  await main(process);
  return process.stdout.text;
}

describe('the recipes for agents', () => {
  test('for Kubernetes are valid, and the Job is an Indexed one that starts nothing again', () => {
    const [secret, job] = parseAllDocuments(recipe('kubernetes.yaml')).map((document) => document.toJS());
    new Secret(secret).validate();
    const checked = new Job(job);
    checked.validate();
    expect(checked.spec).toMatchObject({ completionMode: 'Indexed', backoffLimit: 0 });
    expect(checked.spec?.completions).toBe(checked.spec?.parallelism);
  });

  test('would not pass if a field had another type', () => {
    const [, job] = parseAllDocuments(
      recipe('kubernetes.yaml').replace('completions: 4', 'completions: four'),
    );
    expect(() => new Job(job?.toJS()).validate()).toThrow(/completions/);
  });

  test.each(['kubernetes.yaml', 'relay-bench-agent.service', 'agents.nomad.hcl'])(
    '%s uses options that exist, and names the hosts that may be loaded',
    async (name) => {
      const options = optionsIn(recipe(name));
      const help = await helpOfAgent();
      expect(options).toContain('--allow');
      for (const option of options) expect(help).toContain(`${option} `);
    },
  );
});
