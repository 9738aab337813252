import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RunPlan } from '../../src/engine/run-plan.ts';
import { buildPlan } from '../../src/plan/build-plan.ts';
import type { NamedCorpus } from '../../src/plan/parts.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { scenarioSchema } from '../../src/scenario/schema.ts';
import type { RelayScript } from '../support/scripted-relay/script.ts';
import { withScriptedRelay } from '../support/scripted-relay.ts';
import { TruthRun } from './truth-run.ts';

/** One question to the engine whose answer is known beforehand. */
export interface TruthCase {
  readonly script: RelayScript;
  /** What differs from one connection in the open model without warm-up; checked by the schema. */
  readonly scenario: Readonly<Record<string, unknown>> & { readonly connections?: object };
  /** How long the load is offered, for example `8s`. */
  readonly duration: string;
  /** Bounds so wide that cases which stand next to it and say the same may run beside it. */
  readonly isSturdy?: boolean;
  /** The corpus that the scenario names. */
  readonly corpus?: () => NamedCorpus;
  /** A file of `preload/` that is loaded into the generator's process. */
  readonly preload?: string;
  /** Stops the generator's process (SIGSTOP) so long after the start of the load, for so long. */
  readonly stopped?: { readonly afterMs: number; readonly forMs: number };
  /** Holds however busy the host is: counts, verdicts, gross effects. */
  readonly always?: (run: TruthRun) => void;
  /** Holds where the generator was on time; otherwise the run must call itself invalid. */
  readonly whenValid?: (run: TruthRun) => void;
}

const ENGINE = pathToFileURL('dist/engine/coordinator.js').href;

/**
 * Both serve `ws://` targets, and what one shows must not depend on which. Long cases run on the default transport only,
 * unless `TRUTH_TRANSPORTS=all` says otherwise (`npm run test:truth` does): the whole has to stay short.
 */
const TRANSPORTS = ['raw', 'ws'] as const;
const LONG_S = 5;

/**
 * Tests that run the built engine in processes of its own against a scripted relay, one test a transport. Each waits
 * for most of its time: the transports of a case run side by side, and so do neighbours that only count or are sturdy.
 */
export function truthCase(title: string, truth: TruthCase): void {
  const isLong = Number.parseInt(truth.duration, 10) > LONG_S;
  const runsAll = !isLong || process.env['TRUTH_TRANSPORTS'] === 'all';
  const runsBeside = truth.whenValid === undefined || truth.isSturdy === true;
  const group = runsBeside ? describe.concurrent : describe.sequential;
  group(title, () => {
    for (const transport of runsAll ? TRANSPORTS : TRANSPORTS.slice(0, 1)) {
      truthTest(title, truth, transport);
    }
  });
}

function truthTest(title: string, truth: TruthCase, transport: (typeof TRANSPORTS)[number]): void {
  it.concurrent(`${transport} transport`, async () => {
    const run = await withScriptedRelay(truth.script, async (relay) => {
      const plan = planOf(truth, relay.url, transport);
      const result = await runEngine(plan, truth);
      return new TruthRun(plan, result, await relay.stats());
    });
    run.expectConservation();
    truth.always?.(run);
    if (truth.whenValid === undefined) return;
    if (!run.isValid) {
      expectExcuse(title, run);
      return;
    }
    truth.whenValid(run);
    for (const excuse of run.excused) console.info(`${title}\n  beyond its bound: ${excuse}`);
  });
}

/** The host did not let the generator keep time: then the run's own verdict must say so, and why. */
function expectExcuse(title: string, { reasons, relay }: TruthRun): void {
  const lateness = `the scripted relay itself was late by ${Math.round(relay.lateness_us.p99)} µs (p99)`;
  console.info(`${title}\n  numbers not asserted, the run is invalid: ${[...reasons, lateness].join('; ')}`);
  expect(reasons).not.toEqual([]);
}

function planOf({ scenario, duration, corpus }: TruthCase, url: string, transport: string): Plan {
  const { connections = { count: 1, rate: '1000/s' }, ...rest } = scenario;
  const input = {
    name: 'truth',
    description: 'a case with a known answer',
    connections: { ...connections, transport },
    warmup: '0s',
    phases: [{ name: 'steady', duration }],
    drain: '3s',
    ...rest,
  };
  return buildPlan({
    scenario: scenarioSchema.parse(input),
    targets: [url],
    corpus: corpus?.() ?? null,
    cores: 2,
    overrides: { workers: 1, noDefaultGates: true },
  });
}

async function runEngine(
  plan: Plan,
  { preload, stopped }: Pick<TruthCase, 'preload' | 'stopped'>,
): ReturnType<RunPlan> {
  const { runPlan } = (await import(ENGINE)) as { runPlan: RunPlan };
  let workers: readonly number[] = [];
  const signalAfter = (signal: NodeJS.Signals, ms: number): void => {
    setTimeout(() => {
      for (const pid of workers) process.kill(pid, signal);
    }, ms);
  };
  return runPlan({
    plan,
    onWorkers: (pids) => {
      workers = pids;
    },
    onProgress: ({ type }) => {
      if (type !== 'started' || stopped === undefined) return;
      signalAfter('SIGSTOP', stopped.afterMs);
      signalAfter('SIGCONT', stopped.afterMs + stopped.forMs);
    },
    signal: new AbortController().signal,
    workerExecArgv:
      preload === undefined ? [] : ['--import', new URL(`./preload/${preload}`, import.meta.url).href],
  });
}
