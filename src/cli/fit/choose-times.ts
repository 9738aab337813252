import { NS_PER_S } from '../../base/clock.ts';
import { probeRunTag, runTagOf } from '../../corpus/marker.ts';
import { CORPUS_SPAN_S } from '../../corpus/spec.ts';
import { askTakenAge } from '../../engine/ask-taken-age.ts';
import type { RelayInformation } from '../../nostr/nip11.ts';
import { fitTimes, reachOf, type TakenTimes } from '../../plan/corpus-times.ts';
import type { CorpusTimes, NamedCorpus } from '../../plan/parts.ts';
import type { Plan } from '../../plan/plan.ts';

export interface TimeQuestion {
  /** With the addresses of the relays. */
  readonly plan: Plan;
  /** What the relay says of itself (NIP-11); null where it says nothing. */
  readonly information: RelayInformation | null;
  /** Whether the relay is one of ours: it takes events of any age. */
  readonly isOurs: boolean;
  /** Leading zero bits that a probe is mined for (NIP-13); none where left out. */
  readonly work?: number;
  readonly signal: AbortSignal;
  /** What the run marks its events by. */
  readonly salt: string;
}

export interface ChosenTimes {
  readonly times: CorpusTimes;
  /** What a reader must know. */
  readonly remarks: readonly string[];
}

/** Time for all that comes before the first arrival: making events, opening connections, storing. */
const PREPARATION_S = 600;
const DAY_S = 86_400;
/** Ages that are tried where a relay refuses what is older and does not say what it takes. */
const LADDER_S = [40 * DAY_S, 8 * DAY_S, 2 * DAY_S, 4 * 3_600];

/** The times that a corpus has by itself; null where it is not there yet. */
export function timesOf({ generated, createdAt }: NamedCorpus): CorpusTimes | null {
  if (generated !== null) return { end_s: generated.baseTime_s, span_s: generated.span_s ?? CORPUS_SPAN_S };
  return createdAt === null
    ? null
    : { end_s: createdAt.newest_s, span_s: Math.max(1, createdAt.newest_s - createdAt.oldest_s) };
}

/**
 * The times of the events to be stored and published that the relay takes: as it announces them (NIP-11), else as it
 * takes or refuses a probe. Where that can't be known the events stay where they are.
 */
export async function chooseTimes(
  question: TimeQuestion,
  own: CorpusTimes,
  what: 'notes' | 'generated' | 'imported',
): Promise<ChosenTimes> {
  const now_s = Math.floor(Date.now() / 1_000);
  const run_s = PREPARATION_S + Math.ceil((question.plan.phases.at(-1)?.endNs ?? 0) / NS_PER_S);
  // What can't be moved is no reason to send a relay a probe.
  const age_s = Math.ceil(now_s - own.end_s + reachOf(own.span_s) + run_s);
  const taken = await takenTimes(question, what === 'imported' ? null : age_s);
  const times = fitTimes(own, taken, { now_s, run_s });
  if (times === own) return { times: own, remarks: [] };
  if (what === 'imported') return { times: own, remarks: [importedText(taken)] };
  if (times === null)
    return {
      times: own,
      remarks: [`${takesText(taken)}: not enough for events that are prepared beforehand`],
    };
  return { times, remarks: [movedText(times, taken)] };
}

/** @param age_s the greatest age that is asked for with a probe; null to ask nothing */
async function takenTimes(
  { plan, information, isOurs, work = 0, signal, salt }: TimeQuestion,
  age_s: number | null,
): Promise<TakenTimes> {
  const limits = information?.limitation ?? {};
  const after_s = limitIn(limits.created_at_upper_limit);
  const announced_s = limitIn(limits.created_at_lower_limit);
  const url = plan.targets[0];
  if (announced_s !== null || isOurs || age_s === null || url === undefined)
    return { before_s: announced_s, after_s };
  const ages_s = [age_s, ...LADDER_S.filter((age) => age < age_s)];
  const { insecure, timeoutMs, authUrl } = plan.connections;
  const before_s = await askTakenAge({
    url,
    insecure,
    timeoutMs,
    ages_s,
    work,
    signal,
    seed: plan.seed,
    runTag: probeRunTag(runTagOf(salt)),
    authUrl: authUrl ?? undefined,
  });
  return { before_s: before_s === age_s ? null : before_s, after_s };
}

/** Relays that limit nothing announce 0. */
function limitIn(seconds: number | undefined): number | null {
  return seconds === undefined || seconds <= 0 ? null : seconds;
}

function movedText({ end_s, span_s }: CorpusTimes, taken: TakenTimes): string {
  const end = new Date(end_s * 1_000).toISOString();
  return `${takesText(taken)}: the corpus was moved in time, it ends at ${end} and is spread over ${spanText(span_s)}`;
}

function importedText(taken: TakenTimes): string {
  return `${takesText(taken)}: some events of the imported corpus are not, and can't be moved, since only their authors can sign them`;
}

function takesText({ before_s, after_s }: TakenTimes): string {
  const limits = [
    ...(before_s === null ? [] : [`at most ${spanText(before_s)} old`]),
    ...(after_s === null ? [] : [`at most ${spanText(after_s)} ahead`]),
  ];
  return `the relay takes events that are ${limits.join(' and ')}`;
}

function spanText(span_s: number): string {
  if (span_s >= 2 * DAY_S) return `${(span_s / DAY_S).toFixed(0)} days`;
  return span_s >= 2 * 3_600 ? `${(span_s / 3_600).toFixed(0)} h` : `${span_s.toFixed(0)} s`;
}
