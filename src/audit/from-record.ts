import * as z from 'zod';
import type { Invariant } from '../metric/invariants.ts';
import type { Violation } from '../record/audit-schema.ts';
import type { RunRecord } from '../record/schema.ts';
import { watchPrimaries } from './primaries.ts';
import { type Checked, checkedBy, notChecked } from './violation.ts';

/** What a server says after the run: whether it takes itself for the primary; null where it does not answer. */
export interface PrimaryClaim {
  readonly name: string;
  readonly isPrimary: boolean | null;
}

/** What the run itself has counted and watched; the counters are those of the load, not of the audit. */
export type Watched = Pick<RunRecord, 'counters' | 'evidence' | 'faults' | 'components' | 'scenario'>;

/** The invariants that only the run itself could watch: live deliveries, and who accepted writes. */
export function fromRecord(
  record: Watched,
  claims: readonly PrimaryClaim[] | null,
): Pick<Record<Invariant, Checked>, 'I6' | 'I7' | 'I10'> {
  const gap = gapOf(record);
  return {
    I6: gap === null ? deliveries(record, EXACTLY_ONCE) : notChecked(`${gap}: see I7`),
    I7: gap === null ? notChecked('the run had no faults') : afterGaps(record),
    I10: primaries(record, claims),
  };
}

/** What the run itself has seen of read-your-writes on other connections, under load; null where it did not look. */
export function watchedReads({ counters, metrics }: Pick<RunRecord, 'counters' | 'metrics'>): string | null {
  const { visibility_samples: samples, visibility_behind_ok: behind } = counters;
  if (samples === 0) return null;
  const p99_us = metrics['visibility_latency']?.p99_us ?? null;
  const after = p99_us === null ? '' : `, readable ${(p99_us / 1_000).toFixed(1)} ms after their time (p99)`;
  return `under load ${behind} of ${samples} watched events were not returned by a REQ behind their OK on another connection${after}`;
}

const NO_SUBSCRIBERS = 'no accepted event had a live subscriber';
/** Counters of the run by what they mean for a delivery. */
const DELIVERY_FAULTS = {
  deliveries_missing: 'never delivered',
  deliveries_duplicate: 'delivered twice on one subscription',
} as const;

type DeliveryFault = keyof typeof DELIVERY_FAULTS;

const EXACTLY_ONCE: readonly DeliveryFault[] = ['deliveries_missing', 'deliveries_duplicate'];
/** Who subscribes again gets what is stored again. */
const COMPLETE: readonly DeliveryFault[] = ['deliveries_missing'];

const reconnecting = z.object({ connections: z.object({ reconnect: z.object({}) }) });

/** Why clients may have been away for a while; null where nothing has kept them. */
function gapOf({ faults, counters }: Watched): string | null {
  if (faults.length > 0) return 'the run had faults';
  const { connections_lost: lost, connections_cut: cut } = counters;
  return lost + cut > 0 ? `clients lost ${lost + cut} connections` : null;
}

/** A client whose connection is gone can get nothing, whatever the relay does: it has to come back and ask. */
function afterGaps(record: Watched): Checked {
  const { connections_lost: lost, deliveries_missing: missing } = record.counters;
  const comesBack = reconnecting.safeParse(record.scenario.resolved).success;
  return lost > 0 && !comesBack
    ? notChecked(
        `clients lost ${lost} connections and did not come back (--reconnect); ${missing} deliveries are missing`,
      )
    : deliveries(record, COMPLETE);
}

function deliveries({ counters, evidence }: Watched, names: readonly DeliveryFault[]): Checked {
  if (counters.deliveries_expected === 0) return notChecked(NO_SUBSCRIBERS);
  return checkedBy({
    // What clients that were away could not reach when they came back the relay did not owe.
    checked: counters.deliveries_expected - counters.deliveries_out_of_reach,
    violated: names.reduce((sum, name) => sum + counters[name], 0),
    violations: names.flatMap((name) => (evidence[name] ?? []).map((each) => deliveryViolation(name, each))),
    basis: 'counted by the run itself, of the deliveries that it expected',
  });
}

type Case = RunRecord['evidence'][string][number];

function deliveryViolation(name: DeliveryFault, each: Case): Violation {
  const [event] = [...each.expected, ...each.got];
  return {
    subject: event?.id ?? 'unknown event',
    ...(event?.kind === undefined ? {} : { kind: event.kind }),
    what: DELIVERY_FAULTS[name],
    timeline: [
      { atMs: each.atMs, what: each.note ?? `${DELIVERY_FAULTS[name]}, connection ${each.connection}` },
    ],
  };
}

const UNWATCHED = 'the databases were not watched: only those of a stack that relay-bench has started are';

function primaries({ components }: Watched, claims: readonly PrimaryClaim[] | null): Checked {
  const { servers, watched, conflicts } = watchPrimaries(components);
  if (servers.length === 0) return notChecked(UNWATCHED);
  if (servers.length === 1) return notChecked('the stack has one database');
  const claiming = (claims ?? []).filter(({ isPrimary }) => isPrimary === true);
  const two = claiming.length > 1 ? [twoNow(claiming)] : [];
  const atOnce = conflicts.map(([one, other]) => ({
    subject: `${one.name} and ${other.name}`,
    what: 'two primaries stored events at the same time',
    timeline: [one, other].map(({ name, from_s, to_s, rows }) => ({
      atMs: Math.round(from_s * 1_000),
      what: `${name} took itself for the primary and stored ${rows} rows until ${to_s.toFixed(1)} s of the measured phases`,
    })),
  }));
  return checkedBy({
    checked: watched + (claims === null ? 0 : 1),
    violations: [...two, ...atOnce],
    basis: `${servers.join(', ')} asked once a second whether they are primary and what they have stored`,
    reason: watched === 0 ? 'no primary was watched for two seconds on end' : null,
  });
}

function twoNow(claiming: readonly PrimaryClaim[]): Violation {
  const names = claiming.map(({ name }) => name).join(' and ');
  return {
    subject: names,
    what: 'several servers take themselves for the primary',
    timeline: [{ atMs: null, what: `${names} asked after the run: none of them is in recovery` }],
  };
}
