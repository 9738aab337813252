import { own } from '../base/own.ts';
import { rateLimiterText } from '../record/rate-limiter.ts';
import type { RunRecord } from '../record/schema.ts';
import type { Suspect } from './causes.ts';
import { meanFigure, partsOf, type View } from './view.ts';
import { percentText, shortNumber, spansText } from './words.ts';

/** Later than this a valid run's generator is not. */
const LATE_LOOP_US = 10_000;

/** The generator, where the run itself doubts it. */
export function ofGenerator({ record, seconds }: View): readonly Suspect[] {
  const { validity, generator, intervals } = record;
  const blamed = validity.reasons.filter((_, at) => validity.owners[at] === 'generator');
  const doubts = generator.doubts.map(({ text }) => text);
  if (blamed.length + doubts.length === 0) return [];
  const late = intervals.filter(({ t, loopDelay_us }) => {
    return seconds.includes(t) && (loopDelay_us?.p99_us ?? 0) > LATE_LOOP_US;
  });
  const evidence = [...new Set([...blamed, ...doubts])];
  const lateSeconds = late.map(({ t }) => t);
  if (late.length > 0)
    evidence.push(`its event loop was late by more than 10 ms in ${spansText(lateSeconds)}`);
  const sureness = validity.verdict === 'invalid' ? 'sure' : 'likely';
  return [{ cause: 'generator', component: null, sureness, seconds: lateSeconds, evidence }];
}

/** The limiter that was met in the place of the relay. */
export function ofLimiter({ record: { rateLimiter } }: View): readonly Suspect[] {
  if (rateLimiter === undefined) return [];
  return [
    {
      cause: 'rate-limiter',
      component: null,
      sureness: 'sure',
      seconds: [],
      evidence: [rateLimiterText(rateLimiter)],
    },
  ];
}

/** Of the median answer; where the way alone takes that much, no relay could be much faster. */
const WAY_SHARE = 0.6;
/** A shorter way is not what anybody waits for. */
const LEAST_WAY_US = 5_000;

/** The round trip as far as opening a connection tells it: two of them with the upgrade. */
export function ofWay({ record }: View): readonly Suspect[] {
  if (record.environment.sameHostAsTarget) return [];
  const connect_us = record.metrics['connect_latency_service']?.p50_us ?? null;
  const answer = slowest(record);
  if (connect_us === null || answer === null) return [];
  const way_us = connect_us / ROUND_TRIPS;
  if (way_us < LEAST_WAY_US || way_us < WAY_SHARE * answer.p50_us) return [];
  const text = `half of the median time to open a connection is ${ms(way_us)}, the median ${answer.metric} is ${ms(answer.p50_us)}: most of it is the way`;
  return [{ cause: 'network', component: null, sureness: 'likely', seconds: [], evidence: [text] }];
}

/** TCP and the upgrade; TLS takes more, which makes the way seem longer. */
const ROUND_TRIPS = 2;

function slowest({ metrics }: RunRecord): { readonly metric: string; readonly p50_us: number } | null {
  const names = ['ack_latency', 'eose_latency'];
  const known = names.flatMap((metric) => {
    const p50_us = own(metrics, metric)?.p50_us ?? null;
    return p50_us === null ? [] : [{ metric, p50_us }];
  });
  return known.toSorted((a, b) => b.p50_us - a.p50_us)[0] ?? null;
}

/** So many times as much work as everything else that the relay is asked. */
const MOST_OF_THE_WORK = 10;
/** Deliveries that are so much later than the answer to the publisher waited for each other. */
const LATER = 3;
const SLOW_US = 100_000;

/** Deliveries, where they are most of the work and late, or the relay's event loop is full with them. */
export function ofFanOut({ record }: View, found: readonly Suspect[]): readonly Suspect[] {
  const work = deliveryWork(record);
  const full = found.find(({ cause }) => cause === 'relay-loop');
  if (work === null || (full === undefined && !isLate(record))) return [];
  const { component = null, sureness = 'likely', seconds = [], evidence = [] } = full ?? {};
  return [
    {
      ...{ cause: 'fan-out', component, sureness, seconds },
      evidence: [work, ...latenessOf(record), ...evidence],
    },
  ];
}

/** What deliveries are of the relay's work; null where that is not most of it. */
function deliveryWork({ counters, load }: RunRecord): string | null {
  const asked = counters.events_sent + counters.queries_sent;
  const perAsked = asked === 0 ? 0 : counters.deliveries_received / asked;
  if (perAsked < MOST_OF_THE_WORK || load.measured_s === 0) return null;
  const perSecond = counters.deliveries_received / load.measured_s;
  return `${shortNumber(perSecond)} deliveries/s, ${shortNumber(perAsked)} for each event or query`;
}

function isLate({ metrics }: RunRecord): boolean {
  const delivery_us = metrics['delivery_latency']?.p95_us ?? 0;
  return delivery_us >= SLOW_US && delivery_us >= LATER * (metrics['ack_latency']?.p95_us ?? 0);
}

function latenessOf({ metrics }: RunRecord): readonly string[] {
  const delivery_us = metrics['delivery_latency']?.p95_us ?? null;
  const ack_us = metrics['ack_latency']?.p95_us ?? null;
  if (delivery_us === null) return [];
  const beside = ack_us === null ? '' : `, of answers to publishers ${ms(ack_us)}`;
  return [`p95 of deliveries ${ms(delivery_us)}${beside}`];
}

function ms(us: number): string {
  return `${shortNumber(us / 1_000)} ms`;
}

/** How busy a part was, for the run in which nothing was at its end. */
export interface Headroom {
  readonly what: string;
  /** Of what it can do, 0..1. */
  readonly share: number;
  readonly text: string;
}

/** What was busiest, the busiest first. */
export function headroomOf(view: View): readonly Headroom[] {
  const { record } = view;
  const { cpus } = record.environment;
  const mean = record.generator.eventLoopUtilization.mean;
  const own = mean === null ? [] : [headroom('the event loop of the generator', mean)];
  const loops = partsOf(view, 'relay').flatMap((part) => {
    const busy = meanFigure(view, part, 'loopBusy') ?? part.usage.cpuShare;
    return busy === null ? [] : [headroom(`the event loop of ${part.name}`, busy)];
  });
  const threads = partsOf(view, 'haproxy', 'haproxy-db', 'redis').flatMap(({ name, usage: { cpuShare } }) =>
    cpuShare === null ? [] : [headroom(`the core of ${name}`, cpuShare)],
  );
  const databases = partsOf(view, 'primary', 'replica').flatMap(({ name, usage: { cpuShare } }) =>
    cpuShare === null ? [] : [headroom(`the ${cpus} cores for ${name}`, cpuShare / cpus)],
  );
  return [...own, ...loops, ...threads, ...databases].toSorted((a, b) => b.share - a.share);
}

function headroom(what: string, share: number): Headroom {
  return { what, share, text: `${what}: ${percentText(share)} busy on average` };
}
