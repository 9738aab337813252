import { LONGEST_MS, LONGEST_TEXT } from '../base/duration.ts';
import { CORPUS_CHECKS } from './corpus-consistency.ts';
import { type Check, type Inconsistency, problem } from './inconsistency.ts';
import type { ScenarioShape } from './shape.ts';

const MAX_ARRIVALS = 1e9;
const ROLES = ['publish', 'subscribe', 'query'] as const;
const RATED = ['publish', 'query', 'connect'] as const;

/** Everything in a well-formed scenario that contradicts something else in it; empty where nothing does. */
export function inconsistencies(scenario: ScenarioShape): readonly Inconsistency[] {
  return CHECKS.flatMap((check) => check(scenario));
}

const rolesFit: Check = ({ workloads, connections }) =>
  ROLES.flatMap((role) => {
    const wanted = workloads[role]?.connections ?? 0;
    if (wanted <= connections.count) return [];
    return [
      problem(['workloads', role, 'connections'], `is ${wanted}, but the run has only ${connections.count}`),
    ];
  });

const subscribersHavePublisher: Check = ({ workloads: { publish, subscribe } }) =>
  subscribe !== undefined && publish === undefined
    ? [problem(['workloads', 'subscribe'], 'needs a publish workload whose events it can receive')]
    : [];

const openModelHasRate: Check = ({ load, workloads: { publish } }) =>
  load.model === 'open' && publish?.pace === 'rate' && publish.rate === undefined
    ? [problem(['workloads', 'publish', 'rate'], 'is required in the open model')]
    : [];

/** Replies set the pace, so that nothing which is timed by a schedule can take part. */
const closedModelOnlyPublishes: Check = ({ load, workloads, phases }) => {
  if (load.model === 'open') return [];
  const scheduled = (['query', 'connect'] as const).filter((name) => workloads[name] !== undefined);
  return [
    ...(workloads.publish === undefined ? [problem(['workloads'], 'need publish in the closed model')] : []),
    ...scheduled.map((name) => problem(['workloads', name], 'needs the open model')),
    ...phases.flatMap(({ level, rampTo }, index) =>
      level === 1 && rampTo === undefined
        ? []
        : [problem(['phases', index], 'levels scale rates, which the closed model does not have')],
    ),
  ];
};

/** The same name twice would be one series in the results. */
const namesAreUnique: Check = ({ phases, workloads }) => [
  ...repeated(phases, (index) => ['phases', index, 'name']),
  ...repeated(workloads.query?.filters ?? [], (index) => ['workloads', 'query', 'filters', index, 'name']),
];

const somethingArrives: Check = ({ load, phases }) =>
  load.model === 'open' && phases.every(({ level, rampTo }) => level === 0 && (rampTo ?? 0) === 0)
    ? [problem(['phases'], 'are all at level 0: nothing would be measured')]
    : [];

const scheduleIsBounded: Check = ({ load, workloads, warmup, phases }) => {
  if (load.model === 'closed') return [];
  const levelMs = phases.reduce(
    (sum, { duration, level, rampTo = level }) => sum + (duration * (level + rampTo)) / 2,
    warmup,
  );
  return RATED.flatMap((name) => {
    const arrivals = ((workloads[name]?.rate ?? 0) * levelMs) / 1_000;
    if (arrivals <= MAX_ARRIVALS) return [];
    return [problem(['workloads', name, 'rate'], 'gives more than 1,000,000,000 arrivals over the phases')];
  });
};

/** Timers count from the start of the ramp and of the load, so all parts together have the bound of one duration. */
const runIsBounded: Check = ({ connections, workloads, warmup, phases, drain }) => {
  const rampMs = (connections.count / connections.rate) * 1_000;
  const { publish, query, connect } = workloads;
  const timeoutMs = Math.max(
    publish?.timeout ?? 0,
    query?.timeout ?? 0,
    connect?.timeout ?? 0,
    connections.timeout,
  );
  const restMs = rampMs + warmup + timeoutMs + drain;
  const totalMs = phases.reduce((sum, { duration }) => sum + duration, restMs);
  if (totalMs <= LONGEST_MS) return [];
  const parts = 'opening the connections, warm-up, phases, timeouts and drain';
  return [problem(['phases'], `make the run longer than ${LONGEST_TEXT}: ${parts} together`)];
};

const CHECKS: readonly Check[] = [
  rolesFit,
  subscribersHavePublisher,
  openModelHasRate,
  closedModelOnlyPublishes,
  namesAreUnique,
  somethingArrives,
  scheduleIsBounded,
  runIsBounded,
  ...CORPUS_CHECKS,
];

function repeated(
  items: readonly { readonly name: string }[],
  pathOf: (index: number) => Inconsistency['path'],
): readonly Inconsistency[] {
  const seen = new Set<string>();
  return items.flatMap(({ name }, index) => {
    if (seen.has(name)) return [problem(pathOf(index), `"${name}" is used twice`)];
    seen.add(name);
    return [];
  });
}
