import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchRelayMetrics } from '../../../../src/observe/scrape/watch-relay-metrics.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const URL_OF_RELAY = 'http://me:secret@127.0.0.1:9100/metrics?token=hidden';
const strfry = (events: number, connections: number): string =>
  `nostr_client_messages_total{verb="EVENT"} ${events}\nstrfry_connections_current ${connections}\n`;

/** A watch of a relay that gives these answers one after the other, then the last one again; an error is thrown. */
function watch(...answers: (string | Error)[]) {
  let at = 0;
  const fetch = vi.fn(async () => {
    const answer = answers[Math.min(at++, answers.length - 1)] ?? '';
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const nowNs = (): number => Date.now() * 1e6;
  return { made: watchRelayMetrics([URL_OF_RELAY], { fetch, nowNs }), fetch };
}

describe('asking a relay for its metrics', () => {
  it('keeps a sample a second, growth and highest values, and asks no more once it is stopped', async () => {
    const { made, fetch } = watch(strfry(100, 8), strfry(300, 12), strfry(600, 10));
    made.start();
    await vi.advanceTimersByTimeAsync(1_500);
    made.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(made.report()).toEqual([
      {
        url: 'http://***@127.0.0.1:9100/metrics?***',
        software: 'strfry',
        scrapes: 3,
        failed: 0,
        malformedLines: 0,
        problem: null,
        figures: { events_total: 500, connections_max: 12 },
        samples: [
          { t: 0, figures: { events_total: 100, connections: 8 } },
          { t: 1, figures: { events_total: 300, connections: 12 } },
          { t: 1.5, figures: { events_total: 600, connections: 10 } },
        ],
      },
    ]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it('goes on where it does not answer, and says why', async () => {
    const { made } = watch(strfry(100, 8), new Error('connect ECONNREFUSED 127.0.0.1:9100'), strfry(50, 8));
    made.start();
    await vi.advanceTimersByTimeAsync(2_500);
    made.stop();
    await vi.advanceTimersByTimeAsync(0);
    const [relay] = made.report();
    expect(relay).toMatchObject({
      scrapes: 4,
      failed: 1,
      problem: 'connect ECONNREFUSED 127.0.0.1:9100',
      // It was started anew meanwhile.
      figures: { events_total: 50 },
    });
    expect(relay?.samples.map(({ figures }) => figures === null)).toEqual([false, true, false, false]);
  });

  it('counts lines that are no metrics', async () => {
    const { made } = watch(`<html>\n${strfry(1, 1)}`);
    made.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(made.report()[0]).toMatchObject({ malformedLines: 2, software: 'strfry' });
    made.stop();
  });

  it('waits for the last answer, and says nothing of growth after a single one', async () => {
    let give = (_text: string): void => undefined;
    const fetch = vi.fn(
      () =>
        new Promise<string>((resolve) => {
          give = resolve;
        }),
    );
    const made = watchRelayMetrics([URL_OF_RELAY], { fetch });
    made.start();
    made.stop();
    let isSettled = false;
    const settled = made.settled().then(() => {
      isSettled = true;
    });
    await vi.advanceTimersByTimeAsync(10);
    expect(isSettled).toBe(false);
    give(strfry(100, 8));
    await settled;
    expect(made.report()[0]).toMatchObject({ scrapes: 1, failed: 0, figures: { connections_max: 8 } });
    expect(made.report()[0]?.figures).not.toHaveProperty('events_total');
    await made.settled();
  });

  it('never asks a second time before the first answer', async () => {
    const fetch = vi.fn(() => new Promise<string>(() => undefined));
    const made = watchRelayMetrics([URL_OF_RELAY], { fetch });
    made.start();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(fetch).toHaveBeenCalledOnce();
    made.stop();
    expect(made.report()[0]).toMatchObject({ scrapes: 1, failed: 0, samples: [{ t: 0, figures: null }] });
  });

  it('is not begun by an end, and nothing is told where nobody is asked', () => {
    const { made, fetch } = watch('');
    made.stop();
    made.start();
    expect(fetch).not.toHaveBeenCalled();
    expect(made.report()[0]).toMatchObject({ scrapes: 0, samples: [] });
    expect(watchRelayMetrics([]).report()).toEqual([]);
  });
});
