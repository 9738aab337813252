import type { AuditOfEdges } from '../record/audit-schema.ts';
import type { Askable } from './askable.ts';
import { type EdgeProbed, probeEdges } from './edge-probe.ts';
import { Patience } from './patience.ts';
import { type ReadBackRequest, readBack } from './read-back.ts';
import type { AskedRelay } from './relays.ts';
import { type AddressCase, readVersions } from './versions.ts';
import { type Checked, cutOff, notChecked, together } from './violation.ts';

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
  /** But for those that could not be asked. */
  readonly audit: Omit<AuditOfEdges, 'notAsked'>;
  /** Edges that could not be asked, and why. */
  readonly notAsked: readonly string[];
}

/** Which edges, whose, and how they are checked. */
export interface EdgesAsked {
  readonly audited: AuditedEdges | undefined;
  readonly relays: readonly AskedRelay[];
  readonly edges: Askable;
  /** Why nothing may be published; null where it may. */
  readonly quiet: string | null;
  /** As of {@link Patience}. */
  readonly retryAfterMs: readonly number[];
  /** Reading back stops after so many milliseconds. */
  readonly limitMs: number;
}

/** No edge could be asked. */
const NOTHING: Checked = notChecked('no edge could be asked');
const NOTHING_READ: EdgesRead = { lost: [], I1: NOTHING, I2: NOTHING, I4: NOTHING, I5: NOTHING };

type Reading = Omit<ReadBackRequest, 'relays' | 'place' | 'patience' | 'deadlineMs'> & {
  readonly cases: readonly AddressCase[];
};

/**
 * Reads from every edge what has to be there and what has to be away, then changes something at the origin and sees how long
 * edges go on serving what was. What is wrong for longer than the bound is a violation.
 * @returns null where there are no edges
 */
export async function checkEdges(
  { audited, relays, edges, quiet, retryAfterMs, limitMs }: EdgesAsked,
  reading: Reading,
): Promise<EdgesChecked | null> {
  const [origin] = relays;
  if (audited === undefined || origin === undefined) return null;
  const { staleMaxMs } = audited;
  const read = await edges.with((asked) => {
    const patience = new Patience(retryAfterMs, undefined, performance.now() + staleMaxMs);
    const deadlineMs = performance.now() + limitMs;
    return readEdges([origin, ...asked], { ...reading, patience, deadlineMs }, staleMaxMs);
  });
  const { clock } = reading;
  const probed =
    quiet === null
      ? await edges.with((asked) => probeEdges({ origin, edges: asked, clock, staleMaxMs }))
      : undefined;
  return {
    read,
    probed,
    notAsked: [...edges.notAsked],
    audit: {
      names: audited.edges.map(({ name }) => name),
      staleMax_ms: staleMaxMs,
      staleness: probed?.staleness ?? null,
      reason: quiet ?? probed?.reason ?? null,
    },
  };
}

/** What was checked, and that nobody knows more of those that could not be asked. */
export function asFarAsAsked(checked: Checked, notAsked: readonly string[]): Checked {
  return notAsked.length === 0 ? checked : together(checked, cutOff(notAsked.join('; ')));
}

async function readEdges(
  [origin, ...edges]: readonly [AskedRelay, ...AskedRelay[]],
  { cases, ...reading }: Reading & Pick<ReadBackRequest, 'patience' | 'deadlineMs'>,
  staleMaxMs: number,
): Promise<EdgesRead> {
  if (edges.length === 0) return NOTHING_READ;
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
