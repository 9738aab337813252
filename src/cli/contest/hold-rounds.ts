import { join } from 'node:path';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import type { NamedRun } from '../../compare/comparable.ts';
import { interleave } from '../../compare/interleaving.ts';
import type { RunRecord } from '../../record/schema.ts';
import { bias } from '../../record/validity.ts';
import { writeRunRecord } from '../../record/write.ts';
import { exitCodeOf, type Interruption } from '../interruption.ts';
import type { Contender } from './contender.ts';

/** One run of every contender, in the order of the contenders. */
export type Round = readonly NamedRun[];

/** Carries out one run against one contender. */
export type RunOnce = (contender: Contender) => Promise<RunRecord>;

export interface RoundsRequest {
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly seed: number;
  /** Receives every record. */
  readonly directory: string;
  /** In front of the names of files, for example `confirm-`. */
  readonly prefix: string;
  readonly runOnce: RunOnce;
  readonly interruption: Pick<Interruption, 'received'>;
  /** Told what happens, one line each. */
  readonly say: (line: string) => void;
}

export interface RoundsResult {
  /** Those of which every run is valid and was measured by a generator at ease. */
  readonly rounds: readonly Round[];
  /** The others: they prove nothing, but they were recorded. */
  readonly invalid: readonly Round[];
  /** Why those were left out, one sentence a run. */
  readonly leftOut: readonly string[];
}

/**
 * Holds interleaved rounds. A round with a run that can't serve proves nothing and is held again, as often as rounds were asked
 * for in all.
 * @throws RelayBenchError `INTERRUPTED`, or what a run throws
 */
export async function holdRounds(request: RoundsRequest): Promise<RoundsResult> {
  const { contenders, rounds, seed } = request;
  const orders = interleave(contenders.length, 2 * rounds, seed);
  const good: Round[] = [];
  const bad: Round[] = [];
  const leftOut: string[] = [];
  for (const [at, order] of orders.entries()) {
    if (good.length === rounds) break;
    const round = await holdRound(request, at + 1, order);
    // A comparison needs figures that nothing has made higher: bounds won't do.
    const unfit = round.flatMap(({ name, record }) =>
      bias(record)
        .slice(0, 1)
        .map((why) => `${name}: ${why}`),
    );
    (unfit.length === 0 ? good : bad).push(round);
    leftOut.push(...unfit);
  }
  return { rounds: good, invalid: bad, leftOut };
}

async function holdRound(request: RoundsRequest, number: number, order: readonly number[]): Promise<Round> {
  const { contenders, directory, prefix, runOnce, say } = request;
  const runs: NamedRun[] = [];
  for (const at of order) {
    const one = contenders[at];
    if (one === undefined) continue;
    say(`round ${number}: ${one.name}`);
    const record = await runOnce(one);
    throwIfInterrupted(request, record);
    const name = `${prefix}${String(number).padStart(2, '0')}-${one.name}.json`;
    await writeRunRecord(join(directory, name), record);
    const [why] = bias(record);
    if (why !== undefined) say(`round ${number}: ${one.name} is left out: ${why}`);
    runs[at] = { name, record };
  }
  return runs;
}

function throwIfInterrupted({ interruption, directory }: RoundsRequest, record: RunRecord): void {
  const signal = interruption.received();
  if (signal !== null) {
    throw new RelayBenchError(`interrupted by ${signal}: there is no verdict`, {
      code: 'INTERRUPTED',
      hint: `the records of the finished runs are in ${directory}`,
      exitCode: exitCodeOf(signal),
    });
  }
  if (!record.partial) return;
  throw new RelayBenchError('a run ended before its time', {
    code: 'RUN_CUT_SHORT',
    hint: record.validity.reasons[0] ?? 'check whether something outside stopped the generator',
    exitCode: EXIT.invalidRun,
  });
}
