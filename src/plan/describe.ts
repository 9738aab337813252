import { NS_PER_MS } from '../base/clock.ts';
import { formatDurationMs } from '../base/duration.ts';
import type { ArrivalsSpec } from '../scenario/fields.ts';
import { longestTimeoutMs } from './longest-timeout.ts';
import type { ConnectionRange, Plan, PlannedPhase, ReplayPlan, StreamName, StreamPlan } from './plan.ts';
import { measuredArrivals } from './planned-samples.ts';

/** A titled block of label and text, ready for a table. */
export interface PlanSection {
  readonly title: string;
  readonly rows: readonly (readonly [label: string, text: string])[];
}

/** The plan for a person: every resolved number, in the order in which a run uses it. Data, no output. */
export function describePlan(plan: Plan): readonly PlanSection[] {
  return [
    { title: 'Scenario', rows: scenarioRows(plan) },
    { title: 'Connections', rows: connectionRows(plan) },
    { title: 'Workloads', rows: workloadRows(plan) },
    { title: 'Phases', rows: plan.phases.map((phase, index) => phaseRow(phase, index, plan.streams)) },
    { title: 'Gates', rows: plan.gates.map((gate) => ['gate', gate] as const) },
  ].filter(({ rows }) => rows.length > 0);
}

type Rows = PlanSection['rows'];

function scenarioRows(plan: Plan): Rows {
  const { scenario, load } = plan;
  return [
    ['name', scenario.name],
    ['description', scenario.resolved.description],
    ['sha256', scenario.sha256],
    ['seed', String(plan.seed)],
    [
      'load model',
      load.model === 'open' ? 'open' : `closed, window ${load.window} per publishing connection`,
    ],
    ...askedRows(plan),
    ['targets', plan.targets.join(', ')],
    ['workers', `${plan.workers}, scheduler ${plan.scheduler}`],
    ['verification', `${number(plan.verifyShare * 100)} % of received events`],
    ['duration', formatDurationMs((plan.phases.at(-1)?.endNs ?? 0) / NS_PER_MS)],
    ['drain', drainText(plan)],
    ...abortRows(plan),
  ];
}

function askedRows({ asked: { rate_per_s, loadFactor } }: Plan): Rows {
  return [
    ...(loadFactor === null ? [] : [['load factor', `every stream times ${number(loadFactor)}`] as const]),
    ...(rate_per_s === null ? [] : [['rate', `${perSecond(rate_per_s)} as asked`] as const]),
  ];
}

function drainText(plan: Plan): string {
  const ends = `until every operation has ended, at most ${formatDurationMs(longestTimeoutMs(plan))}`;
  return plan.subscribe === null
    ? ends
    : `${ends}; then at most ${formatDurationMs(plan.drainMs)} for deliveries`;
}

function abortRows({ abort }: Plan): Rows {
  if (abort === null) return [];
  const from = formatDurationMs(abort.delayMs);
  return [['ends early', `where a gate fails after ${from} measured, on ${whole(abort.minSamples)} samples`]];
}

const PICKED: Readonly<Record<Plan['connections']['pick'], string>> = {
  random: 'at random for each arrival',
  'round-robin': 'in turn',
};

function connectionRows({ connections, publish, query, subscribe, load }: Plan): Rows {
  const rows: [string, string][] = [
    ['in all', `${whole(connections.count)}, opened at ${perSecond(connections.rate_per_s)}`],
    ['timeout', formatDurationMs(connections.timeoutMs)],
    ['transport', connections.insecure ? `${connections.transport}, any certificate` : connections.transport],
  ];
  if (load.model === 'open') rows.push(['picked', PICKED[connections.pick]]);
  const roles = { publishing: publish, querying: query, subscribing: subscribe };
  for (const [label, role] of Object.entries(roles)) {
    if (role !== null) rows.push([label, rangeText(role.connections)]);
  }
  return rows;
}

