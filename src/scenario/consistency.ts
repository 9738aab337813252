import { LONGEST_MS, LONGEST_TEXT } from '../base/duration.ts';
import { faultsFit } from '../fault/form/check.ts';
import { WORKLOAD_FORMS, WORKLOAD_NAMES, type WorkloadName } from '../workload/registry/forms.ts';
import { CORPUS_CHECKS } from './corpus-consistency.ts';
import { type Check, type Inconsistency, problem, repeated } from './inconsistency.ts';
import type { ScenarioShape } from './shape.ts';
import type { CommonForm } from './workload-form.ts';

type Workloads = ScenarioShape['workloads'];
type Looked = Check<Workloads>;

const MAX_ARRIVALS = 1e9;

/** The workloads that a scenario asks for, as far as they are alike. */
function asked(workloads: Workloads): readonly (readonly [WorkloadName, CommonForm])[] {
  return WORKLOAD_NAMES.flatMap((name) => {
    const form: CommonForm | undefined = workloads[name];
    return form === undefined ? [] : [[name, form] as const];
  });
}

/** Everything in a well-formed scenario that contradicts something else in it; empty where nothing does. */
export function inconsistencies(scenario: ScenarioShape): readonly Inconsistency[] {
  return CHECKS.flatMap((check) => check(scenario));
}

const rolesFit: Looked = ({ workloads, connections }) =>
  asked(workloads).flatMap(([name, { connections: wanted = 0 }]) =>
    wanted <= connections.count
      ? []
      : [
          problem(
            ['workloads', name, 'connections'],
            `is ${wanted}, but the run has only ${connections.count}`,
          ),
        ],
  );

/** Replies set the pace, so that nothing which is timed by a schedule can take part. */
const closedModelHasNoSchedule: Looked = ({ load, workloads, phases }) => {
  if (load.model === 'open') return [];
  const names = asked(workloads).map(([name]) => name);
  const leaders = WORKLOAD_NAMES.filter((name) => WORKLOAD_FORMS[name].closed === 'leads');
  const isLed = names.some((name) => leaders.includes(name));
  return [
    ...(isLed ? [] : [problem(['workloads'], `need ${leaders.join(' or ')} in the closed model`)]),
    ...names
      .filter((name) => WORKLOAD_FORMS[name].closed === 'none')
      .map((name) => problem(['workloads', name], 'needs the open model')),
    ...phases.flatMap(({ level, rampTo }, index) =>
      level === 1 && rampTo === undefined
        ? []
        : [problem(['phases', index], 'levels scale rates, which the closed model does not have')],
    ),
  ];
};

/** The same name twice would be one series in the results. */
const phasesAreUnique: Looked = ({ phases }) => repeated(phases, (index) => ['phases', index, 'name']);

const somethingArrives: Looked = ({ load, phases }) =>
  load.model === 'open' && phases.every(({ level, rampTo }) => level === 0 && (rampTo ?? 0) === 0)
    ? [problem(['phases'], 'are all at level 0: nothing would be measured')]
    : [];

const scheduleIsBounded: Looked = ({ load, workloads, warmup, phases }) => {
  if (load.model === 'closed') return [];
  const levelMs = phases.reduce(
    (sum, { duration, level, rampTo = level }) => sum + (duration * (level + rampTo)) / 2,
    warmup,
  );
  return asked(workloads).flatMap(([name, { rate = 0 }]) => {
    const arrivals = (rate * levelMs) / 1_000;
    if (arrivals <= MAX_ARRIVALS) return [];
    return [problem(['workloads', name, 'rate'], 'gives more than 1,000,000,000 arrivals over the phases')];
  });
};

/** Timers count from the start of the ramp and of the load, so all parts together have the bound of one duration. */
const runIsBounded: Looked = ({ connections, workloads, warmup, phases, drain }) => {
  const rampMs = (connections.count / connections.rate) * 1_000;
  const timeouts = asked(workloads).map(([, { timeout = 0 }]) => timeout);
  const timeoutMs = Math.max(connections.timeout, ...timeouts);
  const restMs = rampMs + warmup + timeoutMs + drain;
  const totalMs = phases.reduce((sum, { duration }) => sum + duration, restMs);
  if (totalMs <= LONGEST_MS) return [];
  const parts = 'opening the connections, warm-up, phases, timeouts and drain';
  return [problem(['phases'], `make the run longer than ${LONGEST_TEXT}: ${parts} together`)];
};

/** There a lost connection takes its operations in flight with it, which set the pace. */
const reconnectNeedsSchedule: Looked = ({ load, connections }) =>
  load.model === 'closed' && connections.reconnect != null
    ? [problem(['connections', 'reconnect'], 'needs the open model')]
    : [];

const CHECKS: readonly Check<Workloads>[] = [
  rolesFit,
  closedModelHasNoSchedule,
  phasesAreUnique,
  somethingArrives,
  reconnectNeedsSchedule,
  scheduleIsBounded,
  runIsBounded,
  faultsFit,
  ...CORPUS_CHECKS,
  ...Object.values(WORKLOAD_FORMS).flatMap(({ checks }): readonly Check<Workloads>[] => checks),
];
