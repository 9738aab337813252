import { describe, expect, it } from 'vitest';
import { renderBlock } from '../../../../src/report/progress/block.ts';
import type { ProgressState } from '../../../../src/report/progress/state.ts';
import { connecting, draining, interval, preparing, started, stateAfter } from './events.ts';

const roomy = { columns: 80, rows: 24 };

function textOf(state: ProgressState, nowMs: number, size = roomy): string[] {
  return renderBlock(state, nowMs, size).map((line) => line.map(({ text }) => text).join(''));
}

const running = stateAfter([0, connecting(50)], [1_000, started], [13_000, interval(11, { errors: 2 }, 2)]);

describe('renderBlock', () => {
  it('shows connections while they open', () => {
    expect(textOf(stateAfter([0, connecting(25, 1)]), 500)).toEqual([
      'opening connections',
      'connect   ██████████████████░░░░░░░░░░░░░░░░░░  25 of 50 connections open, 1 f…',
    ]);
  });

  it('shows what is being prepared', () => {
    const [title, , prepare] = textOf(stateAfter([0, connecting(50)], [1, preparing(250)]), 500);
    expect(title).toBe('preparing');
    expect(prepare).toBe('prepare   ██████████████████░░░░░░░░░░░░░░░░░░  corpus 250 of 500');
  });

  it('shows phases, rates, errors and latencies while the load runs', () => {
    const lines = textOf(running, 13_000);
    expect(lines.slice(0, 8)).toEqual([
      'steady  12 s of 25 s, about 13 s left',
      'connect   ████████████████████████████████████  50 of 50 connections open',
      'warm-up   ████████████████████████████████████  5 s of 5 s',
      'steady    █████████████░░░░░░░░░░░░░░░░░░░░░░░  7 s of 20 s',
      'drain     ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  ',
      'offered 150/s, sent 150/s, acked 100/s, queries answered 50/s, delivered 500/s',
      '50 connections, 2 errors (2 rejected), generator send lag p99 1.10 ms',
      'latency         p50      p95      p99      max',
    ]);
    expect(lines[8]).toMatch(/^ack {8}( +[\d.–]+( ms|))+$/);
    expect(lines.slice(8).map((line) => line.split(' ')[0])).toEqual(['ack', 'eose', 'delivery']);
  });

  it('says what it waits for at the end', () => {
    const lines = textOf(stateAfter([0, started], [25_000, draining]), 25_100);
    expect(lines[0]).toBe('waiting for the last replies');
    expect(lines.at(-1)).toContain('12 replies were open');
  });

  it('marks a second in which less was sent than offered', () => {
    const behind = stateAfter([0, started], [1_000, interval(0, { sent: 100 })]);
    const line = renderBlock(behind, 1_000, roomy).find(([first]) => first?.text.startsWith('offered'));
    expect(line?.[0]?.tone).toBe('warn');
  });

  it.each([
    [80, 24],
    [80, 8],
    [40, 24],
    [20, 3],
    [1, 1],
  ])('never exceeds a terminal of %i columns and %i rows', (columns, rows) => {
    const lines = textOf(running, 13_000, { columns, rows });
    expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(1, columns - 1));
  });

  it('keeps title and numbers rather than bars in a low terminal', () => {
    const lines = textOf(running, 13_000, { columns: 80, rows: 8 });
    expect(lines[0]).toContain('steady');
    expect(lines[1]).toContain('offered');
    expect(lines.join()).not.toContain('█');
  });

  it('shows the neighbourhood of the current one of many phases', () => {
    const phases = Array.from({ length: 20 }, (_, at) => ({
      name: `step-${at}`,
      kind: 'measured' as const,
      start_s: at * 10,
      end_s: (at + 1) * 10,
    }));
    const names = textOf(stateAfter([0, { type: 'started', phases }]), 95_000)
      .filter((line) => line.startsWith('step') && /[█░]/.test(line))
      .map((line) => line.split(' ')[0]);
    expect(names).toEqual(['step-7', 'step-8', 'step-9', 'step-10', 'step-11', 'step-12']);
  });
});
