import { describe, expect, it } from 'vitest';
import { goneWithin, type Stoppable, settledWithin, stopOrKill } from '../../../src/base/stop.ts';

/** Ends by those signals alone, and notes what it was sent. */
function runner(...endsBy: readonly NodeJS.Signals[]): Stoppable & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    signal: (signal) => heard.push(signal),
    isGone: async (withinMs) => {
      heard.push(`waited ${withinMs}`);
      return endsBy.some((signal) => heard.includes(signal));
    },
  };
}

const TIMES = { graceMs: 10, killedMs: 5 };

describe('what is to be stopped', () => {
  it('is asked, and left alone where it ends', async () => {
    const target = runner('SIGTERM');
    expect(await stopOrKill(target, TIMES)).toBe(true);
    expect(target.heard).toEqual(['SIGTERM', 'waited 10']);
  });

  it('is killed after its grace', async () => {
    const target = runner('SIGKILL');
    expect(await stopOrKill(target, TIMES)).toBe(true);
    expect(target.heard).toEqual(['SIGTERM', 'waited 10', 'SIGKILL', 'waited 5']);
  });

  it('is asked with its own signal', async () => {
    const target = runner('SIGINT');
    expect(await stopOrKill(target, { ...TIMES, signal: 'SIGINT' })).toBe(true);
    expect(target.heard).toEqual(['SIGINT', 'waited 10']);
  });

  it('is told of where nothing ends it', async () => {
    expect(await stopOrKill(runner(), TIMES)).toBe(false);
  });
});

describe('waiting for an end', () => {
  it('ends with what is there no more', async () => {
    let looks = 0;
    expect(await goneWithin(() => ++looks < 3, 60_000)).toBe(true);
    expect(looks).toBe(3);
  });

  it('gives up on what stays', async () => {
    expect(await goneWithin(() => true, 1)).toBe(false);
  });

  it('ends with a promise, or gives it up', async () => {
    expect(await settledWithin(Promise.resolve('exit code 0'), 60_000)).toBe(true);
    expect(await settledWithin(new Promise(() => undefined), 1)).toBe(false);
  });
});
