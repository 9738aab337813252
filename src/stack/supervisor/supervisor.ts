import { messageOf } from '../../base/errors.ts';
import { rebuild } from '../postgres/servers.ts';
import { findProcess } from '../processes.ts';
import { type Failover, type Roles, readRoles, writeRoles } from '../roles.ts';
import { launchService } from '../start-service.ts';
import { type Service, type StackState, servicesOfKind } from '../state.ts';
import { DatabaseWatch } from './database-watch.ts';
import { fence, mostAdvanced, promote, redirect } from './failover.ts';
import { Restarts } from './restarts.ts';

/** A primary whose process lives is given up after this long without an answer. */
const SILENCE_MS = 5_000;
/** A replica that answers but receives nothing for this long is made anew. */
const STUCK_MS = 20_000;
/** Two looks in a row, so that one unlucky moment ends nothing. */
const MISSES = 2;

export interface SupervisorOptions {
  readonly state: StackState;
  readonly log: (text: string) => void;
}

/**
 * Keeps a stack alive once it is up: brings back every process that ends, and makes a replica the primary where
 * that one is lost. It knows the primary by its own memory, not by what servers claim: an old primary that comes
 * back still believes in itself.
 */
export class Supervisor {
  readonly #state: StackState;
  readonly #log: (text: string) => void;
  readonly #watches: readonly DatabaseWatch[];
  readonly #restarts = new Restarts();
  readonly #streamedMs = new Map<string, number>();
  /** Services that something is being done about: nothing else is done about them meanwhile. */
  readonly #busy = new Set<string>();
  #roles: Roles;
  #misses = 0;
  /** False during a failover: nobody may write then. */
  #hasPrimary = true;

  constructor({ state, log }: SupervisorOptions) {
    this.#state = state;
    this.#log = log;
    this.#roles = readRoles(state);
    this.#watches = servicesOfKind(state, 'postgres').map((node) => new DatabaseWatch(node));
  }

  /** Whether a Postgres is the one primary, and says so itself. */
  mayWrite(name: string): boolean {
    const answer = this.#watchOf(name)?.answer ?? null;
    return this.#hasPrimary && name === this.#roles.primary && answer !== null && !answer.isReplica;
  }

  /**
   * Whether the reads of a listener of the balancer, from 1, go to a Postgres: each listener has one replica at a time, so
   * that who asks it how far it is behind knows that of all its answers; or the primary where there is no replica.
   */
  mayRead(name: string, listener: number): boolean {
    const readable = this.#watches.map(({ node }) => node.name).filter((each) => this.#isReadable(each));
    if (readable.length === 0) return this.mayWrite(name);
    return readable[(listener - 1) % readable.length] === name;
  }

