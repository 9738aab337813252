import type { ProcessIdentity } from '../observe/process-identity.ts';
import type { PartCounts } from './form/part.ts';
import type { FaultPart, FaultTarget } from './target.ts';

/** A relay that stands alone, started by this process, which alone brings it back. */
export interface LoneRelay {
  /** As they are now, the one that was started first; empty where all have ended. */
  processes(): readonly ProcessIdentity[];
  /** Starts it again at the same address; resolves when it accepts connections. Nothing happens where it runs. */
  start(): Promise<void>;
}

const NOTHING_ELSE: Omit<PartCounts, 'relay'> = {
  primary: 0,
  replica: 0,
  postgres: 0,
  pubsub: 0,
  cache: 0,
  haproxy: 0,
  'haproxy-db': 0,
  supervisor: 0,
  edge: 0,
  region: 0,
};

/** What faults can happen to a relay that stands alone. @param what it is, such as `the embedded relay` */
export function relayTarget(what: string, relay: LoneRelay): FaultTarget {
  return relaysTarget(what, [relay]);
}

/** What faults can happen to relays that stand beside each other, in the order in which they are numbered. */
export function relaysTarget(what: string, relays: readonly LoneRelay[]): FaultTarget {
  const parts = relays.map((relay, at) => partOf(relays.length === 1 ? 'relay' : `relay-${at + 1}`, relay));
  return {
    what,
    state: null,
    counts: partsOfRelays(relays.length),
    parts: ({ kind, number }) => {
      if (kind !== 'relay') return [];
      return number === null ? parts : parts.slice(number - 1, number);
    },
  };
}

function partOf(name: string, relay: LoneRelay): FaultPart {
  return {
    name,
    service: null,
    endSignal: 'SIGTERM',
    processes: () => relay.processes(),
    problem: async () => (relay.processes().length === 0 ? 'its process has ended' : null),
    start: () => relay.start(),
  };
}

/** The parts of a target that is so many relays and nothing else. */
export function partsOfRelays(count: number): PartCounts {
  return { relay: count, ...NOTHING_ELSE };
}
