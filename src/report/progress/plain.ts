import { ALL_HEADLINES } from '../../metric/catalogue.ts';
import type { ProgressEvent } from '../../result/progress.ts';
import { count, duration } from '../quantity.ts';
import type { Reporter, Write } from '../reporter.ts';
import { clock, connectionsText, errorsText, ratesText, sendLagText } from './phrases.ts';
import { advance, currentPhase, elapsed_s, initialState, type ProgressState, total_s } from './state.ts';

/** More often annoys in CI logs, more rarely looks like a hang. */
const EVERY_MS = 10_000;

export interface PlainProgressOptions {
  readonly write: Write;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
}

/** Progress for logs: a line at the start, at each change of phase, every 10 s, and at the end. */
export function plainProgress({ write, nowMs }: PlainProgressOptions): Reporter {
  let state = initialState(nowMs());
  let lastLineMs = state.beganMs;
  return {
    name: 'progress',
    onProgress: (event) => {
      if (state.stage === 'finished') return;
      const before = state;
      const beforeMs = lastLineMs;
      const now = nowMs();
      state = advance(before, event, now);
      const line =
        changeLine(before, state, event) ?? (now - beforeMs >= EVERY_MS ? regularLine(state, now) : null);
      if (line === null) return;
      lastLineMs = now;
      write(`[${clock((now - state.beganMs) / 1_000)}] ${line}\n`);
    },
  };
}

/** The line that a change of stage or phase is worth; null where nothing changed. */
export function changeLine(before: ProgressState, after: ProgressState, event: ProgressEvent): string | null {
  switch (event.type) {
    case 'connecting':
      return before.stage === 'connecting' ? null : `opening ${count(event.total)} connections`;
    case 'preparing': {
      if (before.preparing?.what === event.what) return null;
      const connected = before.stage === 'connecting' ? `${connectionsText(before)}; ` : '';
      return `${connected}preparing ${event.what} (${count(event.total)})`;
    }
    case 'started':
      return startLine(before, after);
    case 'interval':
      return event.row.phase === before.row?.phase ? null : `${event.row.phase}: ${rowText(after)}`;
    case 'draining':
      return `load offered, waiting for ${count(event.pending)} replies`;
    case 'finished':
      return `finished: ${count(after.totals.sent)} of ${count(after.totals.offered)} operations sent, ${errorsText(after)}`;
  }
}

function startLine(before: ProgressState, after: ProgressState): string {
  const connected = before.stage === 'connecting' ? `${connectionsText(before)}; ` : '';
  const phases = after.phases.map((phase) => `${phase.name} ${clock(phase.end_s - phase.start_s)}`);
  return `${connected}load starts: ${phases.join(', ')}`;
}

/** The line of every ten seconds. */
export function regularLine(state: ProgressState, nowMs: number): string {
  if (state.stage === 'connecting' || state.stage === 'starting') return connectionsText(state);
  if (state.stage === 'preparing' && state.preparing !== null) {
    const { done, total, what } = state.preparing;
    return `preparing ${what}: ${count(done)} of ${count(total)}`;
  }
  const phase = state.stage === 'running' ? currentPhase(state, nowMs) : 'last replies';
  return `${phase} ${clock(elapsed_s(state, nowMs))} of ${clock(total_s(state))}: ${rowText(state)}`;
}

/** The last second and the errors so far. */
function rowText(state: ProgressState): string {
  const { row } = state;
  if (row === null) return 'no complete second yet';
  const latencies = ALL_HEADLINES.flatMap((name) => {
    const p95_us = row.latencies[name]?.p95_us ?? null;
    return p95_us === null ? [] : [`${name.replace('_latency', '')} p95 ${duration(p95_us)}`];
  });
  const parts = [ratesText(row), `${count(row.connections)} connections`, ...latencies];
  return [...parts, errorsText(state), sendLagText(state)].join(', ');
}
