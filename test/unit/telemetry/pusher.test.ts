import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pusher } from '../../../src/telemetry/pusher.ts';
import type { Snapshot } from '../../../src/telemetry/view.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const SNAPSHOT: Snapshot = { version: 1, stage: 'running', families: [] };

/** A pusher whose receiver does what `send` does. */
function pusher(send: () => Promise<void>) {
  const said: string[] = [];
  const sending = vi.fn(send);
  const made = new Pusher({
    name: 'push gateway http://127.0.0.1:9091/',
    everyMs: 1_000,
    snapshot: () => SNAPSHOT,
    send: sending,
    say: (line) => said.push(line),
  });
  return { made, sending, said };
}

describe('pushing', () => {
  it('goes on by the clock, and once more at the end', async () => {
    const { made, sending, said } = pusher(async () => undefined);
    await vi.advanceTimersByTimeAsync(3_500);
    expect(sending).toHaveBeenCalledTimes(3);
    expect(await made.finish()).toBeNull();
    expect(sending).toHaveBeenCalledTimes(4);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sending).toHaveBeenCalledTimes(4);
    expect(said).toEqual([]);
  });

  it('to a receiver that is away is said once and counted, and nothing is thrown', async () => {
    const { made, said } = pusher(() => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:9091')));
    await vi.advanceTimersByTimeAsync(2_500);
    expect(await made.finish()).toBe(
      'push gateway http://127.0.0.1:9091/ did not take 3 of 3 pushes: connect ECONNREFUSED 127.0.0.1:9091',
    );
    expect(said).toEqual([
      'push gateway http://127.0.0.1:9091/ does not take metrics (connect ECONNREFUSED 127.0.0.1:9091); the run goes on',
    ]);
  });

  it('says when the receiver is back', async () => {
    let isAway = true;
    const { made, said } = pusher(async () => {
      if (isAway) throw new Error('HTTP status 503');
    });
    await vi.advanceTimersByTimeAsync(1_000);
    isAway = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(said.at(-1)).toBe('push gateway http://127.0.0.1:9091/ takes metrics again');
    expect(await made.finish()).toContain('did not take 1 of 3 pushes: HTTP status 503');
  });

  it('never sends twice at once to one that is slow', async () => {
    let end: () => void = () => undefined;
    const { made, sending } = pusher(
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sending).toHaveBeenCalledTimes(1);
    const finished = made.finish();
    end();
    await vi.advanceTimersByTimeAsync(0);
    expect(sending).toHaveBeenCalledTimes(2);
    end();
    expect(await finished).toBeNull();
  });
});
