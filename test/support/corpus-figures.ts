import { EventSource } from '../../src/corpus/generate/event-source.ts';
import { DEFAULT_BASE_TIME_S, type ProfileName } from '../../src/corpus/spec.ts';
import type { NostrEvent } from '../../src/nostr/event.ts';

/** Events that the figures of the documentation and of the tests are taken from. */
export const FIGURE_EVENTS = 10_000;

/** The first corpus of a profile, seed 1. */
export function corpusOf(profile: ProfileName, events = FIGURE_EVENTS): NostrEvent[] {
  const source = new EventSource({ profile, seed: 1, events, baseTime_s: DEFAULT_BASE_TIME_S });
  return Array.from({ length: events }, (_, n) => JSON.parse(source.event(n).json) as NostrEvent);
}

/** Shares of kinds in 172.7 million events of the network to mid-2025, in percent. */
export const KIND_SHARES: readonly (readonly [kind: number, name: string, percent: number])[] = [
  [1, 'note', 38.96],
  [7, 'reaction', 18.89],
  [4, 'direct message', 5.63],
  [0, 'profile', 4.73],
  [3, 'contact list', 4.54],
  [6, 'repost', 4.4],
  [5, 'deletion', 3.12],
  [9_735, 'zap receipt', 2.81],
  [1_000, '(one program)', 2.61],
  [1_059, 'gift wrap', 2.17],
  [9_041, 'zap goal', 2.15],
  [10_002, 'relay list', 1.88],
  [42, 'channel message', 1.54],
  [5_300, 'job request', 0.74],
  [31_234, 'draft', 0.72],
  [6_300, 'job result', 0.61],
];

/** A figure of the network that a corpus of profile `social` is to come near. */
export interface Figure {
  readonly name: string;
  readonly wild: number;
  /** The generated figure may be lower and higher by these factors. */
  readonly lowest: number;
  readonly highest: number;
  /** 1: averages of 208.6 million rows; 2: a sample of 1,376 verified events. */
  readonly source: 1 | 2;
  readonly measure: (events: readonly NostrEvent[]) => number;
}

const bytesOf = (event: NostrEvent): number => Buffer.byteLength(JSON.stringify(event));
const contentBytes = ({ content }: NostrEvent): number => Buffer.byteLength(content);
const tagBytes = ({ tags }: NostrEvent): number => Buffer.byteLength(JSON.stringify(tags));

type OfEvent = (event: NostrEvent) => number;

/** The mean over all events. */
const mean = (of: OfEvent) => (events: readonly NostrEvent[]) =>
  events.reduce((sum, event) => sum + of(event), 0) / events.length;

/** A quantile (nearest rank) over all events, or over those of a kind. */
const quantile = (share: number, of: OfEvent, kind?: number) => (events: readonly NostrEvent[]) => {
  const chosen = kind === undefined ? events : events.filter((event) => event.kind === kind);
  const sorted = chosen.map(of).sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
};

/** Percent of the notes that are so. */
const percentOfNotes = (is: (note: NostrEvent) => boolean) => (events: readonly NostrEvent[]) => {
  const notes = events.filter(({ kind }) => kind === 1);
  return (100 * notes.filter(is).length) / notes.length;
};

const hasUrl = ({ content }: NostrEvent): boolean => content.includes('https://');
const isNonAscii = (note: NostrEvent): boolean => contentBytes(note) !== note.content.length;
const tagCount = ({ tags }: NostrEvent): number => tags.length;

/** What is known of the sizes of events. */
export const FIGURES: readonly Figure[] = [
  { name: 'event, mean bytes', wild: 1_000, lowest: 0.85, highest: 1.15, source: 1, measure: mean(bytesOf) },
  {
    name: 'content, mean bytes',
    wild: 357,
    lowest: 0.75,
    highest: 1.25,
    source: 1,
    measure: mean(contentBytes),
  },
  { name: 'tags, mean bytes', wild: 290, lowest: 0.75, highest: 1.35, source: 1, measure: mean(tagBytes) },
  {
    name: 'event, p50 bytes',
    wild: 695,
    lowest: 0.85,
    highest: 1.15,
    source: 2,
    measure: quantile(0.5, bytesOf),
  },
  {
    name: 'event, p90 bytes',
    wild: 1_038,
    lowest: 0.85,
    highest: 1.6,
    source: 2,
    measure: quantile(0.9, bytesOf),
  },
  {
    name: 'event, p99 bytes',
    wild: 2_508,
    lowest: 0.85,
    highest: 2.5,
    source: 2,
    measure: quantile(0.99, bytesOf),
  },
  {
    name: 'event, largest, bytes',
    wild: 58_000,
    lowest: 0.5,
    highest: 1.13,
    source: 2,
    measure: quantile(1, bytesOf),
  },
  {
    name: 'note, p50 bytes',
    wild: 800,
    lowest: 0.9,
    highest: 1.1,
    source: 2,
    measure: quantile(0.5, bytesOf, 1),
  },
  {
    name: 'note, p50 bytes of content',
    wild: 90,
    lowest: 0.85,
    highest: 1.15,
    source: 2,
    measure: quantile(0.5, contentBytes, 1),
  },
  { name: 'note, p50 tags', wild: 4, lowest: 1, highest: 1, source: 2, measure: quantile(0.5, tagCount, 1) },
  {
    name: 'note, p90 tags',
    wild: 7,
    lowest: 0.85,
    highest: 1.15,
    source: 2,
    measure: quantile(0.9, tagCount, 1),
  },
  {
    name: 'notes outside ASCII, percent',
    wild: 10,
    lowest: 0.85,
    highest: 1.15,
    source: 2,
    measure: percentOfNotes(isNonAscii),
  },
  {
    name: 'notes with an address, percent',
    wild: 11,
    lowest: 0.85,
    highest: 1.15,
    source: 2,
    measure: percentOfNotes(hasUrl),
  },
  {
    name: 'profile, p50 bytes',
    wild: 752,
    lowest: 0.9,
    highest: 1.1,
    source: 2,
    measure: quantile(0.5, bytesOf, 0),
  },
  {
    name: 'reaction, p50 bytes',
    wild: 491,
    lowest: 0.95,
    highest: 1.05,
    source: 2,
    measure: quantile(0.5, bytesOf, 7),
  },
  {
    name: 'direct message, p50 bytes',
    wild: 506,
    lowest: 0.9,
    highest: 1.1,
    source: 2,
    measure: quantile(0.5, bytesOf, 4),
  },
];

/** The tables of `docs/corpus.md`. */
export function figureTables(events: readonly NostrEvent[]): string {
  const share = (kind: number): number =>
    (100 * events.filter((event) => event.kind === kind).length) / events.length;
  const kinds = KIND_SHARES.map(
    ([kind, name, percent]) =>
      `| ${kind} | ${name} | ${percent.toFixed(2)} % | ${share(kind).toFixed(2)} % |`,
  );
  const sizes = FIGURES.map(({ name, wild, lowest, highest, source, measure }) => {
    const allowed = lowest === highest ? 'equal' : `${change(lowest)} … ${change(highest)}`;
    return `| ${name} | ${whole(wild)} (${source}) | ${whole(measure(events))} | ${allowed} |`;
  });
  return [
    '| kind | | in the wild | generated |',
    '|---:|---|---:|---:|',
    ...kinds,
    '',
    '| figure | in the wild (source) | generated | allowed |',
    '|---|---:|---:|---:|',
    ...sizes,
  ].join('\n');
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const change = (factor: number): string => {
  const percent = Math.round(100 * (factor - 1));
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`;
};