function workloadRows(plan: Plan): Rows {
  const rows: (readonly [string, string])[] = [];
  const { publish, subscribe, query, connect } = plan;
  rows.push(...corpusRows(plan));
  if (publish) {
    const event =
      publish.replay === null
        ? `kind ${publish.kind}, ${whole(publish.contentBytes)} B, ${whole(publish.authors)} authors`
        : replayText(publish.replay);
    rows.push(['publish', `${streamText(plan, 'publish', 'events')}; ${event}; ${timeoutText(publish)}`]);
  }
  if (subscribe) {
    const reach = subscribe.connections.count / subscribe.topics;
    rows.push([
      'subscribe',
      `${whole(subscribe.topics)} topics, an event reaches ${number(reach)} subscribers`,
    ]);
  }
  if (query) {
    const checked = query.checkShare === 0 ? '' : `; ${number(query.checkShare * 100)} % of answers checked`;
    rows.push(['query', `${streamText(plan, 'query', 'queries')}; ${timeoutText(query)}${checked}`]);
    const weights = query.filters.reduce((sum, { weight }) => sum + weight, 0);
    for (const { name, weight, filter } of query.filters) {
      rows.push([`  ${name}`, `${number((weight / weights) * 100)} % of queries, ${JSON.stringify(filter)}`]);
    }
  }
  if (connect)
    rows.push(['connect', `${streamText(plan, 'connect', 'connections')}; ${timeoutText(connect)}`]);
  return rows;
}

function corpusRows({ corpus, exhaustedNs }: Plan): Rows {
  const { events, authors, topics, named } = corpus;
  if (named === null) {
    const text = `${whole(events)} stored events, ${whole(authors)} authors, ${whole(topics)} topics`;
    return events === 0 ? [] : [['corpus', text]];
  }
  const seed = named.generated === null ? '' : `, seed ${named.generated.seed}`;
  const fresh = named.fresh ? ', dated by the clock' : '';
  const rows: (readonly [string, string])[] = [
    [
      'corpus',
      `${named.profile}${seed}${fresh}, ${whole(named.events)} events, ${whole(events)} stored before the load`,
    ],
    ['  fingerprint', named.fingerprint ?? 'known when it is generated, which the run does'],
  ];
  if (exhaustedNs !== null)
    rows.push([
      '  exhausted',
      `after ${formatDurationMs(exhaustedNs / NS_PER_MS)}: the last phase ends there`,
    ]);
  return rows;
}

function replayText({ first, end, copies }: ReplayPlan): string {
  const last = end === Number.POSITIVE_INFINITY ? 'without an end' : `to ${whole(end - 1)}`;
  return `events ${whole(first)} ${last} of the corpus, ${copies === 1 ? 'once' : `${copies} times`} each`;
}

function streamText(plan: Plan, name: StreamName, noun: string): string {
  if (plan.load.model === 'closed') return 'as fast as replies allow';
  const stream = plan.streams.find((candidate) => candidate.name === name);
  if (stream === undefined) return 'nothing';
  const measured = whole(measuredArrivals(plan, name));
  const spacing = stream.recordedNs === undefined ? arrivalsText(stream.arrivals) : 'at the recorded pace';
  return `${perSecond(stream.rate_per_s)}, ${spacing}; ${measured} measured of ${whole(stream.total)} ${noun}`;
}

function arrivalsText(arrivals: ArrivalsSpec): string {
  return typeof arrivals === 'string' ? arrivals : `bursts of ${whole(arrivals.size)}`;
}

function phaseRow(phase: PlannedPhase, index: number, streams: readonly StreamPlan[]): Rows[number] {
  const { name, kind, startNs, endNs, levelStart, levelEnd } = phase;
  const level = levelStart === levelEnd ? number(levelStart) : `${number(levelStart)} to ${number(levelEnd)}`;
  const counts = streams
    .filter(({ rate_per_s }) => rate_per_s > 0)
    .map((stream) => `${whole(stream.perPhase[index] ?? 0)} ${stream.name}`);
  const parts = [
    formatDurationMs((endNs - startNs) / NS_PER_MS),
    `level ${level}`,
    ...counts,
    ...(kind === 'measured' ? [] : ['not measured']),
  ];
  return [name, parts.join(', ')];
}

function timeoutText({ timeoutMs }: { readonly timeoutMs: number }): string {
  return `timeout ${formatDurationMs(timeoutMs)}`;
}

function rangeText({ first, count }: ConnectionRange): string {
  return `${whole(count)} (number ${whole(first)} to ${whole(first + count - 1)})`;
}

function perSecond(rate_per_s: number): string {
  return `${number(rate_per_s)}/s`;
}

function whole(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
