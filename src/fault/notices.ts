import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNs } from '../base/clock.ts';
import { own } from '../base/own.ts';
import { balancedServers, isUp } from '../stack/haproxy/balanced.ts';
import { httpGet } from '../stack/http-get.ts';
import { findProcess } from '../stack/processes.ts';
import { portOf, type Service, type StackState, servicesOfKind } from '../stack/state.ts';

/** Something that was seen of a part. */
export interface SeenNotice {
  readonly atNs: number;
  readonly part: string;
  readonly text: string;
}

/** Sees what a target does about faults by itself. */
export interface NoticeWatch {
  begin(): void;
  /** What these parts are like is taken down: what changes from here on is news. */
  look(parts: readonly string[]): void;
  /** In the order in which they were seen. */
  notices(parts: readonly string[]): readonly SeenNotice[];
  end(): Promise<void>;
}

/** For a relay that stands alone: nobody but the clients notices anything. */
export const NOBODY_NOTICES: NoticeWatch = {
  begin: () => undefined,
  look: () => undefined,
  notices: () => [],
  end: async () => undefined,
};

/** How fine the times of notices are. */
export const NOTICE_EVERY_MS = 50;

/** What of a part is looked at; a change of any of them is a notice. */
interface PartLook {
  readonly pid: number | null;
  readonly restarts: number;
  readonly failovers: number;
  /** Whether HAProxy sends it clients or queries; null where it has nothing to do with it. */
  readonly isBalanced: boolean | null;
}

interface SupervisorStatus {
  readonly restarts: Readonly<Record<string, number>>;
  readonly roles: { readonly failovers: readonly { readonly from: string; readonly to: string }[] };
}

/** What HAProxy and the supervisor say of the parts of a stack, asked twenty times a second while faults are looked for. */
export function watchNotices(state: StackState): NoticeWatch {
  return new StackNotices(state);
}

class StackNotices implements NoticeWatch {
  readonly #state: StackState;
  readonly #seen: SeenNotice[] = [];
  readonly #known = new Map<string, PartLook>();
  readonly #watched = new Set<string>();
  #supervisor: SupervisorStatus | null = null;
  /** Of every server behind one of the balancers whether it is used. */
  readonly #up = new Map<string, boolean>();
  #loop: Promise<void> | null = null;
  #isEnded = false;

  constructor(state: StackState) {
    this.#state = state;
  }

  begin(): void {
    this.#loop ??= this.#run();
  }

  look(parts: readonly string[]): void {
    for (const part of parts) {
      this.#watched.add(part);
      const service = this.#serviceNamed(part);
      if (service !== undefined) this.#known.set(part, this.#lookAt(service));
    }
  }

  notices(parts: readonly string[]): readonly SeenNotice[] {
    return this.#seen.filter(({ part }) => parts.includes(part));
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#loop;
  }

  async #run(): Promise<void> {
    // Each at its own pace: one that is frozen keeps the others from nothing.
    await Promise.all([
      this.#again(() => this.#askSupervisor()),
      ...servicesOfKind(this.#state, 'haproxy', 'haproxy-db', 'region').map((balancer) =>
        this.#again(() => this.#askBalancer(balancer)),
      ),
      this.#again(async () => {
        for (const part of this.#watched) this.#compare(part);
      }),
    ]);
  }

  async #again(action: () => Promise<void>): Promise<void> {
    while (!this.#isEnded) {
      await action();
      await sleep(NOTICE_EVERY_MS);
    }
  }

  #compare(part: string): void {
    const service = this.#serviceNamed(part);
    const before = this.#known.get(part);
    if (service === undefined || before === undefined) return;
    const now = this.#lookAt(service);
    this.#known.set(part, now);
    const atNs = monotonicNs();
    const say = (text: string): void => void this.#seen.push({ atNs, part, text });
    if (before.isBalanced === true && now.isBalanced === false) say(`HAProxy gave up ${part}`);
    if (before.isBalanced === false && now.isBalanced === true) say(`HAProxy uses ${part} again`);
    if (now.failovers > before.failovers) say(`${this.#successor()} became the primary`);
    if (now.restarts > before.restarts) say(`the supervisor started ${part} again`);
    else if (now.pid !== null && before.pid !== now.pid) say(`${part} was started again`);
  }

  #lookAt(service: Service): PartLook {
    const { name } = service;
    const failovers = this.#supervisor?.roles.failovers ?? [];
    return {
      pid: findProcess(service)?.pid ?? null,
      restarts: own(this.#supervisor?.restarts ?? {}, name) ?? 0,
      failovers: failovers.filter(({ from }) => from === name).length,
      isBalanced: this.#up.get(name) ?? null,
    };
  }

  #successor(): string {
    return this.#supervisor?.roles.failovers.at(-1)?.to ?? 'another one';
  }

  #serviceNamed(part: string): Service | undefined {
    return this.#state.services.find(({ name }) => name === part);
  }

  async #askSupervisor(): Promise<void> {
    const [supervisor] = servicesOfKind(this.#state, 'supervisor');
    if (supervisor === undefined) return;
    try {
      const { body } = await httpGet(portOf(supervisor, 'http'), '/status');
      this.#supervisor = JSON.parse(body) as SupervisorStatus;
    } catch {
      // It may be what was hit: what it said last stands until it answers again.
    }
  }

  async #askBalancer(balancer: Service): Promise<void> {
    try {
      const up = new Map<string, boolean>();
      for (const { server, status } of await balancedServers(balancer)) {
        up.set(server, isUp(status) || up.get(server) === true);
      }
      for (const [server, isUsed] of up) this.#up.set(server, isUsed);
    } catch {
      // As above.
    }
  }
}
