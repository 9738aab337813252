import { describe, expect, it } from 'vitest';
import { plainProgress } from '../../../../src/report/progress/plain.ts';
import type { ProgressEvent } from '../../../../src/result/progress.ts';
import { connecting, draining, finished, interval, preparing, started } from './events.ts';

function linesOf(events: readonly (readonly [number, ProgressEvent])[]): string[] {
  let now = 0;
  const lines: string[] = [];
  const reporter = plainProgress({ write: (text) => lines.push(text), nowMs: () => now });
  for (const [atMs, event] of events) {
    now = atMs;
    reporter.onProgress?.(event);
  }
  return lines;
}

describe('plainProgress', () => {
  it('writes a line at the start, at each change, every 10 s and at the end', () => {
    const seconds = Array.from({ length: 25 }, (_, t) => [2_000 + (t + 1) * 1_000, interval(t)] as const);
    const lines = linesOf([
      [0, connecting(0)],
      [500, connecting(25)],
      [1_000, connecting(49, 1)],
      [1_100, preparing(0)],
      [1_500, preparing(250)],
      [2_000, started],
      ...seconds,
      [27_100, draining],
      [27_300, finished],
      [27_400, interval(25, { phase: 'drain' })],
    ]);
    expect(lines.map((line) => line.split(':').slice(0, 1).join())).toEqual([
      '[0 s] opening 50 connections\n',
      '[1 s] 49 of 50 connections open, 1 failed; preparing corpus (500)\n',
      '[2 s] load starts',
      '[3 s] warm-up',
      '[8 s] steady',
      '[18 s] steady 16 s of 25 s',
      '[27 s] load offered, waiting for 12 replies\n',
      '[27 s] finished',
    ]);
  });

  it('says in a line what a person wants to know', () => {
    const lines = linesOf([
      [0, started],
      [1_000, interval(0, { errors: 3 }, 2)],
    ]);
    expect(lines[1]).toMatch(
      /^\[1 s\] warm-up: offered 150\/s, sent 150\/s, acked 100\/s, queries answered 50\/s, delivered 500\/s, 50 connections, ack p95 [\d.]+ ms, eose p95 [\d.]+ ms, delivery p95 [\d.]+ ms, 3 errors \(2 rejected\), send lag p99 1\.10 ms\n$/,
    );
  });

  it('goes on telling while connections open slowly', () => {
    const lines = linesOf([
      [0, connecting(0)],
      [10_000, connecting(20, 2)],
    ]);
    expect(lines[1]).toBe('[10 s] 20 of 50 connections open, 2 failed\n');
  });

  it('goes on telling while the corpus is prepared', () => {
    const lines = linesOf([
      [0, preparing(0)],
      [10_000, preparing(200)],
    ]);
    expect(lines[1]).toBe('[10 s] preparing corpus: 200 of 500\n');
  });
});
