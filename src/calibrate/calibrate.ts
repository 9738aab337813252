import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { ownCpu_us } from '../observe/proc.ts';
import { type NullRelayProcessOptions, startNullRelayProcess } from '../stack/null-relay.ts';
import {
  type CalibratedMachine,
  type Calibration,
  type EventsCeiling,
  FORMAT_VERSION,
  type OnTime,
} from './calibration.ts';
import { type Effort, LAG_CONNECTIONS, LAG_RATES } from './effort.ts';
import {
  type EventsResult,
  measureConnections,
  measureDeliveries,
  measureEvents,
  measureQueries,
  measureSigning,
  type TrialPlace,
} from './measure.ts';
import { measureOnTime } from './on-time.ts';

export interface CalibrateOptions {
  readonly effort: Effort;
  readonly machine: CalibratedMachine;
  /** Load average of the last minute. */
  readonly loadAverage: number;
  /** Ends it early; its reason is the signal that came. */
  readonly signal: AbortSignal;
  /** Told what is measured next. */
  readonly onStep: (step: CalibrationStep) => void;
}

export interface CalibrationStep {
  readonly name: string;
  /** Counted from 1. */
  readonly number: number;
  readonly total: number;
}

/** Content of the notes that are published, in bytes: that of scenarios that do not say otherwise. */
const CONTENT_BYTES = 280;
/** Queries, deliveries, connections, signing. */
const OTHER_STEPS = 4;

/**
 * Measures what one worker can do on this machine, against null relays that run as processes of their own.
 * @throws RelayBenchError `NULL_RELAY_FAILED`, `CALIBRATION_FAILED` (exit code 3), `INTERRUPTED`
 */
export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const { effort, machine, loadAverage, signal } = options;
  const calibratedAt = new Date().toISOString();
  const measure = createMeasure(options);
  const figures = await withNullRelay({}, signal, async (place) => {
    const events: EventsResult[] = [];
    for (const { connections, rates } of effort.events) {
      const name = `events ${onSoMany(connections)}`;
      events.push(await measure(name, () => measureEvents({ ...place, connections, rates })));
    }
    const summary = summaryOf(events);
    return {
      ...summary,
      onTime: await ratesOnTime(effort, summary.events, place, measure),
      queriesPerCpuSecond: await measure('queries', () =>
        measureQueries({ ...place, rates: effort.queries }),
      ),
      connectionsPerCpuSecond: await measure('connections', () =>
        measureConnections({ ...place, rate_per_s: effort.connections_per_s }),
      ),
      signaturesPerCpuSecond: await measure('signing', async () =>
        measureSigning({ cpu_us: ownCpu_us, contentBytes: CONTENT_BYTES, spend_us: effort.signing_us }),
      ),
    };
  });
  const deliveriesPerCpuSecond = await withNullRelay({ fanOut: true }, signal, (place) =>
    measure('deliveries', () => measureDeliveries({ ...place, rates: effort.deliveries })),
  );
  return {
    formatVersion: FORMAT_VERSION,
    calibratedAt,
    quick: effort.isQuick,
    machine,
    loadAverage,
    ...figures,
    deliveriesPerCpuSecond,
  };
}

/** What is on time at all, by number of connections. */
async function ratesOnTime(
  { onTime: { connections: all, ...how } }: Effort,
  ceilings: readonly EventsCeiling[],
  place: TrialPlace,
  measure: Measure,
): Promise<OnTime[]> {
  const found: OnTime[] = [];
  for (const connections of all) {
    const first_per_s = firstGuess(ceilings, connections);
    // A machine on which nothing is on time is calibrated all the same.
    const { onTime } = await measure(`rate on time ${onSoMany(connections)}`, async () => ({
      onTime: await measureOnTime({
        ...place,
        connections,
        hold_s: how.hold_s,
        search: { ...how, first_per_s },
      }),
    }));
    if (onTime !== null) found.push(onTime);
  }
  return found;
}

/** Somewhere below the limit on any machine of these years. */
const CAUTIOUS_PER_S = 20_000;

/** Where the climb was valid last. */
function firstGuess(ceilings: readonly EventsCeiling[], connections: number): number {
  const ceiling = ceilings.find((each) => each.connections === connections);
  return ceiling?.highestValid_per_s ?? CAUTIOUS_PER_S;
}

function onSoMany(connections: number): string {
  return `on ${connections.toLocaleString('en-US')} ${connections === 1 ? 'connection' : 'connections'}`;
}

async function withNullRelay<T>(
  options: NullRelayProcessOptions,
  signal: AbortSignal,
  use: (place: TrialPlace) => Promise<T>,
): Promise<T> {
  const relay = await startNullRelayProcess(options);
  try {
    return await use({ url: relay.url, signal });
  } finally {
    await relay.stop();
  }
}

/** Carries out one measurement; its result must not be null, and none counts that was interrupted. */
type Measure = <T>(name: string, take: () => Promise<T | null>) => Promise<T>;

function createMeasure({ effort, signal, onStep }: CalibrateOptions): Measure {
  const total = effort.events.length + effort.onTime.connections.length + OTHER_STEPS;
  let number = 0;
  return async (name, take) => {
    throwIfInterrupted(signal);
    number++;
    onStep({ name, number, total });
    const result = await take();
    throwIfInterrupted(signal);
    if (result !== null) return result;
    throw new RelayBenchError(`${name} could not be measured: no second of the trial was complete`, {
      code: 'CALIBRATION_FAILED',
      hint: 'the machine is too busy; try again when less is running on it',
      exitCode: EXIT.unreachable,
    });
  };
}

function throwIfInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new RelayBenchError(`interrupted by ${String(signal.reason)}: nothing was saved`, {
    code: 'INTERRUPTED',
    exitCode: signal.reason === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted,
  });
}

/** Ceilings by connections, and the lateness at the rates that are kept. */
function summaryOf(results: readonly EventsResult[]): Pick<Calibration, 'events' | 'sendLag'> {
  const lagged = results.find(({ ceiling }) => ceiling.connections === LAG_CONNECTIONS);
  return {
    events: results.map(({ ceiling }) => ceiling),
    sendLag: lagged?.sendLag.filter(({ rate_per_s }) => LAG_RATES.includes(rate_per_s)) ?? [],
  };
}
