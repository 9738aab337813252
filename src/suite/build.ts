import { answersOf } from '../compare/answers.ts';
import type { RunRecord } from '../record/schema.ts';
import type { FigureSpec, SuitePart } from './parts.ts';
import { nothing, type Reading } from './reading.ts';
import {
  SUITE_VERSION,
  type Suite,
  type SuiteEntry,
  type SuiteFigure,
  type SuitePartResult,
  type SuiteRun,
} from './schema.ts';
import { quotientOf, type Span } from './span.ts';

/** What came of one part against one relay. */
export interface Outcome extends Omit<SuiteRun, 'relay'> {
  /** By key of the figure. */
  readonly readings: ReadonlyMap<string, Reading>;
  /** Of a run that was carried out; null of a search, and where nothing was. */
  readonly record: RunRecord | null;
}

/** A part as it was planned. */
export interface PlannedPart {
  readonly part: SuitePart;
  readonly scenario: SuitePartResult['scenario'];
}

export interface SuiteInput extends Omit<Suite, 'suiteVersion' | 'parts' | 'answers'> {
  readonly planned: readonly PlannedPart[];
  /** What came of a part; undefined where it was not reached. */
  outcomeOf(part: string, relay: string): Outcome | undefined;
}

/** The reference relay answers for the speed of the machine only as long as that is the same. */
const SAME_HOUR_MS = 3_600_000;

const MISSING: Outcome = {
  status: 'missing',
  reason: 'it was not reached',
  file: null,
  runId: null,
  startedAt: null,
  wrongAnswers: null,
  caveats: [],
  readings: new Map(),
  record: null,
};

/** Puts everything that a suite has measured into one document. */
export function buildSuite({ planned, outcomeOf, ...head }: SuiteInput): Suite {
  const { relays, reference, warnings } = head;
  const names = relays.map(({ name }) => name);
  const of = (part: string, relay: string): Outcome => outcomeOf(part, relay) ?? MISSING;
  const parts = planned.map(({ part, scenario }): SuitePartResult => {
    const outcomes = names.map((name) => ({ name, outcome: of(part.id, name) }));
    return {
      id: part.id,
      title: part.title,
      scenario,
      fingerprint:
        outcomes.find(({ outcome }) => outcome.record !== null)?.outcome.record?.corpus.fingerprint ?? null,
      runs: outcomes.map(({ name, outcome }) => runOf(name, outcome)),
      figures: part.figures.map((spec) => figureOf(spec, outcomes, reference)),
    };
  });
  return {
    suiteVersion: SUITE_VERSION,
    ...head,
    parts,
    answers: answersIn(planned, names, of),
    warnings: [...warnings, ...farApart(parts, reference)],
  };
}

function runOf(relay: string, { readings: _, record: __, ...run }: Outcome): SuiteRun {
  return { relay, ...run };
}

interface Named {
  readonly name: string;
  readonly outcome: Outcome;
}

function figureOf(spec: FigureSpec, outcomes: readonly Named[], reference: string): SuiteFigure {
  const readings = outcomes.map(({ name, outcome }) => ({
    name,
    isSound: outcome.status === 'measured',
    reading: outcome.readings.get(spec.key) ?? nothing(outcome.reason ?? 'it was not measured'),
  }));
  const base = readings.find(({ name, isSound }) => name === reference && isSound)?.reading;
  const { key, title, unit, direction, isMain } = spec;
  return {
    ...{ key, title, unit, direction, main: isMain },
    entries: readings.map(
      ({ name, isSound, reading }): SuiteEntry => ({
        relay: name,
        ...reading,
        relative: !isSound || base === undefined || name === reference ? null : relativeTo(base, reading),
      }),
    ),
  };
}

function relativeTo(base: Reading, reading: Reading): Span | null {
  const [over, under] = [spanOf(reading), spanOf(base)];
  return over === null || under === null ? null : quotientOf({ over: [over], under: [under] });
}

/** A reading with a value; null of one without. */
export function spanOf({ value, low, high }: Pick<Reading, 'value' | 'low' | 'high'>): Span | null {
  return value === null ? null : { value, low, high };
}

/** Result counts beside each other, of every part that asks for stored events; those of one relay prove nothing. */
function answersIn(
  planned: readonly PlannedPart[],
  names: readonly string[],
  of: (part: string, relay: string) => Outcome,
): Suite['answers'] {
  if (names.length < 2) return [];
  return planned.flatMap(({ part }) => {
    const contenders = names.map((name) => {
      const { record, status } = of(part.id, name);
      return { name, runs: record === null || status === 'failed' ? [] : [{ name, record }] };
    });
    return answersOf(contenders).map(({ what, entries, differs }) => ({
      what: `${part.id}: ${what}`,
      entries: [...entries],
      differs,
    }));
  });
}

/** Parts whose reference was measured in another hour, as a resumed suite has them. */
function farApart(parts: readonly SuitePartResult[], reference: string): string[] {
  return parts.flatMap(({ title, runs }) => {
    const at = (run: SuiteRun | undefined): number => Date.parse(run?.startedAt ?? '');
    const base = at(runs.find(({ relay }) => relay === reference));
    const far = runs.filter((run) => Math.abs(at(run) - base) > SAME_HOUR_MS).map(({ relay }) => relay);
    return far.length === 0
      ? []
      : [
          `${title}: ${far.join(', ')} and ${reference} were measured more than an hour apart, the machine may have changed`,
        ];
  });
}
