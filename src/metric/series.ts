import { own } from '../base/own.ts';
/** Labels of one series, for example `{ filter: 'home-feed' }`. */
export type Labels = Readonly<Record<string, string>>;

/** The label of latencies that says in which region their client is; all others say what was done. */
export const REGION = 'region';

/** The key of a series as it stands in `run.json` and in gates: `name` or `name{label=value,…}`, labels sorted. */
export function seriesKey(name: string, labels: Labels = {}): string {
  const parts = Object.keys(labels)
    .sort()
    .map((label) => `${label}=${own(labels, label)}`);
  return parts.length === 0 ? name : `${name}{${parts.join(',')}}`;
}

/** The inverse of {@link seriesKey}; null where the text is not a series key. */
export function parseSeriesKey(key: string): { name: string; labels: Labels } | null {
  const match = /^([a-z][a-z0-9_]*)(?:\{([^{}]*)\})?$/.exec(key);
  if (match?.[1] === undefined) return null;
  const labels = new Map<string, string>();
  for (const part of match[2]?.split(',') ?? []) {
    const at = part.indexOf('=');
    if (at <= 0) return null;
    labels.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return { name: match[1], labels: Object.fromEntries(labels) };
}

/** The labels under which a series of several labels is counted: under each of them alone. */
export function singleLabels(labels: Labels): readonly Labels[] {
  return Object.entries(labels).map(([label, value]) => ({ [label]: value }));
}
