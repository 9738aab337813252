import type { AuditOfEdges } from '../record/audit-schema.ts';
import { type EdgeProbed, probeEdges } from './edge-probe.ts';
import { Patience } from './patience.ts';
import { type ReadBackRequest, readBack } from './read-back.ts';
import type { AskedRelay } from './relays.ts';
import { type AddressCase, readVersions } from './versions.ts';
import type { Checked } from './violation.ts';

/** A relay that serves what others keep. */
export interface EdgeAddress {
  /** What reports call it. */
  readonly name: string;
  readonly url: string;
}

/** The edges of the relays that are audited. */
export interface AuditedEdges {
  readonly edges: readonly EdgeAddress[];
  /** How old what they serve may be, in milliseconds. */
  readonly staleMaxMs: number;
}

/** Addresses that are asked for one by one, each a way to the origin where it is not held. */
const SINGLE = 300;

/** What reading everything from the edges has shown. */
interface EdgesRead {
  /** Ids of events that must be there and are missing on one of them. */
  readonly lost: readonly string[];
  readonly I1: Checked;
  readonly I2: Checked;
  readonly I4: Checked;
  readonly I5: Checked;
}

/** Everything that was found out of edges. */
export interface EdgesChecked {
  readonly read: EdgesRead;
  /** Undefined where nothing could be published. */
  readonly probed: EdgeProbed | undefined;
  readonly audit: AuditOfEdges;
}

/** Which edges, whose, and how they are checked. */
export interface EdgesAsked {
  readonly audited: AuditedEdges | undefined;
  readonly relays: readonly AskedRelay[];
  readonly edges: readonly AskedRelay[];
  /** Why nothing may be published; null where it may. */
  readonly quiet: string | null;
  /** As of {@link Patience}. */
  readonly retryAfterMs: readonly number[];
}

type Reading = Omit<ReadBackRequest, 'relays' | 'place'> & { readonly cases: readonly AddressCase[] };

/**
 * Reads from every edge what has to be there and what has to be away, then changes something at the origin and sees how long
 * edges go on serving what was. What is wrong for longer than the bound is a violation.
 * @returns null where there are no edges
 */
export async function checkEdges(
  { audited, relays, edges, quiet, retryAfterMs }: EdgesAsked,
  reading: Reading,
): Promise<EdgesChecked | null> {
  const [origin] = relays;
  if (audited === undefined || edges.length === 0 || origin === undefined) return null;
  const { staleMaxMs } = audited;
  const patience = new Patience(retryAfterMs, undefined, performance.now() + staleMaxMs);
  const read = await readEdges([origin, ...edges], { ...reading, patience }, staleMaxMs);
  const { clock } = reading;
  const probed = quiet === null ? await probeEdges({ origin, edges, clock, staleMaxMs }) : undefined;
  return {
    read,
    probed,
    audit: {
      names: audited.edges.map(({ name }) => name),
      staleMax_ms: staleMaxMs,
      staleness: probed?.staleness ?? null,
      reason: quiet ?? probed?.reason ?? null,
    },
  };
}

async function readEdges(
  [origin, ...edges]: readonly [AskedRelay, ...AskedRelay[]],
  { cases, ...reading }: Reading,
  staleMaxMs: number,
): Promise<EdgesRead> {
  const place = `${edges.length === 1 ? 'the edge' : `each of ${edges.length} edges`}, at most ${staleMaxMs / 1_000} s behind`;
  const { I1, I2, I5, lost } = await readBack({ ...reading, relays: edges, place });
  const { patience, deadlineMs, clock } = reading;
  const versions = await readVersions(cases, {
    ...{ relays: [origin, ...edges], compared: 1, single: SINGLE },
    ...{ patience, deadlineMs, clock, place },
  });
  const outdated = versions.lost.map(({ facts }) => facts.id);
  return { lost: [...lost, ...outdated], I1, I2, I4: versions.I4, I5 };
}
