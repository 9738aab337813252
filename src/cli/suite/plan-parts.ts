import type { Plan } from '../../plan/plan.ts';
import { suiteScenarioPath } from '../../scenario/builtin.ts';
import type { PlannedPart } from '../../suite/build.ts';
import type { SuitePart } from '../../suite/parts.ts';
import type { CommandHost } from '../host.ts';
import { corporaOf } from '../run/corpora.ts';
import { preparePlan } from '../run/prepare-plan.ts';
import { type Mode, timesOf } from './mode.ts';

/** What of the command line every part takes over. */
export interface PartFlags {
  readonly seed?: number;
  readonly workers?: number;
  readonly cache?: string;
  readonly insecure?: boolean;
}

/** A part and the plan of its run; the addresses of the relay come in when it is there. */
export interface PlannedRun extends PlannedPart {
  readonly plan: Plan;
}

/** Resolves every number of every part before anything is started. @throws RelayBenchError what `preparePlan` throws */
export async function planParts(
  parts: readonly SuitePart[],
  { flags, mode, host }: { readonly flags: PartFlags; readonly mode: Mode; readonly host: CommandHost },
): Promise<readonly PlannedRun[]> {
  const corpora = corporaOf(host, flags.cache);
  const planned: PlannedRun[] = [];
  const { cache: _, ...shape } = flags;
  // One after the other: they share a corpus, which the first of them makes.
  for (const part of parts) {
    const given = { ...shape, ...timesOf(part, mode), defaultGates: part.kind === 'search' };
    const plan = await preparePlan(suiteScenarioPath(part.scenario), given, corpora, host.io.env);
    const { name, sha256 } = plan.scenario;
    planned.push({ part, scenario: { name, sha256 }, plan });
  }
  return planned;
}
