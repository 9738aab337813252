import { NS_PER_S } from '../base/clock.ts';
import type { FittedCorpus } from '../plan/parts.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunResult } from '../result/run-result.ts';

/** Notes that are signed for a run are named by what determines them. */
export function corpusOf({ corpus, seed, fitted }: Plan): RunResult['corpus'] {
  const { profile, events, authors, named } = corpus;
  const fitting = fitted === undefined ? {} : fittingOf(fitted);
  if (named === null) {
    return {
      ...fitting,
      profile,
      events,
      fingerprint: `fresh:${profile}:seed=${seed}:events=${events}:authors=${authors}`,
    };
  }
  const { fingerprint, fresh } = named;
  return { ...fitting, profile, events: named.events, fingerprint: fingerprint ?? '', fresh, stored: events };
}

function fittingOf({ salt, times, present, work = 0 }: FittedCorpus): Partial<RunResult['corpus']> {
  return {
    salt,
    storedBefore: present.size,
    ...(work === 0 ? {} : { work }),
    ...(times === null ? {} : { endsAt: new Date(times.end_s * 1_000).toISOString(), span_s: times.span_s }),
  };
}

/** What a reader must know where the events ran out before the planned end. */
export function exhaustionText(offsetNs: number): string {
  return `the corpus had no more events after ${(offsetNs / NS_PER_S).toFixed(1)} s: the load ended there, earlier than planned`;
}
