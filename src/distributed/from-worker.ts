import * as z from 'zod';
import { type FromWorker, GC_KINDS } from '../engine/messages.ts';
import { FINDING_RULES, type FindingKind } from '../judge/rules.ts';
import { COUNTER_MAP_NAMES } from '../metric/counter-maps.ts';
import { COUNTER_NAMES } from '../metric/counters.ts';

// What comes of a machine that may be broken or somebody else's: all that the merge adds up, looks up or shows is checked to
// the last number. Objects may have more than is named here; nobody reads it.

const whole = z.int().min(0);
const finite = z.number();
const positive = z.number().min(0);
/** A sentence, a word of a relay, an id: relays choose some of them. */
const text = z.string().max(1_000_000);
const MOST_ITEMS = 10_000_000;
const MOST_TEXTS = 100_000;
/** More phases than any scenario has. */
const MOST_PHASES = 10_000;
const MOST_SERIES = 10_000;
/** Of one counter in one message; a worker keeps 20 of each. */
const MOST_CASES = 1_000;
/** Longer than any run: what it is the number of grows with it. */
const MOST_SECONDS = 10_000_000;
const MOST_MOMENTS = 20 * MOST_SECONDS;
/** Of a histogram from 0 to an hour with three digits, rounded up. */
const MOST_BUCKETS = 24_000;
const FINDINGS = Object.keys(FINDING_RULES) as FindingKind[];

const counts = z
  .instanceof(Float64Array)
  .refine((values) => values.every(isCount), 'holds something that is no count');

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Pairs of a bucket and its count; without samples the minimum is infinite. */
const delta = z
  .object({
    buckets: counts.refine(arePairs, 'is no list of buckets'),
    count: whole,
    min_us: positive.or(z.literal(Number.POSITIVE_INFINITY)),
    max_us: positive,
    sum_us: positive,
    clamped: whole,
    censored: whole,
  })
  .refine(
    ({ buckets, count }) => sumOfCounts(buckets) === count,
    'counts other samples than its buckets hold',
  );

/** Places, each above the one before it, and their counts in turn. */
function arePairs(pairs: Float64Array): boolean {
  const isPlace = (value: number, at: number): boolean =>
    value < MOST_BUCKETS && (at === 0 || value > (pairs[at - 2] ?? 0));
  return pairs.length % 2 === 0 && pairs.every((value, at) => at % 2 === 1 || isPlace(value, at));
}

function sumOfCounts(pairs: Float64Array): number {
  let sum = 0;
  for (let at = 1; at < pairs.length; at += 2) sum += pairs[at] ?? 0;
  return sum;
}

const moment = finite.nullable();
const connections = z.object({
  ...{ opened: whole, failed: whole, dropped: whole, open: whole },
  ...{ firstDropNs: moment, lastDropNs: moment },
});

const words = z.map(text, whole);
const counters = z.object({
  rows: z
    .array(counts.refine(({ length }) => length === COUNTER_NAMES.length, 'has another number of counters'))
    .max(MOST_PHASES),
  words: z.object(
    Object.fromEntries(COUNTER_MAP_NAMES.map((name) => [name, z.array(words).max(MOST_PHASES)])),
  ),
});

const series = whole.max(MOST_SERIES);
const interval = z.object({
  index: whole.max(MOST_SECONDS),
  samples: z.array(z.object({ series, phase: whole.max(MOST_PHASES), delta })).max(MOST_TEXTS),
  censored: z.array(z.object({ series, second: whole.max(MOST_SECONDS), count: whole })).max(MOST_TEXTS),
  moments: z
    .array(z.object({ at: whole.max(MOST_MOMENTS), answers: whole, errors: whole }))
    .max(MOST_TEXTS)
    .optional(),
  counters,
  connections,
  health: z.object({
    ...{ cpu_s: finite, utilization: finite, rss_bytes: positive, loopDelay_us: delta, inFlight: finite },
    gaps_us: z.array(positive).max(MOST_TEXTS),
    gcPauses: z.object({
      ...{ count: whole, total_us: positive },
      longest: z.object({ kind: z.enum(GC_KINDS), duration_us: positive }).nullable(),
    }),
  }),
});

const refusals = z
  .array(z.object({ status: whole.max(999), retryAfter: text.optional(), location: text.optional() }))
  .max(MOST_TEXTS);

const tally = z.object({ asked: whole, done: whole, refused: words, unanswered: whole, unsent: whole });

const events = z.array(z.object({ id: text, kind: finite.optional() })).max(MOST_TEXTS);
const evidence = z.object({
  ...{ atMs: finite, connection: finite, subscription: text },
  filter: z.record(z.string(), z.unknown()).nullable(),
  ...{ expected: events, got: events, reason: text.optional(), note: text.optional() },
});
const observations = z.object({
  evidence: z.record(z.string().max(200), z.array(evidence).max(MOST_CASES)),
  findings: z.array(z.object({ kind: z.enum(FINDINGS), text, nip: text, count: whole })).max(MOST_CASES),
});

const texts = z.array(text).max(MOST_TEXTS);

const BY_TYPE = {
  ready: z.object({}),
  connecting: z.object({ counts: connections }),
  connected: z.object({ counts: connections, refusals }),
  preparing: z.object({ done: finite, total: finite, what: text }),
  prepared: z.object({
    ...{ problems: texts, remarks: texts, storing: tally, subscribing: tally, counters },
    stored: z.object({ failed: z.array(whole).max(MOST_ITEMS), hadSome: z.boolean() }),
  }),
  started: z.object({ late_us: finite }),
  interval: z.object({ interval }),
  history: z.object({ entries: z.instanceof(Uint8Array) }),
  draining: z.object({ pending: finite }),
  done: z.object({ notices: texts, refusals, exhaustedNs: moment, observations }),
  failed: z.object({ message: z.string() }),
} satisfies Record<FromWorker['type'], z.ZodType>;

const typed = z.object({ type: z.enum(Object.keys(BY_TYPE) as FromWorker['type'][]) });

/** A message of a worker on another machine. */
export const fromWorker = z.custom<FromWorker>().superRefine((value: unknown, context) => {
  const problem = problemOf(value);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

/** Null for a message as workers send them; otherwise what is wrong with it, in words. */
function problemOf(value: unknown): string | null {
  const known = typed.safeParse(value);
  if (!known.success) return 'a worker sends nothing of this type';
  const { type } = known.data;
  const schema: z.ZodType = BY_TYPE[type];
  const checked = schema.safeParse(value);
  if (checked.success) return null;
  const [issue] = checked.error.issues;
  return `a message of type ${type} is wrong at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
}
