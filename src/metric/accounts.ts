import type { CounterMapMetric } from './counter-maps.ts';
import type { CounterMetric } from './counters.ts';
import type { Account, Balance } from './definition.ts';
import type { BaseLatency } from './latencies.ts';
import type { RatioMetric } from './ratios.ts';
import { METRIC_SETS } from './sets.ts';

/** What operations are called, and so the sums of them. */
export type Noun = (typeof METRIC_SETS)[number]['accounts'][number]['noun'];

/** An {@link Account} whose names are those of the catalogue. */
export interface OperationAccount extends Account {
  readonly noun: Noun;
  readonly sent: CounterMetric;
  readonly unsent: CounterMetric;
  readonly dropped: CounterMetric;
  readonly ends: Readonly<Record<string, CounterMetric | CounterMapMetric>>;
  readonly refusals?: CounterMapMetric;
  readonly lost: CounterMetric;
  readonly answer: BaseLatency;
  readonly asGood: readonly CounterMetric[];
  readonly ratio: RatioMetric;
}

/** A {@link Balance} whose names are those of the catalogue. */
interface CounterBalance extends Balance {
  readonly total: CounterMetric;
  readonly outcomes: Readonly<Record<string, CounterMetric>>;
}

/** The books of every sort of operation. */
export const ACCOUNTS: readonly OperationAccount[] = METRIC_SETS.flatMap(
  (set): readonly OperationAccount[] => set.accounts,
);

/** What is expected and its outcomes, besides operations. */
export const BALANCES: readonly CounterBalance[] = METRIC_SETS.flatMap(
  (set): readonly CounterBalance[] => set.balances,
);

/** A number for each sort of operation. */
export type PerNoun = Record<Noun, number>;

/** A number for each sort of operation, as `of` says. */
export function perNoun(of: (account: OperationAccount) => number): PerNoun {
  return Object.fromEntries(ACCOUNTS.map((account) => [account.noun, of(account)])) as PerNoun;
}

/** Operations of all sorts together. */
export function sumOfNouns(numbers: Readonly<PerNoun>): number {
  return ACCOUNTS.reduce((sum, { noun }) => sum + numbers[noun], 0);
}
