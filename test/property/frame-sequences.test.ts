import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { monotonicNs } from '../../src/base/clock.ts';
import { CorpusIndex } from '../../src/corpus/index/corpus-index.ts';
import { Recorder } from '../../src/engine/worker/recorder.ts';
import { ReplySorter } from '../../src/engine/worker/reply-sorter.ts';
import { NOTHING_ADVERTISED } from '../../src/judge/advertised.ts';
import type { AnswerJudgement } from '../../src/judge/answer.ts';
import { judgeAnswer } from '../../src/judge/answer.ts';
import { COUNTER_NAMES, type CounterMetric } from '../../src/metric/counters.ts';
import type { NostrEvent } from '../../src/nostr/event.ts';
import { receivedEvent } from '../../src/nostr/received-event.ts';
import { routeFrame } from '../../src/wire/reply-router.ts';
import { AnswerSamples } from '../../src/workload/query/answer-samples.ts';
import { QUERY_LETTER } from '../../src/workload/query/query-subscription.ts';
import { NO_AUTHENTICATION } from '../support/no-authentication.ts';
import { QUERY_SERIES, queryHarness } from '../support/query-harness.ts';
import { ReferenceJudge, type Step } from '../support/reference-judge.ts';

vi.setConfig({ testTimeout: 120_000 });

const SUBSCRIPTION = 'q00000000';
const PHASES = [
  { name: 'steady', kind: 'measured' as const, startNs: 0, endNs: 1e12, levelStart: 1, levelEnd: 1 },
];

function event(n: number, created_at: number, kind = 1): NostrEvent {
  const id = n.toString(16).padStart(2, '0').repeat(32);
  return { id, pubkey: 'a'.repeat(64), created_at, kind, tags: [], content: '', sig: '0'.repeat(128) };
}

/** Acknowledged before the question; two of one second, one of another kind. */
const STORED = [event(1, 100), event(2, 101), event(3, 102), event(4, 102), event(5, 103), event(6, 104, 7)];
/** Sent while the relay answers: one that is new, one that is dated before all others. */
const UNDER_WAY = [event(7, 105), event(8, 99)];
/** Published by somebody else. */
const FOREIGN = [event(0x50, 102), event(0x51, 50)];
const KNOWN = new CorpusIndex();
for (const each of [...STORED, ...UNDER_WAY]) KNOWN.add(each);

const right = (limit: number | undefined): NostrEvent[] =>
  STORED.filter(({ kind }) => kind === 1)
    .sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1))
    .slice(0, limit);

const frame = (...message: unknown[]): string => JSON.stringify(message);
const eventFrame = (each: NostrEvent): string => frame('EVENT', SUBSCRIPTION, each);
const spaced = (text: string): string => text.replaceAll('","', '" , "');

const anyEvent = fc.constantFrom(...STORED, ...UNDER_WAY, ...FOREIGN).map(eventFrame);
const oddFrame = fc.constantFrom(
  frame('EOSE', SUBSCRIPTION),
  frame('EOSE', SUBSCRIPTION, ['finish']),
  frame('CLOSED', SUBSCRIPTION, 'error: shutting down'),
  frame('CLOSED', SUBSCRIPTION, 'constructor: x'),
  frame('NOTICE', 'slow down'),
  frame('AUTH', 'challenge'),
  frame('OK', 'f'.repeat(64), true, ''),
  frame('EVENT', SUBSCRIPTION, {}),
  frame('EVENT', 'never-opened', STORED[0]),
  frame('EOSE', 'never-opened'),
  frame('FOO', SUBSCRIPTION, 1),
  '["EOSE"',
  '{}',
  'deadline',
);
/** What a change does to the frames of a right answer. */
const change = fc.oneof(
  fc.record({
    how: fc.constant('insert' as const),
    at: fc.nat(20),
    text: fc.oneof(anyEvent, anyEvent, oddFrame),
  }),
  fc.record({
    how: fc.constantFrom('drop' as const, 'swap' as const, 'repeat' as const, 'space' as const),
    at: fc.nat(20),
  }),
);
const sequences = fc
  .tuple(fc.constantFrom(undefined, 0, 1, 2, 3, 4, 5, 6, 9), fc.array(change, { maxLength: 5 }))
  .map(([limit, changes]) => {
    const steps: Step[] = [...right(limit).map(eventFrame), frame('EOSE', SUBSCRIPTION)];
    for (const each of changes) {
      const at = each.at % (steps.length + 1);
      const step = steps[at];
      if (each.how === 'insert') steps.splice(at, 0, each.text);
      else if (step === undefined) continue;
      else if (each.how === 'drop') steps.splice(at, 1);
      else if (each.how === 'swap') steps.splice(at, 2, ...steps.slice(at, at + 2).reverse());
      else if (each.how === 'repeat') steps.splice(at, 0, step);
      else steps[at] = spaced(step);
    }
    return { limit, steps };
  });

