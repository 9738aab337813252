import { NS_PER_S } from '../base/clock.ts';
import type { Failure } from '../judge/blame.ts';
import { type PreparationTally, refusedIn } from '../workload/preparation-tally.ts';
import { adviceText } from '../workload/refusals.ts';
import type { ConnectionCounts } from './messages.ts';

/** Closes this close together count as one moment. */
const ONE_MOMENT_NS = NS_PER_S;
const MOST_WORDS = 3;

/** The part of the preparation that a tally is about. */
interface Part {
  readonly kind: 'preparation-refused' | 'subscriptions-refused';
  readonly what: string;
  readonly done: string;
}

const STORING: Part = { kind: 'preparation-refused', what: 'events to be stored', done: 'stored' };
const SUBSCRIBING: Part = { kind: 'subscriptions-refused', what: 'live subscriptions', done: 'opened' };

export interface Preparations {
  readonly storing: PreparationTally;
  readonly subscribing: PreparationTally;
  /**
   * Whether a relay may refuse some of the stored events rightly, because they were not made for it: those of a named
   * corpus. Queries then ask for what it took.
   */
  readonly mayRefuseSome: boolean;
}

/** What the target did to the preparation. */
export function blamePreparation({ storing, subscribing, mayRefuseSome }: Preparations): readonly Failure[] {
  const allowed = mayRefuseSome && storing.done > 0;
  return [
    ...failuresOf(STORING, allowed ? { ...storing, refused: new Map() } : storing),
    ...failuresOf(SUBSCRIBING, subscribing),
  ];
}

/** Whether the target left nothing of what the load needs: offering it would measure nothing. */
export function isHopeless({ storing, subscribing }: Preparations): boolean {
  return [storing, subscribing].some(({ asked, done }) => asked > 0 && done === 0);
}

function failuresOf({ kind, what, done }: Part, tally: PreparationTally): Failure[] {
  const { asked, unanswered, unsent } = tally;
  const refused = refusedIn(tally);
  const texts: string[] = [];
  if (refused > 0)
    texts.push(
      `the relay refused ${refused} of ${asked} ${what}: ${wordsOf(tally.refused)}${adviceText(mostFrequent(tally.refused))}`,
    );
  if (unanswered > 0) texts.push(`the relay never answered ${unanswered} of ${asked} ${what}`);
  if (unsent > 0)
    texts.push(`the relay closed the connections before ${unsent} of ${asked} ${what} were ${done}`);
  return texts.map((text) => ({ kind, text }));
}

function mostFrequent(refused: ReadonlyMap<string, number>): string {
  const [first] = [...refused].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? '';
}

/** The most frequent words first; how often each where there are several. */
function wordsOf(refused: ReadonlyMap<string, number>): string {
  const words = [...refused].sort(([, a], [, b]) => b - a);
  const shown = words.slice(0, MOST_WORDS);
  if (words.length === 1) return shown.map(([word]) => word).join();
  const more = words.length - shown.length;
  const list = shown.map(([word, times]) => `${word} ${times}`).join(', ');
  return more > 0 ? `${list} and ${more} other reasons` : list;
}

/**
 * Connections that the target closed within the run.
 * @param startNs start of the load, monotonic; null where it never started
 * @param codes WebSocket close codes and how often each came
 */
export function blameCloses(
  counts: ConnectionCounts,
  startNs: number | null,
  codes: Readonly<Record<string, number>>,
): readonly Failure[] {
  const { opened, dropped, open, firstDropNs, lastDropNs } = counts;
  if (dropped === 0 || firstDropNs === null || lastDropNs === null) return [];
  const when = startNs === null ? 'before the load' : timeOf(firstDropNs - startNs, lastDropNs - startNs);
  const list = Object.entries(codes)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_WORDS)
    .map(([code]) => code);
  return [
    {
      kind: open === 0 ? 'target-gone' : 'connections-closed',
      text: `the relay closed ${dropped} of ${opened} connections ${when} (${list.join(', ')})`,
    },
  ];
}

function timeOf(firstNs: number, lastNs: number): string {
  if (lastNs < 0) return 'before the load';
  const last = seconds(lastNs);
  if (lastNs - firstNs < ONE_MOMENT_NS) return `${seconds(Math.max(0, firstNs))} s after the start`;
  return firstNs < 0
    ? `from before the load to ${last} s after its start`
    : `from ${seconds(firstNs)} s to ${last} s after the start`;
}

function seconds(ns: number): string {
  return (ns / NS_PER_S).toFixed(1);
}
