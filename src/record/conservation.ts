import { ACCOUNTS, BALANCES, type PerNoun } from '../metric/accounts.ts';
import type { CounterMapMetric } from '../metric/counter-maps.ts';
import type { CounterMetric } from '../metric/counters.ts';
import type { Counters } from './schema.ts';

/** Sum of a counter that is split by a word, for example all rejections. */
export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** A counter; of one that is split by a word the sum. */
export function countOf(counters: Counters, name: CounterMetric | CounterMapMetric): number {
  const value = counters[name];
  return typeof value === 'number' ? value : sumOf(value);
}

interface Equation {
  readonly what: string;
  readonly total: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

/**
 * Whether everything is accounted for: each arrival was sent, could not be sent or was dropped, and each operation
 * and expected delivery has exactly one outcome.
 * @param offered operations that were scheduled in the measured phases
 * @returns one sentence a violated equation; empty where all hold. A violation is a bug of relay-bench, and the
 * run that shows it is invalid.
 */
export function checkConservation(counters: Counters, offered: Readonly<PerNoun>): string[] {
  return equationsOf(counters, offered).flatMap(({ what, total, outcomes }) => {
    const sum = sumOf(outcomes);
    if (sum === total) return [];
    const terms = Object.entries(outcomes).map(([name, count]) => `${count} ${name}`);
    return [
      `conservation violated (a bug in relay-bench): ${total} ${what}, but ${terms.join(' + ')} = ${sum}`,
    ];
  });
}

function equationsOf(counters: Counters, offered: Readonly<PerNoun>): readonly Equation[] {
  const counted = (outcomes: Readonly<Record<string, CounterMetric | CounterMapMetric>>) =>
    Object.fromEntries(Object.entries(outcomes).map(([name, of]) => [name, countOf(counters, of)]));
  return [
    ...ACCOUNTS.map(({ noun, sent, unsent, dropped }) => ({
      what: `${noun} offered`,
      total: offered[noun],
      outcomes: counted({ sent, unsent, dropped }),
    })),
    ...ACCOUNTS.map(({ noun, sent, ends }) => ({
      what: `${noun} sent`,
      total: counters[sent],
      outcomes: counted(ends),
    })),
    ...BALANCES.map(({ what, total, outcomes }) => ({
      what,
      total: counters[total],
      outcomes: counted(outcomes),
    })),
  ];
}
