import { ALL_PLANNERS } from '../../plan/each-workload.ts';
import type { Outbox } from '../../wire/outbox.ts';
import type { WorkloadName } from '../../workload/registry/forms.ts';
import { WORKER_PARTS } from '../../workload/registry/workers.ts';
import type { ArrivalStream } from '../../workload/stream.ts';
import type {
  Claims,
  CreatePart,
  Prepared,
  SendingOwner,
  StoredCorpus,
  StoredNotes,
  WorkerContext,
  WorkerPart,
} from '../../workload/worker-part.ts';

/** The workloads of a plan in one worker, as one. */
export class Parts {
  /** In the order in which they get ready. */
  readonly #ready: readonly WorkerPart[];
  /** In the order in which they are planned: of arrivals that are due at once the first goes first. */
  readonly #planned: readonly WorkerPart[];
  #streams: readonly ArrivalStream[] = [];
  #senders: readonly SendingOwner[] = [];

  constructor(context: WorkerContext) {
    const parts = new Map(
      Object.entries(WORKER_PARTS).flatMap(([name, create]) => {
        const plan = context.plan.workloads[name as WorkloadName];
        if (plan === undefined) return [];
        return [[name, (create as CreatePart<typeof plan>)(plan, context)] as const];
      }),
    );
    this.#ready = [...parts.values()];
    this.#planned = ALL_PLANNERS.flatMap(([name]) => parts.get(name) ?? []);
  }

  /** All arrivals, once they are prepared. */
  get streams(): readonly ArrivalStream[] {
    return this.#streams;
  }

  get senders(): readonly SendingOwner[] {
    return this.#senders;
  }

  get claims(): readonly Claims[] {
    return this.#planned.map(({ claims }) => claims);
  }

  /** Operations that wait for their reply, for their handshake or for a socket that takes them. */
  get pending(): number {
    return this.#streams.reduce((sum, stream) => sum + stream.pending + stream.unwritten, 0);
  }

  /** What the drain waits for besides. */
  get incomplete(): number {
    return this.#planned.reduce((sum, part) => sum + part.incomplete, 0);
  }

  /** Whether every arrival has been carried out and has ended. */
  get isOver(): boolean {
    return this.#streams.length > 0 && this.#streams.every((stream) => stream.isOver);
  }

  begin(): void {
    for (const part of this.#ready) part.begin();
  }

  /** One after the other; what they send goes out through `outbox` from then on. */
  async prepare(stored: StoredNotes, outbox: Outbox): Promise<readonly Prepared[]> {
    const prepared: Prepared[] = [];
    for (const part of this.#ready) prepared.push(await part.prepare(stored));
    this.#streams = this.#planned.flatMap(({ streams }) => streams);
    this.#senders = this.#planned.flatMap(({ senders }) => senders);
    outbox.setOwners(this.#senders);
    for (const [index, { sender }] of this.#senders.entries()) sender.attach(outbox, index);
    return prepared;
  }

  started(found: StoredCorpus): void {
    for (const part of this.#ready) part.started(found);
  }

  /** Give up what has waited too long. */
  expire(nowNs: number): void {
    for (const stream of this.#streams) stream.expire(nowNs);
    for (const part of this.#planned) part.tick(nowNs);
  }

  onConnectionOpened(connection: number): void {
    for (const part of this.#planned) part.onConnectionOpened(connection);
  }

  onConnectionFailed(connection: number): void {
    for (const part of this.#planned) part.onConnectionFailed(connection);
  }

  /** Whether the target was free to close this connection. */
  mayDrop(connection: number, code: number): boolean {
    return this.#planned.some((part) => part.mayDrop(connection, code));
  }

  onConnectionClosed(connection: number): void {
    for (const part of this.#planned) part.onConnectionClosed(connection);
  }

  onConnectionReopened(connection: number): void {
    for (const part of this.#planned) part.onConnectionReopened(connection);
  }

  /** Whether a connection has all that it had before it was lost. */
  isRestored(connection: number): boolean {
    return this.#planned.every((part) => part.isRestored(connection));
  }

  async drained(): Promise<void> {
    await Promise.all(this.#planned.map((part) => part.drained()));
  }

  /** @param isComplete false where the run was stopped: what had not come up was never offered */
  end(isComplete: boolean): void {
    if (isComplete) for (const { sender } of this.#senders) sender.dropRest();
    for (const part of this.#planned) part.end();
  }
}
