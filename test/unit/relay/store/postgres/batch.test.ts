import { describe, expect, it } from 'vitest';
import { rivalsOf, selectBatch, settleRivals } from '../../../../../src/relay/store/postgres/batch.ts';
import { GroupCommit } from '../../../../../src/relay/store/postgres/group-commit.ts';
import { addressKey, tagKey, textKey } from '../../../../../src/relay/store/postgres/keys.ts';
import { parseLsn } from '../../../../../src/relay/store/postgres/lsn.ts';
import { someStored } from '../../../../support/stored-event.ts';

describe('a batch', () => {
  it('leaves out an event that a request to delete in it names', () => {
    const note = someStored();
    const deletion = someStored({ kind: 5, tags: [['e', note.id]] });
    expect(selectBatch([note, deletion], 10)).toEqual([0, 1]);
    expect(selectBatch([deletion, note], 10)).toEqual([0]);
  });

  it('leaves out a version by an author of whom it holds a request to delete', () => {
    const deletion = someStored({ kind: 5, tags: [['a', `0:${'a'.repeat(64)}:`]] });
    expect(selectBatch([deletion, someStored({ kind: 0 })], 10)).toEqual([0]);
    expect(selectBatch([deletion, someStored({ kind: 0, pubkey: 'b'.repeat(64) })], 10)).toEqual([0, 1]);
  });

  it('leaves out a version that it already holds, but no other event', () => {
    const [profile, note] = [someStored({ kind: 0 }), someStored()];
    expect(selectBatch([profile, someStored({ kind: 0 }), profile], 10)).toEqual([0, 1]);
    expect(selectBatch([note, someStored(), note], 10)).toEqual([0, 1, 2]);
  });

  it('leaves out what has an owner in common with an event before it that is left out, and takes all others', () => {
    const [author, recipient] = ['b'.repeat(64), 'c'.repeat(64)];
    const note = someStored({ pubkey: author });
    const deletion = someStored({ pubkey: author, kind: 5, tags: [['e', note.id]] });
    const wrap = someStored({ kind: 1059, pubkey: author, tags: [['p', recipient]] });
    const answer = someStored({ pubkey: recipient });
    expect(selectBatch([deletion, note, wrap, someStored(), answer], 10)).toEqual([0, 3]);
  });

  it('holds as many events as it may', () => {
    expect(
      selectBatch(
        [1, 2, 3].map(() => someStored()),
        2,
      ),
    ).toEqual([0, 1]);
  });

  it('is not looked for among all that waits where hardly anything fits together', () => {
    let looked = 0;
    function* waiting() {
      for (; looked < 1_000; looked++) yield looked % 2 === 0 ? deletion : someStored({ kind: 0 });
    }
    const deletion = someStored({ kind: 5, tags: [['e', 'b'.repeat(64)]] });
    expect(selectBatch(waiting(), 10)).toEqual([0]);
    expect(looked).toBeLessThan(50);
    const wraps = Array.from({ length: 200 }, (_, n) =>
      someStored({ kind: 1059, tags: Array.from({ length: 100 }, (__, to) => ['p', `${n} ${to}`]) }),
    );
    expect(selectBatch(wraps, 100).length).toBeLessThan(100);
  });

  it('lets the best version of an address win, and answers as if one had come after the other', () => {
    const [old, newest, middle] = [100, 102, 101].map((created_at) => someStored({ kind: 0, created_at }));
    const [rivals] = rivalsOf([old, newest, middle].filter((event) => event !== undefined));
    expect(rivals?.best).toBe(newest);
    expect(settleRivals(rivals?.versions ?? [], null)).toEqual(['stored', 'stored', 'superseded']);
    expect(settleRivals(rivals?.versions ?? [], middle ?? null)).toEqual([
      'superseded',
      'stored',
      'superseded',
    ]);
    expect(settleRivals(rivals?.versions ?? [], newest ?? null)).toEqual([
      'superseded',
      'duplicate',
      'superseded',
    ]);
  });
});

/** What tests of batches do not care about. */
const PATIENT = { answerWithinMs: 60_000, lateError: () => new Error('late') };