/** What the product makes of the same frames: the router, the sorter, the workload and the judge as in a run. */
function productVerdict(limit: number | undefined, steps: readonly Step[]) {
  const recorder = new Recorder(PHASES, QUERY_SERIES);
  let judgement: AnswerJudgement | null = null;
  let afterEose = 0;
  const knowledge = { certainBelow: STORED.length, sentBelow: STORED.length + UNDER_WAY.length };
  const answers = new AnswerSamples({
    share: 1,
    knowledge: { certainBelow: () => knowledge.certainBelow, sentBelow: () => knowledge.sentBelow },
    submit: ({ filter, frames }) => {
      const more = {
        isFresh: true,
        failed: new Set<number>(),
        isComplete: true,
        advertised: NOTHING_ADVERTISED,
      };
      judgement = judgeAnswer(KNOWN, filter, frames.map(receivedEvent), { ...knowledge, ...more });
    },
  });
  const stored = {
    isStored: () => false,
    onAfterEose: (_query: unknown, bytes: Buffer) => {
      const number = KNOWN.numberOf(receivedEvent(bytes)?.id ?? '');
      if (number >= 0 && number < STORED.length) afterEose++;
    },
  };
  const { query, ask } = queryHarness({ limit, sink: recorder, answers, stored });
  ask();
  const sorter = new ReplySorter({
    recorder,
    authentication: NO_AUTHENTICATION,
    currentPhase: () => 0,
  });
  sorter.use([{ subscriptions: [{ letter: QUERY_LETTER, isNumbered: true, owner: query }], oks: [] }]);
  for (const step of steps) {
    if (step === 'deadline') query.expire(monotonicNs() + 2e9);
    else routeFrame(1, Buffer.from(step), sorter);
  }
  const [row] = recorder.counters().rows;
  const count = (name: CounterMetric): number => row?.[COUNTER_NAMES.indexOf(name)] ?? 0;
  return {
    completed: count('queries_completed'),
    closed: count('queries_closed'),
    timeout: count('queries_timeout'),
    late: count('replies_late'),
    stray: count('stray_frames'),
    malformed: count('malformed_frames'),
    events: count('query_events_received'),
    afterEose,
    judgement: judgement as AnswerJudgement | null,
  };
}

/** The product names the first rule that is broken, the reference all of them. */
function asReference(product: ReturnType<typeof productVerdict>, broken: ReadonlySet<string>) {
  const { judgement, ...counts } = product;
  const fault = judgement?.wrong?.fault;
  const named = fault === undefined ? new Set() : broken.has(fault) ? broken : new Set([fault]);
  return { counts, broken: named, short: (judgement?.short ?? null) !== null };
}

test('the product and a judge that was written from NIP-01 alone agree in 10,000 sequences of frames', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(sequences, ({ limit, steps }) => {
      const { counts, broken, short } = new ReferenceJudge(
        { subscription: SUBSCRIPTION, kind: 1, limit, stored: STORED },
        steps,
      );
      for (const rule of short ? ['short'] : broken) seen.add(rule);
      expect(asReference(productVerdict(limit, steps), broken)).toEqual({ counts, broken, short });
    }),
    { numRuns: 10_000 },
  );
  const rules = ['malformed', 'no-match', 'repeated', 'order', 'over-limit', 'missing', 'short'];
  expect([...seen].sort()).toEqual(rules.sort());
});
