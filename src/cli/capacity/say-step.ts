import { formatDurationMs } from '../../base/duration.ts';
import { limitOf } from '../../capacity/bracket.ts';
import { trialsOf } from '../../capacity/build.ts';
import type { PlannedStep } from '../../capacity/read-step.ts';
import type { Capacity, CapacityStep } from '../../capacity/schema.ts';
import { type SearchOptions, stepsLeft } from '../../capacity/search.ts';
import { stepReason } from '../../report/capacity/document.ts';
import { levelOf, levelText } from '../../report/capacity/words.ts';
import { number, seconds } from '../../report/quantity.ts';

/** Tells a person what a search does. */
export interface SayStep {
  before(step: PlannedStep, done: readonly CapacityStep[], leftMs: number): void;
  after(step: CapacityStep): void;
  rested(coolDown: NonNullable<CapacityStep['coolDown']>): void;
}

export interface SayOptions {
  readonly counted: Pick<Capacity, 'of' | 'unit'>;
  readonly search: SearchOptions;
  /** Of a step, about. */
  readonly stepMs: number;
  readonly say: (line: string) => void;
}

/** One line before and one after each step. */
export function sayStep({ counted, search, stepMs, say }: SayOptions): SayStep {
  return {
    before: (step, done, leftMs) => {
      const level = levelText(counted, levelOf(counted, step));
      const trials = trialsOf(done, counted.of);
      const known = knownText(limitOf(trials));
      const steps = stepsLeft(search, trials);
      const time =
        steps === null
          ? `at most ${formatDurationMs(leftMs)} left`
          : `about ${formatDurationMs(Math.min(leftMs, Math.max(1, steps) * stepMs))} left`;
      say(`step ${step.number}: ${level} (${step.why}); ${known}${time}`);
    },
    after: (step) => {
      const reason = stepReason(step);
      say(`step ${step.number}: ${step.verdict}${reason === '' ? '' : `: ${reason}`}`);
    },
    rested: ({ waited_s, calm }) => {
      say(calm ? `at rest after ${seconds(waited_s)}` : `not at rest after ${seconds(waited_s)}; going on`);
    },
  };
}

function knownText({ low, high }: ReturnType<typeof limitOf>): string {
  const holds = low === null ? [] : [`${number(low)} holds`];
  const breaks = high === null ? [] : [`${number(high)} breaks`];
  const known = [...holds, ...breaks].join(', ');
  return known === '' ? '' : `${known}; `;
}