describe('a group commit', () => {
  it('commits together what comes while a commit is on its way, in order, and answers each', async () => {
    const batches: (readonly number[])[] = [];
    const queue = new GroupCommit<number, string>({
      ...PATIENT,
      queueMax: 100,
      writers: 1,
      take: (items) => [...[...items].keys()],
      commit: async (items) => {
        batches.push(items);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return items.map((item) => `done ${item}`);
      },
    });
    const first = queue.add(1);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const others = [2, 3, 4].map((item) => queue.add(item));
    expect(await Promise.all([first, ...others])).toEqual(['done 1', 'done 2', 'done 3', 'done 4']);
    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it('takes what it is told to take, and keeps the rest in its order', async () => {
    const batches: (readonly number[])[] = [];
    const queue = new GroupCommit<number, number>({
      ...PATIENT,
      queueMax: 100,
      writers: 1,
      take: (items) => [...[...items].entries()].filter(([, item]) => item % 2 === 1).map(([place]) => place),
      commit: async (items) => {
        batches.push(items);
        return items;
      },
    });
    const added = [1, 2, 3, 4].map((item) => queue.add(item));
    expect(await Promise.all(added)).toEqual([1, 2, 3, 4]);
    expect(batches).toEqual([[1, 3], [2], [4]]);
  });

  it('refuses what is too much, passes failures on and goes on', async () => {
    const queue = new GroupCommit<string, string>({
      ...PATIENT,
      queueMax: 2,
      writers: 1,
      take: () => [0],
      commit: async ([item = '']) => {
        if (item === 'bad') throw new Error('no');
        return [item];
      },
    });
    const bad = queue.add('bad');
    const good = queue.add('good');
    expect(queue.add('one too many')).toBeNull();
    await expect(bad).rejects.toThrow('no');
    expect(await good).toBe('good');
    await queue.idle();
    expect(queue.queueDepth).toBe(0);
  });

  it('answers in time what a batch does not settle, and tells apart what was begun', async () => {
    const settled: ((outcomes: readonly string[]) => void)[] = [];
    const queue = new GroupCommit<string, string>({
      queueMax: 10,
      writers: 1,
      take: () => [0],
      commit: () => new Promise((resolve) => settled.push(resolve)),
      answerWithinMs: 100,
      lateError: (isOnItsWay) => new Error(isOnItsWay ? 'begun' : 'not begun'),
    });
    const begun = queue.add('a');
    const waiting = queue.add('b');
    await Promise.all([
      expect(begun).rejects.toThrow(/^begun$/),
      expect(waiting).rejects.toThrow(/^not begun$/),
    ]);
    expect(queue.queueDepth).toBe(0);
    settled[0]?.(['too late']);
    await queue.idle();
    expect(settled).toHaveLength(1);
  });

  it('tells a batch when its last item is answered at the latest', async () => {
    const deadlines: number[] = [];
    const queue = new GroupCommit<string, string>({
      ...PATIENT,
      queueMax: 10,
      writers: 1,
      take: () => [0, 1],
      commit: async (items, deadlineMs) => {
        deadlines.push(deadlineMs);
        return items;
      },
    });
    const earliestMs = performance.now() + PATIENT.answerWithinMs;
    await Promise.all([queue.add('a'), queue.add('b')]);
    const latestMs = performance.now() + PATIENT.answerWithinMs;
    expect(deadlines).toHaveLength(1);
    expect(deadlines[0]).toBeGreaterThanOrEqual(earliestMs);
    expect(deadlines[0]).toBeLessThanOrEqual(latestMs);
  });
});

describe('keys', () => {
  it('are halves of hex, texts, or hashes of long texts, and never the same', () => {
    const hex = 'ab'.repeat(32);
    expect(textKey(hex)).toBe(`\\x00${hex}`);
    expect(textKey('é')).toBe('\\x01c3a9');
    expect(textKey('x'.repeat(5_000))).toMatch(/^\\x02[0-9a-f]{64}$/);
    expect(tagKey('t', 'a')).toBe('\\x740161');
    expect(tagKey('T', 'a')).not.toBe(tagKey('t', 'a'));
  });

  it('of addresses are read only where they are written as NIP-01 writes them', () => {
    const pubkey = 'ab'.repeat(32);
    expect(addressKey(`30023:${pubkey}:a:b`)).toEqual({
      pubkey: `\\x${pubkey}`,
      kind: 30_023,
      d: '\\x01613a62',
    });
    for (const wrong of [`030023:${pubkey}:`, `0:${pubkey}`, `0:${pubkey.toUpperCase()}:`, 'x']) {
      expect(addressKey(wrong)).toBeNull();
    }
  });
});

describe('a position in the log', () => {
  it('is a number of bytes', () => {
    expect(parseLsn('0/10')).toBe(16);
    expect(parseLsn('2/0')).toBe(2 * 2 ** 32);
    expect(parseLsn('16/B374D848')).toBeGreaterThan(parseLsn('16/B374D847'));
  });
});
