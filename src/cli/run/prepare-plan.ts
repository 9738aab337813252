import { availableParallelism } from 'node:os';
import { RelayBenchError } from '../../base/errors.ts';
import { gateProblem } from '../../gate/parse.ts';
import { buildPlan } from '../../plan/build-plan.ts';
import { applyOverrides } from '../../plan/overrides.ts';
import type { Plan } from '../../plan/plan.ts';
import { loadScenario } from '../../scenario/load.ts';
import type { CheckFault } from '../../scenario/parse.ts';
import { regionNamesOf, relayProcessesOf } from '../stack/running-stack.ts';
import { wantsAudit, withAuditGate } from './audit-run.ts';
import { type Corpora, corporaInCache } from './corpora.ts';
import { findTrace, lengthOfTrace } from './find-trace.ts';
import { type LoadFlags, overridesOf } from './flags.ts';
import { findNamedCorpus } from './named-corpus.ts';
import type { TargetFlags } from './relay-flag.ts';

/** Runs without a name use this scenario. */
export const DEFAULT_SCENARIO = 'quick';

/** What decides a plan: flags, and what a command knows of its target. */
export interface PlanFlags extends LoadFlags {
  /** Addresses of the relays; left out: the embedded one. */
  readonly relay?: readonly string[] | undefined;
  /** What keeps a fault from happening to the target; left out, nothing does. */
  readonly checkFault?: CheckFault;
  /** Relay processes of a stack that is brought up with so many; left out: those of the one that runs, or of its profile. */
  readonly relays?: number;
}

/** Stands in a plan for the address of a relay that is started for it, the embedded one too; its port is known only once it runs. */
export const EMBEDDED_TARGET = 'ws://127.0.0.1:0/';

/** Addresses for a plan; those of relays that are started are known only once they run. Undefined without `--relay`. */
export function plannedAddresses({ relay }: TargetFlags): readonly string[] | undefined {
  return relay?.map(({ url }) => url ?? EMBEDDED_TARGET);
}

/**
 * Loads a scenario and resolves every number of its run, flags included.
 * @param corpora where the corpus that it may name comes from; by default one that is not there is not made
 * @param env where the default directory of a stack comes from
 * @throws RelayBenchError where the scenario, a flag or a gate is wrong
 */
export async function preparePlan(
  nameOrPath: string,
  flags: PlanFlags,
  corpora: Corpora = corporaInCache({}),
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Plan> {
  // A URL is never looked up as a name: the message would repeat the credentials in it.
  if (/^[a-z]+:\/\//i.test(nameOrPath)) throw relayInPlaceOfScenario();
  const scenario = await loadScenario(nameOrPath, gateProblem, flags.checkFault);
  const given = overridesOf(flags);
  const asked = applyOverrides(scenario, given);
  const trace = await findTrace({
    scenario: asked,
    scenarioFile: flags.trace === undefined ? nameOrPath : null,
  });
  // A trace that a flag names is offered as a whole, unless a flag says how much of it.
  const isWhole = trace !== null && flags.trace !== undefined && flags.duration === undefined;
  const overrides = isWhole ? { ...given, durationMs: lengthOfTrace(trace, asked) } : given;
  const plan = buildPlan({
    scenario,
    targets: flags.relay ?? [EMBEDDED_TARGET],
    relayProcesses: relayProcessesFor(flags, env),
    regions: flags.stack === undefined ? [] : regionNamesOf(flags.stack, flags.stackDir, env),
    cores: availableParallelism(),
    overrides,
    corpus: await findNamedCorpus({
      scenario: applyOverrides(scenario, overrides),
      scenarioFile: flags.corpus === undefined ? nameOrPath : null,
      corpora,
    }),
    trace,
  });
  return flags.defaultGates && wantsAudit(flags) ? withAuditGate(plan) : plan;
}

function relayProcessesFor(
  { stack, stackDir, relays }: PlanFlags,
  env: Readonly<Record<string, string | undefined>>,
): number {
  if (stack === undefined) return 1;
  return relays ?? relayProcessesOf(stack, stackDir, env);
}

function relayInPlaceOfScenario(): RelayBenchError {
  return new RelayBenchError('there is a relay address where the name of a scenario belongs', {
    code: 'SCENARIO_NOT_FOUND',
    hint: 'write --relay before the address',
  });
}
