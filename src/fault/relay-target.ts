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

const ONE_RELAY: PartCounts = {
  relay: 1,
  primary: 0,
  replica: 0,
  postgres: 0,
  pubsub: 0,
  cache: 0,
  haproxy: 0,
  supervisor: 0,
};

/** What faults can happen to a relay that stands alone. @param what it is, such as `the embedded relay` */
export function relayTarget(what: string, relay: LoneRelay): FaultTarget {
  const part: FaultPart = {
    name: 'relay',
    service: null,
    endSignal: 'SIGTERM',
    processes: () => relay.processes(),
    problem: async () => (relay.processes().length === 0 ? 'its process has ended' : null),
    start: () => relay.start(),
  };
  return {
    what,
    state: null,
    counts: ONE_RELAY,
    parts: ({ kind, number }) => (kind === 'relay' && (number ?? 1) === 1 ? [part] : []),
  };
}

/** The parts of a target that is one relay. */
export function partsOfRelay(): PartCounts {
  return ONE_RELAY;
}
