import { NS_PER_MS } from '../base/clock.ts';
import { formatDurationMs } from '../base/duration.ts';
import { maskUrl } from '../base/mask-url.ts';
import { orderText } from '../fault/form/order-text.ts';
import { WORKLOAD_NAMES } from '../workload/registry/forms.ts';
import { number, perSecond, whole } from './describe-text.ts';
import { plannedWorkloads } from './each-workload.ts';
import { longestTimeoutMs } from './longest-timeout.ts';
import type { ConnectionRange, PlannedPhase, StreamPlan } from './parts.ts';
import type { Plan } from './plan.ts';
import type { Row } from './workload-planner.ts';

/** A titled block of label and text, ready for a table. */
export interface PlanSection {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** The plan for a person: every resolved number, in the order in which a run uses it. Data, no output. */
export function describePlan(plan: Plan): readonly PlanSection[] {
  return [
    { title: 'Scenario', rows: scenarioRows(plan) },
    { title: 'Connections', rows: connectionRows(plan) },
    { title: 'Workloads', rows: workloadRows(plan) },
    { title: 'Phases', rows: plan.phases.map((phase, index) => phaseRow(phase, index, plan.streams)) },
    { title: 'Faults', rows: plan.faults.map(faultRow) },
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
    ['verification', `${number(plan.verifyShare * 100)} % of received events, verifier ${plan.verifier}`],
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
  return plannedWorkloads(plan.workloads).every(({ planner }) => !planner.drains)
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

const AUTH: Readonly<Record<Plan['connections']['auth'], string>> = {
  'on-demand': 'where the relay demands it (NIP-42)',
  'on-connect': 'as soon as the relay challenges (NIP-42)',
  never: 'never',
};

function authText({ auth, authUrl }: Plan['connections']): string {
  return authUrl === null ? AUTH[auth] : `${AUTH[auth]}, to ${maskUrl(authUrl)}`;
}

function reconnectText({
  firstMs,
  longestMs,
  hasJitter,
}: NonNullable<Plan['connections']['reconnect']>): string {
  const waits = `${formatDurationMs(firstMs)}, then twice as long each time, at most ${formatDurationMs(longestMs)}`;
  return `opened again after ${hasJitter ? 'up to ' : ''}${waits}${hasJitter ? ' (full jitter)' : ''}`;
}

function connectionRows({ connections, workloads, load }: Plan): Rows {
  const rows: [string, string][] = [
    ['in all', `${whole(connections.count)}, opened at ${perSecond(connections.rate_per_s)}`],
    ['timeout', formatDurationMs(connections.timeoutMs)],
    ['transport', connections.insecure ? `${connections.transport}, any certificate` : connections.transport],
  ];
  if (load.model === 'open') rows.push(['picked', PICKED[connections.pick]]);
  rows.push(['AUTH', authText(connections)]);
  if (connections.compression) rows.push(['compression', 'permessage-deflate is offered']);
  if (connections.reconnect !== null) rows.push(['when lost', reconnectText(connections.reconnect)]);
  for (const { planner, part } of plannedWorkloads(workloads)) {
    if (part.connections !== undefined) rows.push([planner.role, rangeText(part.connections)]);
  }
  return rows;
}

function workloadRows(plan: Plan): Rows {
  const planned = plannedWorkloads(plan.workloads);
  const shown = WORKLOAD_NAMES.flatMap((name) => planned.filter((each) => each.name === name));
  return [...corpusRows(plan), ...shown.flatMap(({ planner, part }) => planner.describe(part, plan))];
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

function faultRow({ atMs, ...order }: Plan['faults'][number]): Rows[number] {
  return [formatDurationMs(atMs), orderText(order)];
}

function rangeText({ first, count }: ConnectionRange): string {
  return `${whole(count)} (number ${whole(first)} to ${whole(first + count - 1)})`;
}
