import { monotonicNs } from '../base/clock.ts';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { Service, StackState } from '../stack/state.ts';
import { dropPubsub, flush, pauseReplay, resumeReplay } from './actions/databases.ts';
import { fillDisk, freeDisk } from './actions/fill-disk.ts';
import { condition } from './actions/links.ts';
import { drain, restart } from './actions/restart.ts';
import { freeze, keepDead, kill, thaw } from './actions/signals.ts';
import { guardProcesses, guardStack } from './fault-guard.ts';
import { type ActionName, needsLinks } from './form/actions.ts';
import type { FaultOrder } from './form/form.ts';
import { orderText } from './form/order-text.ts';
import { missingPart, parsePart } from './form/part.ts';
import { over, type Struck } from './struck.ts';
import type { FaultPart, FaultTarget } from './target.ts';

/** One action on the parts that its name means now. */
interface Blow {
  readonly order: FaultOrder;
  readonly target: FaultTarget;
  readonly parts: readonly FaultPart[];
  /** Aborted where nobody waits for the action any more. */
  readonly signal: AbortSignal;
}

type Strike = (blow: Blow) => Promise<Struck>;

/** The parts that an order is about as roles are now. @throws RelayBenchError `FAULT_PART_MISSING` */
export function partsOf({ on }: FaultOrder, target: FaultTarget): readonly FaultPart[] {
  const name = parsePart(on);
  const parts = name === null ? [] : target.parts(name);
  if (parts.length > 0) return parts;
  throw new RelayBenchError(
    `the part ${missingPart(on, target.counts, target.what) ?? `${on} is not there`}`,
    {
      code: 'FAULT_PART_MISSING',
      hint: '`relay-bench stack status` shows the parts of a stack',
    },
  );
}

/**
 * Does to parts of a target what is ordered. Only processes that relay-bench has started are touched, each known by its
 * number and the time of its start.
 * @param signal aborting it ends the wait for parts that come back
 * @throws RelayBenchError `FAULT_PART_MISSING`, `FAULT_IMPOSSIBLE`, `FAULT_NO_PROXY`, `FAULT_NOT_BACK`; `FAULT_FAILED` where
 *   a server does not answer or the system refuses
 */
export async function strike(order: FaultOrder, target: FaultTarget, signal: AbortSignal): Promise<Struck> {
  const parts = partsOf(order, target);
  try {
    return await STRIKES[order.action]({ order, target, parts, signal });
  } catch (error) {
    if (error instanceof RelayBenchError) throw error;
    throw new RelayBenchError(`${orderText(order)} failed: ${messageOf(error)}`, {
      code: 'FAULT_FAILED',
      hint: '`relay-bench stack status` shows what is wrong with the parts of a stack',
      exitCode: EXIT.unreachable,
      cause: error,
    });
  }
}

const onSignals: Readonly<Record<'kill' | 'freeze' | 'thaw', Strike>> = {
  kill: async ({ parts, order }) => {
    const dead = parts.filter((part) => !kill(part)).map(({ name }) => name);
    const struckNs = monotonicNs();
    const detail = dead.length === 0 ? null : `already dead: ${dead.join(', ')}`;
    if (order.for === undefined) return over(struckNs, detail);
    const ended = new AbortController();
    const kept = Promise.all(parts.map((part) => keepDead(part, ended.signal)));
    // Whoever undoes it hears of a failure; until then nobody waits for it.
    kept.catch(() => undefined);
    return {
      detail,
      struckNs,
      leave: null,
      undo: async () => {
        ended.abort();
        await kept;
      },
    };
  },
  freeze: async ({ parts }) => {
    const guard = await guardProcesses(parts.flatMap((part) => part.processes().map(({ pid }) => pid)));
    const frozen = parts.flatMap((part) => freeze(part));
    return {
      detail: frozen.length === 0 ? 'it had no process to freeze' : null,
      struckNs: monotonicNs(),
      leave: () => guard.release(),
      undo: async () => {
        thaw(frozen);
        await guard.release();
      },
    };
  },
  thaw: async ({ parts }) => {
    const count = thaw(parts.flatMap((part) => part.processes()));
    return over(monotonicNs(), count === 0 ? 'it had no process to thaw' : null);
  },
};

const STRIKES: Readonly<Record<ActionName, Strike>> = {
  ...onSignals,
  restart: async ({ parts, signal }) => {
    const struckNs = monotonicNs();
    await Promise.all(parts.map((part) => restart(part, signal)));
    return over(struckNs);
  },
  drain: async ({ parts, target, order, signal }) => {
    const state = requireStack(target, order);
    const guard = await guardStack(state.dir);
    const struckNs = monotonicNs();
    try {
      await Promise.all(parts.map((part) => drain(state, part, signal)));
    } finally {
      await guard.release();
    }
    return over(struckNs);
  },
  partition: onLinks,
  delay: onLinks,
  throttle: onLinks,
  'pause-replay': async (blow) => {
    const replicas = servicesOf(blow);
    const undo = await guarded(blow, async () => {
      await Promise.all(replicas.map(resumeReplay));
    });
    await orUndo(undo, () => Promise.all(replicas.map(pauseReplay)));
    return { detail: null, struckNs: monotonicNs(), undo, leave: null };
  },
  flush: async (blow) => {
    await Promise.all(servicesOf(blow).map(flush));
    return over(monotonicNs());
  },
  'drop-pubsub': async (blow) => {
    const counts = await Promise.all(servicesOf(blow).map(dropPubsub));
    const cut = counts.reduce((sum, count) => sum + count, 0);
    return over(monotonicNs(), `${cut} ${cut === 1 ? 'subscriber' : 'subscribers'} cut`);
  },
  'fill-disk': async (blow) => {
    const services = servicesOf(blow);
    const undo = await guarded(blow, async () => {
      await Promise.all(services.map(freeDisk));
    });
    const written = await orUndo(undo, () =>
      Promise.all(services.map((each) => fillDisk(each, blow.order.most))),
    );
    const bytes = written.reduce((sum, each) => sum + each, 0);
    return { detail: `${(bytes / 1e6).toFixed(0)} MB written`, struckNs: monotonicNs(), undo, leave: null };
  },
};

/** An undoing that a guard does where this process dies before. */
async function guarded(blow: Blow, undo: () => Promise<void>): Promise<() => Promise<void>> {
  const guard = await guardStack(requireStack(blow.target, blow.order).dir);
  return async () => {
    await undo();
    await guard.release();
  };
}

/** What fails half-way is undone. */
async function orUndo<T>(undo: () => Promise<void>, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    // The first failure is the one to tell; the guard goes on trying after this process.
    await undo().catch(() => undefined);
    throw error;
  }
}

async function onLinks({ parts, target, order }: Blow): Promise<Struck> {
  return condition(requireStack(target, order), parts, order);
}

/** Services of a stack; a relay that stands alone is none. */
function servicesOf({ parts, target, order }: Blow): Service[] {
  requireStack(target, order);
  return parts.flatMap(({ service }) => service ?? []);
}

function requireStack({ state, what }: FaultTarget, { action }: FaultOrder): StackState {
  if (state !== null) return state;
  throw new RelayBenchError(`${action} needs a stack, and this is ${what}`, {
    code: 'FAULT_IMPOSSIBLE',
    hint: needsLinks(action) ? 'add --stack scaled' : 'add --stack single or --stack scaled',
    exitCode: EXIT.unreachable,
  });
}
