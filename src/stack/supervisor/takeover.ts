import { performance } from 'node:perf_hooks';
import { messageOf } from '../../base/errors.ts';
import { createSlots } from '../postgres/servers.ts';
import { type Failover, type Roles, readRoles, writeRoles } from '../roles.ts';
import type { Service, StackState } from '../state.ts';
import type { DatabaseWatch } from './database-watch.ts';
import { askPatiently, fence, mostAdvanced, promote, redirect } from './failover.ts';

export interface TakeoverOptions {
  readonly state: StackState;
  readonly watches: readonly DatabaseWatch[];
  readonly log: (text: string) => void;
  /** Told as soon as somebody else may write, or nobody. */
  readonly onChange: () => void;
}

/**
 * Who the primary is, and how another one takes its place. What is begun is written down first, so that whoever comes after
 * a supervisor that was killed in the middle brings that to its end, instead of promoting a second one.
 */
export class Takeover {
  readonly #options: TakeoverOptions;
  #roles: Roles;
  #isGoingOn: boolean;

  constructor(options: TakeoverOptions) {
    this.#options = options;
    this.#roles = readRoles(options.state);
    this.#isGoingOn = this.#roles.promoting !== null;
  }

  get roles(): Roles {
    return this.#roles;
  }

  /** Whether nobody may write, because another one is taking over. */
  get isGoingOn(): boolean {
    return this.#isGoingOn;
  }

  /** Whether a supervisor before this one was killed in the middle of a failover. */
  get isUnfinished(): boolean {
    return this.#roles.promoting !== null;
  }

  /**
   * Replaces a primary that is lost: ends it, promotes the replica that has received most, and lets the others follow that.
   * @returns the new primary; null where no replica answers: nothing was changed then
   */
  async replace(lost: DatabaseWatch): Promise<Service | null> {
    const { state, watches, onChange } = this.#options;
    const others = watches.filter((watch) => watch !== lost);
    const detectedMs = lost.silentMs;
    if ((await this.#successor(others)) === null) {
      await this.#giveUp();
      return null;
    }
    this.#isGoingOn = true;
    onChange();
    const beganMs = performance.now();
    await fence(lost.node);
    // Asked again once the old one has ended: what it has acknowledged meanwhile decides who comes next.
    const next = await this.#successor(others);
    if (next === null) throw new Error('no replica answers any longer');
    await this.#write({ ...this.#roles, promoting: next.node.name });
    await createSlots(state, next.node);
    const following = redirect(state, { old: lost.node, next: next.node }, (replica, error) =>
      this.#options.log(`${replica.name} does not follow ${next.node.name} yet: ${messageOf(error)}`),
    );
    await promote(state, next);
    const times = { detectedMs, promotedMs: performance.now() - beganMs };
    await this.#finish(lost.node, next.node, times);
    await following;
    return next.node;
  }

  async #finish(
    from: Service,
    to: Service,
    times: Pick<Failover, 'detectedMs' | 'promotedMs'>,
  ): Promise<void> {
    const failover = { at: new Date().toISOString(), from: from.name, to: to.name, ...times };
    await this.#write({
      primary: to.name,
      promoting: null,
      failovers: [...this.#roles.failovers, failover],
    });
    this.#isGoingOn = false;
    this.#options.log(`${to.name} is the primary now`);
    this.#options.onChange();
  }

  /** Whom a supervisor before this one has begun to promote comes first: it may be a primary already. */
  async #successor(others: readonly DatabaseWatch[]): Promise<DatabaseWatch | null> {
    const begun = others.find(({ node }) => node.name === this.#roles.promoting);
    if (begun !== undefined && (await askPatiently(begun)) !== null) return begun;
    return await mostAdvanced(others.filter((watch) => watch !== begun));
  }

  /** Nobody can take over: the old one stays the primary. Whoever was being promoted has never been written to. */
  async #giveUp(): Promise<void> {
    if (this.#roles.promoting !== null) await this.#write({ ...this.#roles, promoting: null });
    this.#isGoingOn = false;
    this.#options.onChange();
  }

  async #write(roles: Roles): Promise<void> {
    await writeRoles(this.#options.state, roles);
    this.#roles = roles;
  }
}
