import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  parseTuning,
  peculiarities,
  postgresTuning,
  relayTuning,
  settingProblem,
  TUNING_KEYS,
} from '../../../../src/stack/tuning/tuning.ts';

const DOCS = readFileSync(new URL('../../../../docs/stack.md', import.meta.url), 'utf8');

function messageOf(...texts: readonly string[]): string {
  try {
    parseTuning(texts);
  } catch (error) {
    expect(error).toMatchObject({ code: 'STACK_SETTING_INVALID', exitCode: 2 });
    return (error as Error).message;
  }
  throw new Error(`${texts.join(' ')} is taken`);
}

describe('what --set changes', () => {
  test('is read as keys and values', () => {
    expect(parseTuning(['relay.pool=1', 'postgres.work_mem=16MB'])).toEqual({
      'relay.pool': '1',
      'postgres.work_mem': '16MB',
    });
    expect(parseTuning([])).toEqual({});
  });

  test('goes to Postgres under its names there, and to the relay program as its flags', () => {
    const tuning = parseTuning(['relay.pool=1', 'postgres.work_mem=16MB', 'relay.max-connections=10']);
    expect([...postgresTuning(tuning)]).toEqual([['work_mem', '16MB']]);
    expect(relayTuning(tuning)).toEqual(['--read-pool', '1', '--max-connections', '10']);
  });

  test('gives the relay program a switch where it is true, and nothing where it is false', () => {
    expect(relayTuning(parseTuning(['relay.compression=true']))).toEqual(['--compression']);
    expect(relayTuning(parseTuning(['relay.compression=false']))).toEqual([]);
  });

  test.each([
    ['relay.pool', '"relay.pool" is not KEY=VALUE'],
    ['=4', '"=4" is not KEY=VALUE'],
    ['relay.pol=4', 'there is no setting "relay.pol" (did you mean "relay.pool"?)'],
    ['postgres.work_men=4MB', 'there is no setting "postgres.work_men" (did you mean "postgres.work_mem"?)'],
    ['work_mem=4MB', 'there is no setting "work_mem"'],
    ['relay.constructor=1', 'there is no setting "relay.constructor"'],
    ['relay.pool=0', 'relay.pool must be a whole number from 1 to 9999, not "0"'],
    ['relay.compression=yes', 'relay.compression must be true or false, not "yes"'],
    ['relay.pool=', 'relay.pool must be a whole number from 1 to 9999, not ""'],
    ['postgres.work_mem=16', 'postgres.work_mem must be a size from 64kB to 1TB with its unit'],
    ['postgres.work_mem=16Mb', 'such as 64MB, not "16Mb"'],
    ['postgres.work_mem=1kB', 'must be a size from 64kB'],
    ['postgres.checkpoint_timeout=1s', 'must be a time from 30s to 1440min'],
    ['postgres.random_page_cost=x', 'must be a number from 0 to 1000'],
    ['postgres.autovacuum=maybe', 'postgres.autovacuum must be on or off, not "maybe"'],
    ['postgres.huge_pages=maybe', 'must be off, on, try'],
    ['postgres.fsync=off', "can't be set: what an OK is worth is decided by --durability"],
    ['region-2.rtt=120', 'region-2.rtt must be a time from 0ms to 10s with its unit'],
    ['region-1.rtt=1min', 'must be a time from 0ms to 10s'],
    ['region-1.bandwidth=1MB', 'must be bytes a second with a unit (KB/s, MB/s, GB/s), such as 10MB/s'],
    ['region-3.rtt=1ms', 'there is no setting "region-3.rtt"'],
    ['postgres.port=1', 'there is no setting "postgres.port"'],
    ['postgres.archive_command=true', 'there is no setting "postgres.archive_command"'],
  ])('%s is refused: %s', (text, message) => {
    expect(messageOf(text)).toContain(`--set: `);
    expect(messageOf(text)).toContain(message);
  });

  test('is refused where a key is given twice', () => {
    expect(messageOf('relay.pool=1', 'relay.pool=2')).toBe('--set: relay.pool is given twice');
  });

  test.each([`16MB'`, '16MB\nfsync = off', '16MB # ', '$(id)', '1; DROP'])(
    'never puts %j into a file or an argument',
    (value) => {
      for (const key of TUNING_KEYS) expect(settingProblem(key, value), key).not.toBeNull();
    },
  );

  test('is told in an order that is always the same', () => {
    const settings = { 'relay.pool': '1', 'postgres.work_mem': '16MB' };
    expect(peculiarities({ settings, withoutIndexes: true })).toEqual([
      'postgres.work_mem=16MB',
      'relay.pool=1',
      'without covering indexes',
    ]);
    expect(peculiarities({})).toEqual([]);
  });

  test('is listed in docs/stack.md, every key of it', () => {
    const missing = TUNING_KEYS.map((key) => key.slice(key.indexOf('.') + 1)).filter(
      (name) => !DOCS.includes(`\`${name}\``),
    );
    expect(missing).toEqual([]);
  });
});
