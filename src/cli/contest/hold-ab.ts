import { RelayBenchError } from '../../base/errors.ts';
import { EXIT, type ExitCode } from '../../base/exit-codes.ts';
import { type CompareOptions, compareRuns } from '../../compare/compare.ts';
import { withConfirmation, worseKeys } from '../../compare/confirm.ts';
import { MIN_RUNS } from '../../compare/judge-many.ts';
import type { Comparison } from '../../compare/schema.ts';
import { holdRounds, type RoundsRequest, type RoundsResult } from './hold-rounds.ts';

export interface AbRequest {
  /** Of two contenders, the base first; `prefix` is set here. */
  readonly rounds: Omit<RoundsRequest, 'prefix'>;
  readonly options: CompareOptions;
  /** Told what was held where too few pairs are valid for a verdict, before that is thrown. */
  readonly onTooFew?: (held: RoundsResult) => Promise<void>;
}

/**
 * Interleaved pairs of runs, judged statistically; a regression is looked for again in as many fresh pairs before it
 * counts.
 * @throws RelayBenchError `AB_INVALID` (exit 103) where too few pairs are valid, or what a run throws
 */
export async function holdAb(request: AbRequest): Promise<Comparison> {
  const { rounds, options } = request;
  const first = await judgedPairs(request, '');
  if (first.verdict !== 'worse') return first;
  rounds.say(`${first.reason}; looking for it again in ${rounds.rounds} fresh pairs`);
  const seed = rounds.seed + 1;
  // Only what was found has to be found again, so the fresh pairs need no correction for the rest.
  const gated = worseKeys(first);
  const again = { ...request, rounds: { ...rounds, seed }, options: { ...options, gated } };
  return withConfirmation(first, await judgedPairs(again, 'confirm-'));
}

/** 98 for a confirmed regression, else 0. */
export function abExitCode({ verdict, confirmation }: Comparison): ExitCode {
  return verdict === 'worse' && confirmation?.confirmed === true ? EXIT.regression : EXIT.ok;
}

async function judgedPairs({ rounds, options, onTooFew }: AbRequest, prefix: string): Promise<Comparison> {
  const result = await holdRounds({ ...rounds, prefix });
  if (!areEnough(rounds.rounds, result)) await onTooFew?.(result);
  requireEnough(rounds.rounds, result);
  const side = (at: number) => result.rounds.flatMap((round) => round[at] ?? []);
  const comparison = compareRuns(side(0), side(1), options);
  return { ...comparison, warnings: [...comparison.warnings, ...result.leftOut.map(leftOutText)] };
}

/** Few pairs that were asked for are inconclusive; few that remain of many mean that this machine can't tell. */
function requireEnough(wanted: number, result: RoundsResult): void {
  if (areEnough(wanted, result)) return;
  const { rounds, leftOut } = result;
  throw new RelayBenchError(`only ${rounds.length} of ${wanted} pairs are valid: ${leftOut[0] ?? ''}`, {
    code: 'AB_INVALID',
    hint: 'lower the load or free this machine of other work, and measure again',
    exitCode: EXIT.invalidRun,
  });
}

function areEnough(wanted: number, { rounds }: RoundsResult): boolean {
  return rounds.length >= Math.min(wanted, MIN_RUNS);
}

function leftOutText(reason: string): string {
  return `left out and repeated: ${reason}`;
}
