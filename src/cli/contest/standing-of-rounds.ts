import { DEFAULT_OPTIONS } from '../../compare/compare.ts';
import { standingOf } from '../../compare/standing.ts';
import type { Standing } from '../../compare/standing-schema.ts';
import type { Contender } from './contender.ts';
import type { RoundsResult } from './hold-rounds.ts';

/** What rounds have found of each contender: of the valid rounds; where there is none, of what was recorded, marked so. */
export function standingOfRounds(
  contenders: readonly Contender[],
  { rounds, invalid, leftOut }: RoundsResult,
): Standing {
  const validity = rounds.length > 0 ? 'valid' : 'invalid';
  const shown = rounds.length > 0 ? rounds : invalid;
  const ran = contenders.map(({ name }, at) => ({
    name,
    runs: shown.flatMap((round) => round[at] ?? []),
  }));
  const found = standingOf(ran, { ...DEFAULT_OPTIONS, validity });
  return { ...found, warnings: [...found.warnings, ...leftOut.map((why) => `left out: ${why}`)] };
}
