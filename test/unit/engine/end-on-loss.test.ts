import { expect, test } from 'vitest';
import { runPlan } from '../../../src/engine/coordinator.ts';
import type { FromWorker, ToWorker } from '../../../src/engine/messages.ts';
import type { Transport, WorkerHandle } from '../../../src/engine/transport.ts';
import { WorkerMail } from '../../../src/engine/worker-mail.ts';
import { COUNTER_MAP_NAMES } from '../../../src/metric/counter-maps.ts';
import { COUNTER_NAMES } from '../../../src/metric/counters.ts';
import { NOTHING_ASKED } from '../../../src/workload/preparation-tally.ts';
import { samplePlan } from '../../support/sample-plan.ts';

const PLAN = samplePlan({}, { overrides: { workers: 2 } });
const CONNECTIONS = { opened: 5, failed: 0, dropped: 0, open: 5, firstDropNs: null, lastDropNs: null };
const DONE: FromWorker = {
  ...{ type: 'done', notices: [], refusals: [], exhaustedNs: null },
  observations: { evidence: {}, findings: [] },
};

function noCounters() {
  const rows = Array.from({ length: PLAN.phases.length + 1 }, () => new Float64Array(COUNTER_NAMES.length));
  const none = rows.map(() => new Map<string, number>());
  const words = Object.fromEntries(COUNTER_MAP_NAMES.map((name) => [name, none]));
  return { rows, words } as unknown as Extract<FromWorker, { type: 'prepared' }>['counters'];
}

const ANSWERS: Partial<Record<ToWorker['type'], () => FromWorker>> = {
  init: () => ({ type: 'ready' }),
  connect: () => ({ type: 'connected', counts: CONNECTIONS, refusals: [] }),
  prepare: () => ({
    ...{ type: 'prepared', problems: [], remarks: [], stored: { failed: [], hadSome: false } },
    ...{ storing: NOTHING_ASKED, subscribing: NOTHING_ASKED, counters: noCounters() },
  }),
  stop: () => DONE,
};

/** Two workers, of which the first is lost when the load begins; the second is done when it is told to stop. */
function losingOne(told: ToWorker['type'][]): Transport & { readonly mails: WorkerMail[] } {
  const mails: WorkerMail[] = [];
  return {
    ...{ isHere: false, leadMs: 0, mails },
    start: (worker): WorkerHandle => {
      const mail = new WorkerMail(worker);
      mails.push(mail);
      return {
        ...{ index: worker.index, pid: 0 },
        send: ({ type }) => {
          if (worker.index === 1) told.push(type);
          const answer = ANSWERS[type]?.();
          if (answer !== undefined) mail.receive(answer);
          if (type === 'go' && worker.index === 0)
            setImmediate(() => mail.lose({ reason: 'it has gone', wasStarted: true }));
        },
        next: (type) => mail.next(type),
        get loss() {
          return mail.loss;
        },
        end: async () => undefined,
      };
    },
  };
}

test('a run that is to end where a worker is lost stops the others at once', async () => {
  const told: ToWorker['type'][] = [];
  const { signal } = new AbortController();
  const result = await runPlan({
    ...{ plan: PLAN, signal, transport: losingOne(told), endOnLoss: true },
    onProgress: () => undefined,
  });
  expect(told).toEqual(['init', 'connect', 'prepare', 'go', 'stop']);
  expect(result).toMatchObject({ partial: true, stopped: null });
  expect(result.invalidities).toContainEqual({
    kind: 'worker-lost',
    text: 'worker lost: worker 0: it has gone',
  });
});

test('any other run goes on with the others', async () => {
  const told: ToWorker['type'][] = [];
  const transport = losingOne(told);
  const { signal } = new AbortController();
  const running = runPlan({ ...{ plan: PLAN, signal, transport }, onProgress: () => undefined });
  const second = (): WorkerMail | undefined => transport.mails[1];
  while (!told.includes('go')) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  second()?.receive(DONE);
  expect((await running).invalidities).toContainEqual(expect.objectContaining({ kind: 'worker-lost' }));
  expect(told).not.toContain('stop');
});
