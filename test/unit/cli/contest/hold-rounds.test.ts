import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { abExitCode, holdAb } from '../../../../src/cli/contest/hold-ab.ts';
import {
  holdRounds,
  type RoundsRequest,
  type RoundsResult,
  type RunOnce,
} from '../../../../src/cli/contest/hold-rounds.ts';
import { DEFAULT_OPTIONS } from '../../../../src/compare/compare.ts';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { runOf } from '../../../support/sample-runs.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const CONTENDERS = ['base', 'candidate'].map((name) => ({ name, url: 'ws://127.0.0.1:1/', command: null }));

async function request(runOnce: RunOnce, changes: Partial<RoundsRequest> = {}): Promise<RoundsRequest> {
  return {
    contenders: CONTENDERS,
    rounds: 4,
    seed: 1,
    directory: await tempDir(),
    prefix: '',
    runOnce,
    interruption: { received: () => null },
    say: () => undefined,
    ...changes,
  };
}

const DOUBTFUL = runOf(1, {
  generator: { ...runOf(1).generator, doubts: [{ kind: 'generator-late', text: 'many were late' }] },
});
const INVALID = runOf(1, {
  validity: { verdict: 'invalid', reasons: ['late'], owners: ['generator'], kinds: [] },
});

/** Runs that are as slow as told for each side, a little different each time. */
function relays(slowdowns: Readonly<Record<string, (run: number) => number>>): RunOnce {
  const runs: Record<string, number> = {};
  return async ({ name }) => {
    const run = runs[name] ?? 0;
    runs[name] = run + 1;
    return runOf((slowdowns[name]?.(run) ?? 1) * (1 + (run % 4) * 0.002));
  };
}

describe('holdRounds', () => {
  test('keeps the record of every run and gives rounds in the order of the contenders', async () => {
    const asked = await request(async () => runOf(1));
    const { rounds, leftOut } = await holdRounds(asked);
    expect(leftOut).toEqual([]);
    expect(rounds.map((round) => round.map(({ name }) => name))).toEqual(
      ['01', '02', '03', '04'].map((round) => [`${round}-base.json`, `${round}-candidate.json`]),
    );
    expect(await readdir(asked.directory)).toHaveLength(8);
  });

  test('holds a round again in which a run was invalid', async () => {
    let runs = 0;
    const { rounds, leftOut } = await holdRounds(
      await request(async () => (++runs === 3 ? INVALID : runOf(1))),
    );
    expect(rounds).toHaveLength(4);
    expect(runs).toBe(10);
    expect(leftOut).toEqual([expect.stringMatching(/^02-.*\.json: late$/)]);
  });

  test('holds a round again whose figures may be too high, though its gates hold', async () => {
    let runs = 0;
    const doubtful: RunOnce = async () => (runs++ === 0 ? DOUBTFUL : runOf(1));
    const { rounds, leftOut } = await holdRounds(await request(doubtful));
    expect(rounds).toHaveLength(4);
    expect(leftOut).toEqual([expect.stringMatching(/^01-.*\.json: many were late$/)]);
  });

  test('gives up after twice as many rounds, and keeps what was recorded apart', async () => {
    let runs = 0;
    const never: RunOnce = async () => {
      runs++;
      return INVALID;
    };
    const held = await holdRounds(await request(never));
    expect(held.rounds).toEqual([]);
    expect(held.invalid).toHaveLength(8);
    expect(runs).toBe(16);
  });

  test('ends with the code of a signal, whatever was measured', async () => {
    const asked = await request(async () => runOf(1), { interruption: { received: () => 'SIGINT' } });
    await expect(holdRounds(asked)).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
  });

  test('does not judge by a run that ended early', async () => {
    const partial = async (): Promise<RunRecord> => runOf(1, { partial: true });
    await expect(holdRounds(await request(partial))).rejects.toMatchObject({ exitCode: 103 });
  });
});

describe('holdAb', () => {
  const options = { ...DEFAULT_OPTIONS, method: 'statistical' as const };
  const hold = async (runOnce: RunOnce, rounds = 4) =>
    holdAb({ rounds: await request(runOnce, { rounds }), options });

  test('confirms a regression by fresh pairs before it counts', async () => {
    const found = await hold(relays({ candidate: () => 1.3 }));
    expect(found).toMatchObject({ verdict: 'worse', confirmation: { runs: 4, confirmed: true } });
    expect(abExitCode(found)).toBe(98);
  });

  test('takes back what fresh pairs do not show', async () => {
    const found = await hold(relays({ candidate: (run) => (run < 4 ? 1.3 : 1) }));
    expect(found).toMatchObject({ verdict: 'inconclusive', confirmation: { confirmed: false } });
    expect(abExitCode(found)).toBe(0);
  });

  test('makes no fresh pairs where nothing is worse', async () => {
    const found = await hold(relays({}));
    expect(found).toMatchObject({ verdict: 'same', confirmation: null });
  });

  test.each([1, 2, 3])('decides nothing by %d pairs, however large the change', async (rounds) => {
    const found = await hold(relays({ candidate: () => 3 }), rounds);
    expect(found).toMatchObject({ method: 'statistical', verdict: 'inconclusive', confirmation: null });
  });

  test('is invalid where too few pairs are valid', async () => {
    const held = hold(async () => INVALID);
    await expect(held).rejects.toMatchObject({ code: 'AB_INVALID', exitCode: 103 });
  });

  test('shows what it has before it says that it is invalid', async () => {
    const shown: number[] = [];
    const rounds = await request(async () => INVALID, { rounds: 4 });
    const onTooFew = async (held: RoundsResult): Promise<void> => {
      shown.push(held.invalid.length);
    };
    await expect(holdAb({ rounds, options, onTooFew })).rejects.toMatchObject({ code: 'AB_INVALID' });
    expect(shown).toEqual([8]);
  });
});
