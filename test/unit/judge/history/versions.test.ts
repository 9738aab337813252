import { describe, expect, test } from 'vitest';
import { judgeVersions } from '../../../../src/judge/history/versions.ts';

const version = (created_at: number, id: string) => ({ created_at, id });
const NEWEST = version(100, 'b');

describe('versions that relays keep', () => {
  test('are right where all keep the newest acknowledged one', () => {
    expect(judgeVersions(NEWEST, [NEWEST, NEWEST])).toEqual([]);
  });

  test('are right where all keep the same newer one, which another client may have written', () => {
    expect(judgeVersions(NEWEST, [version(101, 'c'), version(101, 'c')])).toEqual([]);
  });

  test('are stale where one is older or gone', () => {
    const old = version(99, 'a');
    expect(judgeVersions(NEWEST, [old, NEWEST, null])).toEqual([
      { kind: 'stale', relay: 0, got: old },
      { kind: 'stale', relay: 2, got: null },
    ]);
  });

  test('are stale where of one second the higher id is kept (NIP-01)', () => {
    expect(judgeVersions(NEWEST, [version(100, 'c')])).toMatchObject([{ kind: 'stale' }]);
  });

  test('diverge where each might be right alone', () => {
    expect(judgeVersions(NEWEST, [NEWEST, version(101, 'c'), version(101, 'c')])).toEqual([
      { kind: 'diverging', relay: 0, got: NEWEST },
    ]);
  });
});
