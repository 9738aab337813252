import * as z from 'zod';
import { DROP_REASONS } from '../import/drop-reasons.ts';
import { PROFILE_NAMES } from '../spec.ts';

/** Forms that an import reads. */
const INPUT_FORMS = ['lines', 'messages', 'mixed', 'array'] as const;
export type InputForm = (typeof INPUT_FORMS)[number];

const count = z.int().min(0);
const unixTime = z.int();

const quantities = z.strictObject({ mean: z.number(), p50: count, p90: count, p99: count, max: count });
/** A distribution: mean, quantiles (nearest rank), maximum. */
export type Quantities = z.output<typeof quantities>;

const generated = z.strictObject({
  type: z.literal('generated'),
  generatorVersion: z.int().min(1),
  profile: z.enum(PROFILE_NAMES),
  seed: z.int().min(0),
  /** Unix time of the end of the days that the events are spread over. */
  baseTime_s: unixTime,
  /** How long they are spread over, seconds; 30 days where left out. */
  span_s: z.int().min(1).optional(),
  /** Makes the events from number `from` on those of one run alone. */
  salt: z.strictObject({ text: z.string(), from: count }).optional(),
  /** Whether the base time is the time of the generation: such a corpus can't be made a second time. */
  fresh: z.boolean(),
});

const imported = z.strictObject({
  type: z.literal('imported'),
  /** Lines read, empty ones not counted. */
  lines: count,
  /** What was read: events as lines, WebSocket messages around them, both, or one JSON array. */
  form: z.enum(INPUT_FORMS).optional(),
  /** Events whose id is the hash of the text with control characters verbatim, which relays refuse. */
  verbatimIds: count.optional(),
  /** Lines left out, by reason. */
  dropped: z.partialRecord(z.enum(DROP_REASONS), count),
  /** The first of them, by line number from 1. */
  problems: z.array(
    z.strictObject({ line: z.int().min(1), reason: z.enum(DROP_REASONS), detail: z.string() }),
  ),
});

/** What stands beside the events of a corpus in `manifest.json`. */
export const manifestSchema = z.strictObject({
  format: z.literal('relay-bench-corpus'),
  formatVersion: z.literal(1),
  source: z.discriminatedUnion('type', [generated, imported]),
  events: count,
  /** Different public keys that sign. */
  authors: count,
  /** Events by kind. */
  kinds: z.record(z.string().regex(/^\d+$/), count),
  createdAt: z.strictObject({
    oldest_s: unixTime,
    newest_s: unixTime,
    /** Whether no event is older than the one before it. */
    isAscending: z.boolean(),
  }),
  /** Bytes of an event as JSON. */
  eventBytes: quantities,
  /** Bytes of a content in UTF-8. */
  contentBytes: quantities,
  /** Tags of an event. */
  tagCount: quantities,
  file: z.strictObject({
    name: z.enum(['events.jsonl', 'events.jsonl.gz']),
    /** Of the file. */
    bytes: count,
    /** Of the lines in it, decompressed. */
    textBytes: count,
  }),
  /** SHA-256 of the ids in hex in the order of the file, each followed by a line feed. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
});

export type CorpusManifest = z.output<typeof manifestSchema>;
/** Where a corpus comes from. */
export type CorpusOrigin = CorpusManifest['source'];
/** What follows from the events alone. */
export type CorpusFigures = Omit<CorpusManifest, 'format' | 'formatVersion' | 'source' | 'file'>;
