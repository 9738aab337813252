import { RelayBenchError } from '../base/errors.ts';
import type { Scenario } from '../scenario/schema.ts';
import { ALL_PLANNERS } from './each-workload.ts';

/** More workers than this pay off on no machine that also runs the relay. */
const MOST_BY_DEFAULT = 4;

/** What the number of workers must respect. */
interface Constraints {
  /** Every worker publishes and queries its share, so it needs a connection of each role. */
  readonly most: number;
  /** Must be a multiple of the workers, or null: a topic lives on one worker, publisher and subscribers alike. */
  readonly topics: number | null;
}

/**
 * How many workers carry out the run.
 * @param requested from the command line; undefined lets the number of cores decide
 * @throws RelayBenchError `PLAN_IMPOSSIBLE` where `requested` does not suit the scenario
 */
export function chooseWorkers(scenario: Scenario, requested: number | undefined, cores: number): number {
  const constraints = constraintsOf(scenario);
  if (requested !== undefined) {
    if (!suits(requested, constraints)) throw unsuitable(requested, constraints);
    return requested;
  }
  let workers = cores <= 2 ? 1 : Math.min(cores - 2, MOST_BY_DEFAULT);
  while (!suits(workers, constraints)) workers--;
  return workers;
}

function constraintsOf(scenario: Scenario): Constraints {
  const all = ALL_PLANNERS.map(([, planner]) => planner.constraints(scenario));
  const most = all.flatMap((each) => each.most ?? []);
  return {
    most: Math.min(scenario.connections.count, ...most),
    topics: all.flatMap((each) => each.topics ?? [])[0] ?? null,
  };
}

function suits(workers: number, { most, topics }: Constraints): boolean {
  return Number.isInteger(workers) && workers >= 1 && workers <= most && (topics ?? 0) % workers === 0;
}

function unsuitable(requested: number, constraints: Constraints): RelayBenchError {
  const valid = Array.from({ length: Math.min(constraints.most, 64) }, (_, i) => i + 1);
  const numbers = valid.filter((workers) => suits(workers, constraints)).join(', ');
  const reason =
    constraints.most === 1
      ? 'one worker must both publish a corpus and follow its authors, or serve the only connection of a role'
      : requested > constraints.most
        ? `each worker needs a connection of its own for every role, there are ${constraints.most}`
        : `the ${constraints.topics} topics must divide evenly among them`;
  return new RelayBenchError(`${requested} workers can't carry out this scenario: ${reason}`, {
    code: 'PLAN_IMPOSSIBLE',
    hint: `use one of ${numbers} workers, or change the scenario`,
  });
}
