import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { follow, primaryIn, rebuild } from '../postgres/servers.ts';
import { adopt, allProcesses, end, findProcess } from '../processes.ts';
import type { Roles } from '../roles.ts';
import { launchService } from '../start-service.ts';
import { databaseBalancerOf, type Service, type StackState, servicesOfKind } from '../state.ts';
import { Announcer } from './announcer.ts';
import { Assignments, type RoleAnswer } from './assignments.ts';
import { DatabaseWatch } from './database-watch.ts';
import { PrimaryWatch } from './primary-watch.ts';
import { Restarts } from './restarts.ts';
import { Takeover } from './takeover.ts';

/** A replica that answers but receives nothing for this long is made anew. */
const STUCK_MS = 20_000;
/** After so long a server that has not answered is known not to answer. */
const SETTLED_AFTER_MS = 2_000;
const KILL_GRACE_MS = 5_000;
/** What has waited for the failover goes first: a base backup keeps the disk busy. */
const REBUILD_AFTER_MS = 1_000;

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
  readonly #takeover: Takeover;
  readonly #assignments: Assignments;
  readonly #announcer: Announcer;
  readonly #primary = new PrimaryWatch();
  readonly #beganMs = performance.now();

  constructor({ state, log }: SupervisorOptions) {
    this.#state = state;
    this.#log = log;
    this.#watches = servicesOfKind(state, 'postgres').map((node) => new DatabaseWatch(node));
    const watches = this.#watches;
    this.#takeover = new Takeover({ state, watches, log, onChange: () => this.#announcer.announce() });
    this.#assignments = new Assignments({
      watches,
      primary: () => this.#takeover.roles.primary,
      isFailingOver: () => this.#takeover.isGoingOn,
      isSettled: () => performance.now() - this.#beganMs > SETTLED_AFTER_MS,
    });
    this.#announcer = new Announcer(state, (question) => this.roleOf(question));
  }

  /** What the database balancer is told of one of its servers. */
  roleOf(question: string): RoleAnswer {
    return this.#assignments.answer(question);
  }

  status(): { readonly restarts: Readonly<{ [name: string]: number }>; readonly roles: Roles } {
    return { restarts: this.#restarts.counts, roles: this.#takeover.roles };
  }

  /**
   * Finds what runs already, also what a supervisor before this one was killed over before it had recorded it, and ends
   * what that one had begun and nobody waits for any more (a base backup). To be called before the first look.
   */
  async takeStock(): Promise<void> {
    for (const service of this.#state.services) {
      if ((await adopt(service)) !== null || allProcesses(service).length === 0) continue;
      this.#log(`${service.name}: ending what is left of it`);
      await end(service, 'SIGKILL', KILL_GRACE_MS);
    }
    if (this.#takeover.isUnfinished) this.#log('a failover was begun and not ended: going on with it');
  }

  /** Looks at everything once and begins what is to be done; what takes longer goes on by itself. */
  look(): void {
    for (const service of this.#state.services) {
      if (service.kind !== 'postgres' && service.kind !== 'supervisor') this.#bringBack(service);
    }
    this.#lookAtPrimary();
    for (const { node } of this.#watches) {
      if (node.name !== this.#takeover.roles.primary) this.#lookAtReplica(node);
    }
    this.#announcer.announce();
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
      if (service.name === databaseBalancerOf(this.#state.services)?.name) this.#announcer.forget();
    });
  }

  #lookAtReplica(node: Service): void {
    // Whoever is being promoted is let alone: a replica it is no more, and the primary not yet.
    if (node.name === this.#takeover.roles.promoting) return;
    if (findProcess(node) === null) {
      this.#startReplica(node);
      return;
    }
    const answer = this.#watchOf(node.name)?.recent ?? null;
    const isFine = answer === null || (answer.isReplica && answer.isStreaming);
    const sinceMs = this.#streamedMs.get(node.name) ?? performance.now();
    this.#streamedMs.set(node.name, isFine ? performance.now() : sinceMs);
    if (performance.now() - sinceMs > STUCK_MS) this.#rebuild(node);
  }

  /** As a replica in any case: it may have been the primary, or on its way to become one. */
  #startReplica(node: Service): void {
    if (!this.#restarts.isDue(node.name)) return;
    // One that ends right after its start has data that it can't use.
    if (this.#restarts.isHopeless(node.name)) {
      this.#rebuild(node);
      return;
    }
    this.#exclusively(node, async () => {
      this.#restarts.note(node.name);
      this.#log(`${node.name} has ended: starting it again`);
      await follow(this.#state, node, primaryIn(this.#state, this.#takeover.roles));
      await launchService(this.#state, node);
    });
  }

  #lookAtPrimary(): void {
    const watch = this.#watchOf(this.#takeover.roles.primary);
    if (watch === undefined) return;
    const isLost = this.#primary.look(watch) || this.#takeover.isUnfinished;
    if (isLost) this.#exclusively(watch.node, () => this.#replacePrimary(watch));
  }

  async #replacePrimary(lost: DatabaseWatch): Promise<void> {
    const { node, silentMs } = lost;
    this.#log(`${node.name}, the primary, is lost (${Math.round(silentMs)} ms without an answer)`);
    const next = await this.#takeover.replace(lost);
    if (next === null) await this.#restartPrimary(node);
    else {
      await sleep(REBUILD_AFTER_MS);
      await this.#makeAnew(node, next);
    }
  }

  /** There is no replica to take over: the same server again, with what it had written. */
  async #restartPrimary(node: Service): Promise<void> {
    if (findProcess(node) !== null || !this.#restarts.isDue(node.name)) return;
    this.#restarts.note(node.name);
    this.#log(`no replica can take over: starting ${node.name} again`);
    await launchService(this.#state, node);
  }

  #rebuild(node: Service): void {
    const primary = this.#watchOf(this.#takeover.roles.primary);
    if (primary === undefined || this.#assignments.mayWrite(primary.node.name) !== 'yes') return;
    this.#exclusively(node, () => this.#makeAnew(node, primary.node));
  }

  async #makeAnew(node: Service, primary: Service): Promise<void> {
    this.#log(`${node.name} is being rebuilt from ${primary.name}`);
    this.#restarts.note(node.name);
    await end(node, 'SIGKILL', KILL_GRACE_MS);
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

  #watchOf(name: string): DatabaseWatch | undefined {
    return this.#watches.find(({ node }) => node.name === name);
  }
}
