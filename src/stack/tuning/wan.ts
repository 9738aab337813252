import { tryParseDurationMs } from '../../base/duration.ts';
import { own } from '../../base/own.ts';
import { type Rule, time } from './rules.ts';

/** What the way from a region to its origin is like. */
export interface Wan {
  /** Both ways together. */
  readonly rttMs: number;
  /** Each way takes up to so much longer, at random; nothing overtakes. */
  readonly jitterMs: number;
  /** Each way of each connection; null for no bound. */
  readonly bytesPerS: number | null;
}

/** What the proxy does to both directions of a link from its start on. */
export interface StandingCondition {
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly bytesPerS?: number;
}

/** One region on the same continent as its origin, one on another. */
const RTT_MS: readonly number[] = [40, 120];
const LONGEST_MS = 10_000;
const UNITS: Readonly<Record<string, number>> = { KB: 1e3, MB: 1e6, GB: 1e9 };

/** Bytes a second; null where the text is no bandwidth. */
function parseBandwidth(text: string): number | null {
  const [, digits = '', name = ''] = /^([1-9]\d{0,5})([KMG]B)\/s$/.exec(text) ?? [];
  const unit = own(UNITS, name);
  return unit === undefined ? null : Number(digits) * unit;
}

const bandwidth: Rule = (value) =>
  parseBandwidth(value) === null
    ? 'must be bytes a second with a unit (KB/s, MB/s, GB/s), such as 10MB/s'
    : null;

const RULES: readonly (readonly [name: string, rule: Rule])[] = [
  ['rtt', time(0, LONGEST_MS)],
  ['jitter', time(0, LONGEST_MS)],
  ['bandwidth', bandwidth],
];

/** Settings of the ways to the origin by their keys, such as `region-2.rtt`. */
export const WAN_RULES: Readonly<Record<string, Rule>> = Object.fromEntries(
  RTT_MS.flatMap((_, index) => RULES.map(([name, rule]) => [`region-${index + 1}.${name}`, rule] as const)),
);

/** The way from a region, as it is set. @param region from 1 @param settings what `--set` has changed */
export function wanOf(settings: Readonly<Record<string, string>>, region: number): Wan {
  const value = (name: string): string | undefined => own(settings, `region-${region}.${name}`);
  const ms = (name: string, otherwise: number): number => tryParseDurationMs(value(name) ?? '') ?? otherwise;
  return {
    rttMs: ms('rtt', RTT_MS[region - 1] ?? 0),
    jitterMs: ms('jitter', 0),
    bytesPerS: parseBandwidth(value('bandwidth') ?? ''),
  };
}

/** The same for the proxy: half of the way there and back in each direction. */
export function standingOf(settings: Readonly<Record<string, string>>, region: number): StandingCondition {
  const { rttMs, jitterMs, bytesPerS } = wanOf(settings, region);
  return { latencyMs: rttMs / 2, jitterMs, ...(bytesPerS === null ? {} : { bytesPerS }) };
}
