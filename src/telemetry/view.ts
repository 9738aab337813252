import type { RunRecord } from '../record/schema.ts';
import type { ProgressEvent } from '../result/progress.ts';
import { counterFamilies, operationFamilies, ratioFamilies } from './counts.ts';
import { type Family, gauge, oneOf } from './family.ts';
import { latencyFamilies } from './latencies.ts';
import { generatorFamilies, loadFamilies, verdictFamilies } from './state.ts';

/** How far a run has come. */
const STAGES = ['starting', 'connecting', 'preparing', 'running', 'draining', 'ended', 'finished'] as const;
export type Stage = (typeof STAGES)[number];

const STAGE_AFTER: Readonly<Record<ProgressEvent['type'], Stage>> = {
  connecting: 'connecting',
  preparing: 'preparing',
  started: 'running',
  interval: 'running',
  draining: 'draining',
  finished: 'ended',
};

/** Everything that monitoring systems are told at one moment. */
export interface Snapshot {
  /** Larger for each that may differ from the one before. */
  readonly version: number;
  readonly stage: Stage;
  readonly families: readonly Family[];
}

/**
 * What is told of a run that goes on. It changes with the run's own seconds and is made when it is asked for, at most once a
 * second: however many ask and how often, it costs the command a little and the workers nothing.
 */
export class LiveView {
  #version = 0;
  #stage: Stage = 'starting';
  #connecting: { readonly opened: number; readonly failed: number; readonly total: number } | null = null;
  #recordSoFar: (() => RunRecord) | null = null;
  #final: RunRecord | null = null;
  #made: Snapshot | null = null;

  /** The run goes on. */
  onProgress(event: ProgressEvent): void {
    if (this.#final !== null) return;
    // Workers go on telling of their seconds while the last answers come.
    const isLate = event.type === 'interval' && this.#stage === 'draining';
    if (!isLate) this.#stage = STAGE_AFTER[event.type];
    if (event.type === 'connecting') this.#connecting = event;
    this.#version++;
  }

  /** The load begins: from now on there is a record of the run so far. */
  follow(recordSoFar: () => RunRecord): void {
    this.#recordSoFar = recordSoFar;
    this.#version++;
  }

  /** The run is over, and this is its record. */
  finish(record: RunRecord): void {
    this.#final = record;
    this.#stage = 'finished';
    this.#version++;
  }

  /** What is to be told now. */
  snapshot(): Snapshot {
    if (this.#made?.version === this.#version) return this.#made;
    this.#made = { version: this.#version, stage: this.#stage, families: this.#families() };
    return this.#made;
  }

  #families(): Family[] {
    const head = { name: 'stage', help: '1 at what the run is at', label: 'stage' };
    const stage = oneOf(head, STAGES, this.#stage);
    const record = this.#final ?? this.#recordSoFar?.() ?? null;
    const told = record === null ? this.#beforeLoad() : familiesOf(record, this.#final !== null);
    return [stage, ...told].filter(({ samples }) => samples.length > 0);
  }

  #beforeLoad(): Family[] {
    if (this.#connecting === null) return [];
    const { opened, failed, total: requested } = this.#connecting;
    const states = Object.entries({ requested, opened, failed });
    return [
      gauge(
        { name: 'connections', help: 'connections by what became of them' },
        states.map(([state, value]) => ({ labels: { state }, value })),
      ),
    ];
  }
}

/**
 * What a record tells monitoring systems.
 * @param isOver false for the record of a run that goes on, of which some numbers are not known yet
 */
export function familiesOf(record: RunRecord, isOver: boolean): Family[] {
  return [
    ...loadFamilies(record),
    ...operationFamilies(record, isOver),
    ...latencyFamilies(record),
    ...ratioFamilies(record, isOver),
    ...counterFamilies(record),
    ...generatorFamilies(record),
    ...verdictFamilies(record, isOver),
  ];
}
