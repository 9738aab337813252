import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { gateProblem } from '../../../src/gate/parse.ts';
import { suiteScenarioPath } from '../../../src/scenario/builtin.ts';
import { loadScenario } from '../../../src/scenario/load.ts';
import { chainsOf, PART_IDS, SUITE_PARTS, selectParts } from '../../../src/suite/parts.ts';

const ids = (parts: readonly { readonly id: string }[]) => parts.map(({ id }) => id);

describe('the parts of a suite', () => {
  test.each(SUITE_PARTS)('$id has a scenario of its own that is valid', async ({ id, scenario }) => {
    const path = suiteScenarioPath(scenario);
    expect((await loadScenario(path, gateProblem)).name).toBe(`suite-${id}`);
    expect(await readFile(path, 'utf8')).toContain('# Part of `suite`');
  });

  test('have different names, and figures with different keys', () => {
    expect(new Set(PART_IDS).size).toBe(PART_IDS.length);
    for (const { figures } of SUITE_PARTS)
      expect(new Set(figures.map(({ key }) => key)).size).toBe(figures.length);
  });

  test('that ask for events of a named corpus share one', async () => {
    const all = await Promise.all(
      SUITE_PARTS.map(({ scenario }) => loadScenario(suiteScenarioPath(scenario), gateProblem)),
    );
    const named = all.flatMap(({ corpus }) =>
      corpus.profile === undefined ? [] : [`${corpus.profile} ${corpus.events}`],
    );
    expect(named.length).toBeGreaterThan(2);
    expect(new Set(named).size).toBe(1);
  });

  test('come with what must be before them, in their order', () => {
    expect(ids(selectParts(['count', 'queries-cold']))).toEqual(['queries', 'queries-cold', 'count']);
    expect(ids(selectParts(['ack']))).toEqual(['ack']);
    expect(selectParts(null)).toBe(SUITE_PARTS);
  });

  test('are chained where they share a start of the relay', () => {
    const chains = chainsOf(SUITE_PARTS).map(ids);
    expect(chains).toContainEqual(['queries', 'queries-cold']);
    expect(chains.flat().sort()).toEqual([...PART_IDS].sort());
  });
});
