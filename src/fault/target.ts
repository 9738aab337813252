import type { ProcessIdentity } from '../observe/process-identity.ts';
import type { EndSignal } from '../stack/processes.ts';
import type { Service, StackState } from '../stack/state.ts';
import type { PartCounts, PartName } from './form/part.ts';

/** A part that relay-bench has started, as faults see it. Nothing else can be hit. */
export interface FaultPart {
  /** As `stack status` has it, such as `relay-2`. */
  readonly name: string;
  /** Null for a relay that stands alone. */
  readonly service: Service | null;
  /** Ends it in an orderly way. */
  readonly endSignal: EndSignal;
  /** Its processes as they are now, the one that leads first; empty where it is dead. */
  processes(): readonly ProcessIdentity[];
  /** Null where it can serve now, else what is wrong. */
  problem(): Promise<string | null>;
  /** Starts it again where nobody else does; null where a supervisor brings it back. */
  readonly start: (() => Promise<void>) | null;
}

/** What a run loads, as far as relay-bench has started it. */
export interface FaultTarget {
  /** For messages: `the stack`, `the embedded relay`. */
  readonly what: string;
  /** Null where it is no stack. */
  readonly state: StackState | null;
  readonly counts: PartCounts;
  /** Parts of a name as roles are now, in their order; empty where there is none. */
  parts(name: PartName): readonly FaultPart[];
}
