import { messageOf, RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { interleave } from '../../compare/interleaving.ts';
import type { Outcome } from '../../suite/build.ts';
import { notMeasured } from '../../suite/outcome.ts';
import { chainsOf } from '../../suite/parts.ts';
import type { SuiteRelay } from '../../suite/schema.ts';
import type { Contestant } from './contestant.ts';
import { keptOutcome } from './kept.ts';
import type { PlannedRun } from './plan-parts.ts';

/** What came of a part against a relay, by both. */
export class Outcomes {
  readonly #all = new Map<string, Outcome>();

  get(part: string, relay: string): Outcome | undefined {
    return this.#all.get(keyOf(part, relay));
  }

  set(part: string, relay: string, outcome: Outcome): void {
    this.#all.set(keyOf(part, relay), outcome);
  }
}

function keyOf(part: string, relay: string): string {
  return `${relay}/${part}`;
}

/** Parts that follow each other on one start of a relay. */
export interface Chain {
  readonly contestant: Contestant;
  readonly runs: readonly PlannedRun[];
}

/** Carries out the parts of a chain, one after the other. */
export interface Carrier {
  /**
   * @param onOutcome told of each part as soon as it is over
   * @throws RelayBenchError where the relay can't be loaded
   */
  carryOut(chain: Chain, onOutcome: (run: PlannedRun, outcome: Outcome) => void): Promise<void>;
}

export interface SuitePlan {
  readonly directory: string;
  readonly planned: readonly PlannedRun[];
  readonly contestants: readonly Contestant[];
  readonly seed: number;
  /** What each relay does, by its name; of one that is missing nothing is known. */
  readonly relays: readonly SuiteRelay[];
  /** Keep what an earlier suite has measured in the directory. */
  readonly isResumed: boolean;
  readonly outcomes: Outcomes;
  readonly carrier: Carrier;
  readonly isInterrupted: () => boolean;
  /** After each chain: what is known so far is worth keeping. */
  readonly onProgress: () => Promise<void>;
  readonly say: (line: string) => void;
}

/**
 * Carries out a battery: part by part, the relays in turn, in an order that is drawn for each part, so that neither drift nor place
 * favours one of them. What a relay can't do is left out and said; a relay that fails in one part goes on with the next.
 * @throws what is no failure of a relay
 */
export async function holdSuite(plan: SuitePlan): Promise<void> {
  const { contestants, planned, seed } = plan;
  const chains = chainsOf(planned.map(({ part }) => part));
  const orders = interleave(contestants.length, chains.length, seed);
  const turns = chains.flatMap((chain, at) =>
    (orders[at] ?? []).flatMap((index) => {
      const contestant = contestants[index];
      return contestant === undefined ? [] : [{ contestant, chain }];
    }),
  );
  for (const { contestant, chain } of turns) {
    const runs = planned.filter(({ part }) => chain.includes(part));
    for (const one of startsOf(runs, contestant)) await holdChain(plan, { contestant, runs: one });
    if (plan.isInterrupted()) return;
    await plan.onProgress();
  }
}

/** What can't be started again begins each of its parts anew. */
function startsOf(
  runs: readonly PlannedRun[],
  { canRestart }: Contestant,
): readonly (readonly PlannedRun[])[] {
  return canRestart ? [runs] : runs.map((run) => [run]);
}

async function holdChain(plan: SuitePlan, chain: Chain): Promise<void> {
  if (plan.isInterrupted()) return;
  const { outcomes, carrier, say } = plan;
  const { name } = chain.contestant;
  const left = await openOf(plan, chain);
  if (left.length === 0) return;
  const total = plan.planned.length;
  for (const { part } of left)
    say(`part ${plan.planned.findIndex((one) => one.part === part) + 1} of ${total}: ${part.id}, ${name}`);
  try {
    await carrier.carryOut({ ...chain, runs: left }, ({ part }, outcome) => {
      outcomes.set(part.id, name, outcome);
      if (outcome.reason !== null) say(`${part.id}, ${name}: ${outcome.status}: ${outcome.reason}`);
    });
  } catch (error) {
    if (!(error instanceof RelayBenchError) || error.exitCode === EXIT.internal) throw error;
    if (!plan.isInterrupted()) fail(plan, { ...chain, runs: left }, error);
  }
}

/** What was not reached of a chain, because its relay could not be loaded. */
function fail(
  { outcomes, say }: SuitePlan,
  { contestant: { name }, runs }: Chain,
  error: RelayBenchError,
): void {
  const why = messageOf(error);
  say(`${name}: ${why}`);
  const unreached = runs.filter(({ part }) => outcomes.get(part.id, name) === undefined);
  for (const { part } of unreached) outcomes.set(part.id, name, notMeasured('failed', why));
}

/** The parts of a chain that are to be carried out: all that the relay can do, unless all of them are kept from before. */
async function openOf(plan: SuitePlan, { contestant, runs }: Chain): Promise<readonly PlannedRun[]> {
  const { outcomes, relays, directory, isResumed, say } = plan;
  const { name, canRestart } = contestant;
  const open: PlannedRun[] = [];
  for (const run of runs) {
    const reason = lackOf(
      run,
      relays.find((relay) => relay.name === name),
    );
    if (reason === null) open.push(run);
    else outcomes.set(run.part.id, name, notMeasured('skipped', reason));
  }
  const kept = await Promise.all(
    open.map(async (run) => {
      const restarted = canRestart && run.part.restarts;
      return isResumed ? keptOutcome(directory, run, { relay: name, restarted }) : null;
    }),
  );
  // What was stored for one part is gone: those that follow it begin anew with it.
  if (kept.some((outcome) => outcome === null)) return open;
  for (const [at, { part }] of open.entries()) {
    say(`${part.id}, ${name}: kept from before`);
    outcomes.set(part.id, name, kept[at] as Outcome);
  }
  return [];
}

/** What keeps a part from meaning anything with a relay; null where nothing does. */
function lackOf({ part }: PlannedRun, relay: SuiteRelay | undefined): string | null {
  const lacks = (relay?.abilities ?? []).filter(
    ({ what, supported }) => !supported && part.needs.some((one) => one === what),
  );
  const [first] = lacks;
  if (first === undefined) return null;
  return `the relay does not do what it needs: ${first.title} (NIP-${String(first.nip).padStart(2, '0')}): ${first.detail ?? ''}`;
}
