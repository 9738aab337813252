import { ALL_HEADLINES } from '../../metric/catalogue.ts';
import { count, duration } from '../quantity.ts';
import { cutLine, type Line } from './line.ts';
import { clock, connectionsText, errorsText, ratesText, sendLagText } from './phrases.ts';
import { currentPhase, elapsed_s, type ProgressPhase, type ProgressState, total_s } from './state.ts';

export interface BlockSize {
  readonly columns: number;
  /** Of the whole terminal. */
  readonly rows: number;
}

const LABEL_WIDTH = 10;
const MAX_BAR = 36;
const MIN_BAR = 8;
/** Longer lists of phases show the neighbourhood of the current one. */
const MAX_PHASES = 6;

/**
 * The whole live display: at most `rows - 1` lines of at most `columns - 1` characters. Where the terminal is too
 * low, bars go first and the title last; pure.
 */
export function renderBlock(state: ProgressState, nowMs: number, size: BlockSize): Line[] {
  const bar = Math.min(MAX_BAR, size.columns - LABEL_WIDTH - 26);
  const title = [titleLine(state, nowMs)];
  const numbers = numberLines(state);
  const latencies = latencyLines(state);
  const bars = bar < MIN_BAR ? [] : barLines(state, nowMs, bar);
  const full = [...title, ...bars, ...numbers, ...latencies];
  const withoutBars = [...title, ...numbers, ...latencies];
  const room = Math.max(1, size.rows - 1);
  return (full.length <= room ? full : withoutBars)
    .slice(0, room)
    .map((line) => cutLine(line, size.columns - 1));
}

function titleLine(state: ProgressState, nowMs: number): Line {
  const { stage } = state;
  if (stage !== 'running') return [{ text: STAGES[stage] }];
  const elapsed = elapsed_s(state, nowMs);
  const total = total_s(state);
  const phase = currentPhase(state, nowMs);
  const left = clock(Math.max(0, total - elapsed));
  return [
    { text: phase },
    { text: `  ${clock(Math.min(elapsed, total))} of ${clock(total)}, about ${left} left`, tone: 'muted' },
  ];
}

const STAGES = {
  starting: 'starting',
  connecting: 'opening connections',
  preparing: 'preparing',
  draining: 'waiting for the last replies',
  finished: 'finished',
} as const;

function barLines(state: ProgressState, nowMs: number, width: number): Line[] {
  const { connecting, preparing, pending } = state;
  const lines: Line[] = [];
  if (connecting !== null) {
    lines.push(barLine('connect', share(connecting.opened, connecting.total), width, connectionsText(state)));
  }
  if (preparing !== null && state.phases.length === 0) {
    const text = `${preparing.what} ${count(preparing.done)} of ${count(preparing.total)}`;
    lines.push(barLine('prepare', share(preparing.done, preparing.total), width, text));
  }
  const elapsed = state.stage === 'running' ? elapsed_s(state, nowMs) : total_s(state);
  for (const phase of phaseWindow(state.phases, elapsed)) lines.push(phaseLine(phase, elapsed, width));
  if (state.phases.length > 0) {
    const done = state.stage === 'finished' ? 1 : 0;
    lines.push(barLine('drain', done, width, pending === null ? '' : `${count(pending)} replies were open`));
  }
  return lines;
}

/** At most `MAX_PHASES` phases around the current one. */
function phaseWindow(phases: readonly ProgressPhase[], elapsed: number): readonly ProgressPhase[] {
  const current = phases.findIndex((phase) => elapsed < phase.end_s);
  const at = current < 0 ? phases.length - 1 : current;
  const first = Math.max(0, Math.min(at - 2, phases.length - MAX_PHASES));
  return phases.slice(first, first + MAX_PHASES);
}

function phaseLine(phase: ProgressPhase, elapsed: number, width: number): Line {
  const length = phase.end_s - phase.start_s;
  const done = Math.max(0, Math.min(elapsed - phase.start_s, length));
  return barLine(phase.name, share(done, length), width, `${clock(done)} of ${clock(length)}`);
}

function share(done: number, total: number): number {
  return total > 0 ? Math.max(0, Math.min(1, done / total)) : 1;
}

function barLine(label: string, done: number, width: number, text: string): Line {
  const filled = Math.round(done * width);
  return [
    { text: label.slice(0, LABEL_WIDTH - 1).padEnd(LABEL_WIDTH) },
    { text: '█'.repeat(filled), tone: done >= 1 ? 'good' : 'plain' },
    { text: '░'.repeat(width - filled), tone: 'muted' },
    { text: `  ${text}`, tone: 'muted' },
  ];
}

function numberLines(state: ProgressState): Line[] {
  const { row, totals } = state;
  if (row === null) return [];
  const behind = row.sent < row.offered * 0.99;
  return [
    [{ text: ratesText(row), tone: behind ? 'warn' : 'plain' }],
    [
      { text: `${count(row.connections)} connections, ` },
      { text: errorsText(state), tone: totals.errors === 0 ? 'plain' : 'bad' },
      { text: `, generator ${sendLagText(state)}` },
    ],
  ];
}

const CELL_WIDTH = 9;

function latencyLines(state: ProgressState): Line[] {
  const measured = ALL_HEADLINES.flatMap((name) => {
    const latency = state.row?.latencies[name];
    return latency === undefined || latency.count === 0 ? [] : [{ name, latency }];
  });
  if (measured.length === 0) return [];
  const cells = (texts: readonly string[]): string => texts.map((text) => text.padStart(CELL_WIDTH)).join('');
  const head: Line = [
    { text: `${'latency'.padEnd(LABEL_WIDTH)}${cells(['p50', 'p95', 'p99', 'max'])}`, tone: 'muted' },
  ];
  const rows = measured.map(({ name, latency }): Line => {
    const values = [latency.p50_us, latency.p95_us, latency.p99_us, latency.max_us].map((value) =>
      duration(value),
    );
    return [{ text: `${name.replace('_latency', '').padEnd(LABEL_WIDTH)}${cells(values)}` }];
  });
  return [head, ...rows];
}
