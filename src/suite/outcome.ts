import type { Capacity } from '../capacity/schema.ts';
import type { RunRecord } from '../record/schema.ts';
import { bias } from '../record/validity.ts';
import type { Outcome } from './build.ts';
import type { SuitePart } from './parts.ts';
import { nothing, type Reading, type ReadingContext } from './reading.ts';

const NO_READINGS: ReadonlyMap<string, Reading> = new Map();

/** What a run says: its figures, and whether they can be put beside others. @param file of its record */
export function outcomeOfRun(
  part: SuitePart,
  record: RunRecord,
  { file, ...context }: ReadingContext & { readonly file: string },
): Outcome {
  const [why = null] = bias(record);
  const readings = part.figures.flatMap(({ key, read }) =>
    read === null ? [] : [[key, read(record, context)] as const],
  );
  const failures = record.failures.map(({ text }) => text);
  return {
    status: why === null ? 'measured' : 'invalid',
    reason: why,
    file,
    runId: record.runId,
    startedAt: record.startedAt,
    wrongAnswers: wrongAnswersOf(record),
    caveats: [...failures, ...record.caveats],
    readings: new Map(readings),
    record,
  };
}

/** A relay that answers wrongly is not fast. */
function wrongAnswersOf({ counters }: RunRecord): Outcome['wrongAnswers'] {
  const wrong = Object.values(counters.answers_wrong).reduce((sum, count) => sum + count, 0);
  return wrong === 0 ? null : { wrong, checked: counters.answers_checked };
}

/** What a search says: the highest rate that held, between the levels that hold and break. */
export function outcomeOfSearch(part: SuitePart, found: Capacity, file: string): Outcome {
  const { limit, ended, steps, startedAt, caveats } = found;
  const [reading, invalid] = limitOf(found);
  const cut = ended === 'target-lost' ? 'the relay was lost while it was searched' : null;
  const reason = cut ?? (ended === 'interrupted' ? 'it was interrupted' : invalid);
  return {
    status: reason === null ? 'measured' : cut === null ? 'invalid' : 'failed',
    reason,
    file,
    runId: null,
    startedAt,
    wrongAnswers: null,
    caveats: [
      ...(limit.atLeast && limit.rate_per_s !== null
        ? [`no rate broke it: it carries this much or more`]
        : []),
      ...(ended === 'budget' ? [`its time was over after ${steps.length} steps`] : []),
      ...caveats,
    ],
    readings: new Map(part.figures.map(({ key }) => [key, reading])),
    record: null,
  };
}

/** The limit with its bracket, and why it is no limit at all. */
function limitOf({ limit, steps }: Capacity): readonly [Reading, string | null] {
  const { rate_per_s, low, high } = limit;
  if (rate_per_s !== null) return [{ value: rate_per_s, low, high, reason: null }, null];
  if (steps.every(({ verdict }) => verdict === 'invalid' || verdict === 'stopped'))
    return [nothing('no step was valid'), steps[0]?.reason ?? 'no step was taken'];
  return [nothing('not even the lowest rate held every gate'), null];
}

/** A part that was not measured. */
export function notMeasured(status: 'failed' | 'skipped' | 'missing', reason: string): Outcome {
  return {
    ...{ status, reason, file: null, runId: null, startedAt: null },
    wrongAnswers: null,
    caveats: [],
    readings: NO_READINGS,
    record: null,
  };
}
