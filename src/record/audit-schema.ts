import * as z from 'zod';
import { INVARIANT_NAMES } from '../metric/invariants.ts';
import { verifierInUse } from './verifier-schema.ts';

const whole = z.int().min(0);
const maybe = z.number().nullable();

const lags = z.strictObject({ samples: whole, p50_ms: z.number(), p99_ms: z.number(), max_ms: z.number() });

/** What happened to an event, in the order of time. */
const auditMoment = z.strictObject({
  /** Milliseconds after the start of the load; null of what has no time of its own. */
  atMs: maybe,
  what: z.string(),
});

const violation = z.strictObject({
  /** Id of the event, or the address, filter or part that it is about. */
  subject: z.string(),
  kind: whole.optional(),
  /** What is wrong, one sentence. */
  what: z.string(),
  timeline: z.array(auditMoment),
});

const invariant = z.strictObject({
  id: z.enum(INVARIANT_NAMES),
  /** Cases that were looked at. */
  checked: whole,
  /** Of them, those that break it. */
  violated: whole,
  /** Why nothing, or not all, was checked; null where all was. */
  reason: z.string().nullable(),
  /** How it was checked. */
  basis: z.string(),
  /** Of read-your-writes: how long after its OK an event was readable on the other relay processes. */
  lag: lags.optional(),
  /** The first twenty. */
  violations: z.array(violation),
});

/** What auditing relays at the edge has shown, besides the invariants. */
const edges = z.strictObject({
  names: z.array(z.string()),
  /** How old what they serve may be: what is older is a violation of I4 or I5. */
  staleMax_ms: z.number(),
  /** From the OK of the origin to a newer version or a deletion until an edge served nothing older; null: see `reason`. */
  staleness: lags.nullable(),
  reason: z.string().nullable(),
  /** Edges that could not be asked for longer than they may be away, each with why; left out where all could. */
  notAsked: z.array(z.string()).optional(),
});

/** What auditing a run has shown. */
export const audit = z.strictObject({
  /** Acknowledged events that every relay process must have by the NIPs: of each address the newest version. */
  acknowledged: whole,
  /** Of them, those that every relay process has. */
  found: whole,
  /** Ids of the others, at most a thousand. */
  lost: z.array(z.string()),
  /** Relay processes that were asked. */
  relays: whole.optional(),
  /** Relays that serve what these keep; left out where there are none. */
  edges: edges.optional(),
  /** How publishing has ended, all attempts; records before 1.1.0 do not say. */
  history: z.strictObject({ acknowledged: whole, refused: whole, unknown: whole }).optional(),
  /** Id and signature of a sample of the events that came back, older records have none; wrong ones are among the lost. */
  proofs: z.strictObject({ checked: whole, wrong: whole, verifier: verifierInUse }).optional(),
  durationMs: z.number().optional(),
  invariants: z.array(invariant).optional(),
});

export type Audit = z.infer<typeof audit>;
export type AuditOfEdges = z.infer<typeof edges>;
export type AuditedInvariant = z.infer<typeof invariant>;
export type Violation = z.infer<typeof violation>;