  status(): { readonly restarts: Readonly<Record<string, number>>; readonly roles: Roles } {
    return { restarts: this.#restarts.counts, roles: this.#roles };
  }

  /** Looks at everything once and begins what is to be done; what takes longer goes on by itself. */
  look(): void {
    for (const service of this.#state.services) {
      if (service.kind !== 'postgres' && service.kind !== 'supervisor') this.#bringBack(service);
    }
    for (const { node } of this.#watches) {
      if (node.name !== this.#roles.primary) this.#lookAtReplica(node);
    }
    this.#lookAtPrimary();
  }

  end(): void {
    for (const watch of this.#watches) watch.end();
  }

  #bringBack(service: Service): void {
    if (findProcess(service) !== null || !this.#restarts.isDue(service.name)) return;
    this.#exclusively(service, async () => {
      this.#restarts.note(service.name);
      this.#log(`${service.name} has ended: starting it again`);
      await launchService(this.#state, service);
    });
  }

  #lookAtReplica(node: Service): void {
    if (findProcess(node) === null) {
      if (!this.#restarts.isDue(node.name)) return;
      // One that ends right after its start has data that it can't use.
      if (this.#restarts.isHopeless(node.name)) this.#rebuild(node);
      else this.#bringBack(node);
      return;
    }
    const answer = this.#watchOf(node.name)?.answer ?? null;
    const isFine = answer === null || (answer.isReplica && answer.isStreaming);
    const sinceMs = this.#streamedMs.get(node.name) ?? performance.now();
    this.#streamedMs.set(node.name, isFine ? performance.now() : sinceMs);
    if (performance.now() - sinceMs > STUCK_MS) this.#rebuild(node);
  }

  #lookAtPrimary(): void {
    const watch = this.#watchOf(this.#roles.primary);
    if (watch === undefined || this.#busy.has(watch.node.name)) return;
    const isGone = findProcess(watch.node) === null || watch.silentMs > SILENCE_MS;
    this.#misses = isGone ? this.#misses + 1 : 0;
    if (this.#misses < MISSES) return;
    this.#exclusively(watch.node, () => this.#replacePrimary(watch));
  }

  async #replacePrimary(lost: DatabaseWatch): Promise<void> {
    const detectedMs = lost.silentMs;
    this.#log(`${lost.node.name}, the primary, is lost (${Math.round(detectedMs)} ms without an answer)`);
    const others = this.#watches.filter((watch) => watch !== lost);
    if ((await mostAdvanced(others)) === null) {
      await this.#restartPrimary(lost.node);
      return;
    }
    this.#hasPrimary = false;
    const beganMs = performance.now();
    let next: Service | null = null;
    try {
      // Asked again once the old one has ended: what it has acknowledged meanwhile decides who comes next.
      await fence(lost.node);
      next = await mostAdvanced(others);
      if (next === null) throw new Error('no replica answers any longer');
      await promote(this.#state, next);
      await this.#setPrimary(next, {
        at: new Date().toISOString(),
        from: lost.node.name,
        to: next.name,
        detectedMs,
        promotedMs: performance.now() - beganMs,
      });
    } finally {
      this.#hasPrimary = true;
      this.#misses = 0;
    }
    this.#log(`${next.name} is the primary now`);
    await redirect(this.#state, { old: lost.node, next }, ({ name }, error) =>
      this.#log(`${name} does not follow ${next.name} yet: ${messageOf(error)}`),
    );
    await this.#makeAnew(lost.node, next);
  }

  /** There is no replica to take over: the same server again, with what it had written. */
  async #restartPrimary(node: Service): Promise<void> {
    if (findProcess(node) !== null || !this.#restarts.isDue(node.name)) return;
    this.#restarts.note(node.name);
    this.#log(`no replica can take over: starting ${node.name} again`);
    await launchService(this.#state, node);
  }

  async #setPrimary(next: Service, failover: Failover): Promise<void> {
    this.#roles = { primary: next.name, failovers: [...this.#roles.failovers, failover] };
    await writeRoles(this.#state, this.#roles);
  }

  #rebuild(node: Service): void {
    const primary = this.#watchOf(this.#roles.primary);
    if (primary === undefined || !this.mayWrite(primary.node.name)) return;
    this.#exclusively(node, () => this.#makeAnew(node, primary.node));
  }

  async #makeAnew(node: Service, primary: Service): Promise<void> {
    this.#log(`${node.name} is being rebuilt from ${primary.name}`);
    this.#restarts.note(node.name);
    await rebuild(this.#state, node, primary);
    await launchService(this.#state, node);
    this.#streamedMs.set(node.name, performance.now());
  }

  /** Does something about a service; what fails is tried again at a later look. */
  #exclusively(service: Service, work: () => Promise<void>): void {
    if (this.#busy.has(service.name)) return;
    this.#busy.add(service.name);
    work()
      .catch((error: unknown) => this.#log(`${service.name}: ${String(error)}`))
      .finally(() => this.#busy.delete(service.name));
  }

  /** A replica that receives nothing is old; it is better than nothing where there is no primary to receive from. */
  #isReadable(name: string): boolean {
    const answer = this.#watchOf(name)?.answer ?? null;
    if (name === this.#roles.primary || answer?.isReplica !== true) return false;
    return answer.isStreaming || !this.mayWrite(this.#roles.primary);
  }

  #watchOf(name: string): DatabaseWatch | undefined {
    return this.#watches.find(({ node }) => node.name === name);
  }
}
