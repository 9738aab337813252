import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ttyProgress } from '../../../../src/report/progress/tty.ts';
import type { Reporter } from '../../../../src/report/reporter.ts';
import { connecting, finished, interval, started } from './events.ts';

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';

/** A display whose output, clock and process end the test controls. */
function display(color = false): {
  reporter: Reporter;
  output: () => string;
  exit: () => void;
  listeners: () => number;
} {
  const written: string[] = [];
  const listeners = new Set<() => void>();
  const reporter = ttyProgress({
    write: (text) => written.push(text),
    size: () => ({ columns: 80, rows: 24 }),
    color,
    nowMs: () => Date.now(),
    onExit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return {
    reporter,
    output: () => written.join(''),
    exit: () => {
      for (const listener of listeners) listener();
    },
    listeners: () => listeners.size,
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('ttyProgress', () => {
  it('hides the cursor while it draws and shows it at the end', async () => {
    const { reporter, output } = display();
    reporter.onProgress?.(connecting(1));
    expect(output()).toContain(HIDE);
    expect(output()).not.toContain(SHOW);
    reporter.onProgress?.(finished);
    await reporter.onEnd?.();
    expect(output().endsWith(SHOW)).toBe(true);
    expect(output().split(SHOW)).toHaveLength(2);
  });

  it('shows the cursor again when the run fails', async () => {
    const { reporter, output, listeners } = display();
    reporter.onProgress?.(connecting(1));
    await reporter.onEnd?.();
    expect(output().endsWith(SHOW)).toBe(true);
    expect(listeners()).toBe(0);
  });

  it('shows the cursor again when the process ends under it', () => {
    const { reporter, output, exit } = display();
    reporter.onProgress?.(connecting(1));
    exit();
    expect(output().endsWith(SHOW)).toBe(true);
  });

  it('draws at most four frames a second however many events come', () => {
    const { reporter, output } = display();
    for (let i = 0; i < 1_000; i++) {
      reporter.onProgress?.(connecting(i));
      vi.advanceTimersByTime(1);
    }
    const frames = output().split('opening connections').length - 1;
    expect(frames).toBe(5);
  });

  it('draws each frame over the last one', () => {
    const { reporter, output } = display();
    reporter.onProgress?.(connecting(1));
    vi.advanceTimersByTime(250);
    expect(output()).toContain('\u001b[2A\r\u001b[2Kopening connections');
  });

  it('leaves one line that sums up the run', () => {
    const { reporter, output } = display();
    reporter.onProgress?.(started);
    reporter.onProgress?.(interval(0));
    reporter.onProgress?.(finished);
    reporter.onProgress?.(interval(1));
    const last = stripVTControlCharacters(output()).trimEnd().split('\n').at(-1);
    expect(last?.replace('\r', '')).toBe('finished: 150 of 150 operations sent, no errors');
  });

  it('writes no colour without colour', () => {
    const [plain, coloured] = [display(false), display(true)];
    for (const { reporter } of [plain, coloured]) reporter.onProgress?.(connecting(25));
    const dim = '\u001b[2m';
    expect(plain.output()).not.toContain(dim);
    expect(coloured.output()).toContain(dim);
  });

  it('writes nothing when nothing happened', async () => {
    const { reporter, output } = display();
    await reporter.onEnd?.();
    expect(output()).toBe('');
  });
});
