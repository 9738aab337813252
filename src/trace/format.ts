import * as z from 'zod';
import { RelayBenchError } from '../base/errors.ts';

// A trace is lines of JSON: a head, steps in the order of time, and a foot that is missing where the recording was cut off.

/** What a file of a trace begins with. */
export interface TraceHead {
  readonly trace: 'relay-bench';
  readonly version: 1;
  /** When the recording began, ISO 8601. */
  readonly startedAt: string;
  /** `mapped`: ids, keys and values of tags are those of a keyed hash whose key nobody has; `kept`: as they were. */
  readonly ids: 'mapped' | 'kept';
  /** Of events and searches. */
  readonly content: 'dropped' | 'kept';
  /** Number of the file, from 1. */
  readonly part: number;
}

/** A filter as a trace has it. */
export interface TracedFilter {
  readonly ids?: readonly string[] | undefined;
  readonly authors?: readonly string[] | undefined;
  readonly kinds?: readonly number[] | undefined;
  /** Seconds from the moment of the request, negative before it. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly limit?: number | undefined;
  /** The words looked for, or how many they were. */
  readonly search?: number | string | undefined;
  /** Values of tags by name, such as `p`. */
  readonly tags?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** An event as a trace has it. */
export interface TracedEvent {
  readonly id: string;
  readonly pubkey: string;
  readonly kind: number;
  /** Seconds from the moment at which it was sent. */
  readonly created: number;
  readonly tags: readonly (readonly string[])[];
  /** Length of the content, bytes of UTF-8. */
  readonly bytes: number;
  readonly content?: string | undefined;
}

interface At {
  /** Microseconds after the recording began. */
  readonly atUs: number;
  /** Number of the connection, from 0, in the order in which they came. */
  readonly connection: number;
}

/** One thing that a client did. `subscription`: its number on its connection, from 0. */
export type TraceStep = At &
  (
    | { readonly what: 'open' | 'AUTH' }
    | {
        readonly what: 'close';
        /** Whether everything that the client had sent was answered by then, so that it had not given up anything. */
        readonly isAnswered: boolean;
      }
    | { readonly what: 'other'; readonly word: string }
    | {
        readonly what: 'CLOSE';
        readonly subscription: number;
        /** Whether its REQ was answered by then. */
        readonly isAnswered: boolean;
      }
    | {
        readonly what: 'REQ' | 'COUNT';
        readonly subscription: number;
        readonly filters: readonly TracedFilter[];
      }
    | { readonly what: 'EVENT'; readonly event: TracedEvent }
  );

export type TraceWhat = TraceStep['what'];

const LONGEST_TEXT = 200_000;
const whole = z.int().min(0);
const text = z.string().max(LONGEST_TEXT);
const texts = z.array(text).max(100_000);

const head = z.object({
  trace: z.literal('relay-bench'),
  version: z.literal(1),
  startedAt: z.string(),
  ids: z.enum(['mapped', 'kept']),
  content: z.enum(['dropped', 'kept']),
  part: whole,
});

const filter: z.ZodType<TracedFilter> = z.strictObject({
  ids: texts.optional(),
  authors: texts.optional(),
  kinds: z.array(z.int()).optional(),
  since: z.int().optional(),
  until: z.int().optional(),
  limit: whole.optional(),
  search: z.union([whole, text]).optional(),
  tags: z.record(z.string().regex(/^[a-zA-Z]$/), texts).optional(),
});

const event: z.ZodType<TracedEvent> = z.strictObject({
  id: text,
  pubkey: text,
  kind: z.int().min(0).max(65_535),
  created: z.int(),
  tags: z.array(texts).max(100_000),
  bytes: whole.max(16 * 2 ** 20),
  content: z
    .string()
    .max(16 * 2 ** 20)
    .optional(),
});

/** 1 for yes. */
const flag = z.union([z.literal(0), z.literal(1)]);

const line = z.union([
  z.tuple([z.enum(['open', 'AUTH']), whole, whole]),
  z.tuple([z.literal('close'), whole, whole, flag]),
  z.tuple([z.literal('other'), whole, whole, text]),
  z.tuple([z.literal('CLOSE'), whole, whole, whole, flag]),
  z.tuple([z.enum(['REQ', 'COUNT']), whole, whole, whole, z.array(filter)]),
  z.tuple([z.literal('EVENT'), whole, whole, event]),
]);

/** The line of a step, without its end. */
export function lineOfStep(step: TraceStep): string {
  const { what, atUs, connection } = step;
  switch (step.what) {
    case 'other':
      return JSON.stringify([what, atUs, connection, step.word]);
    case 'close':
      return JSON.stringify([what, atUs, connection, Number(step.isAnswered)]);
    case 'CLOSE':
      return JSON.stringify([what, atUs, connection, step.subscription, Number(step.isAnswered)]);
    case 'REQ':
    case 'COUNT':
      return JSON.stringify([what, atUs, connection, step.subscription, step.filters]);
    case 'EVENT':
      return JSON.stringify([what, atUs, connection, step.event]);
    default:
      return JSON.stringify([what, atUs, connection]);
  }
}

/** @throws RelayBenchError `TRACE_INVALID` */
export function parseHead(value: unknown, file: string): TraceHead {
  const parsed = head.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(`${file} is no trace of relay-bench, or of another version`);
}

/** @throws RelayBenchError `TRACE_INVALID` */
export function parseStep(value: unknown, where: string): TraceStep {
  const parsed = line.safeParse(value);
  if (!parsed.success) throw invalid(`${where} is no step of a trace`);
  const [, atUs, connection] = parsed.data;
  switch (parsed.data[0]) {
    case 'other':
      return { what: 'other', atUs, connection, word: parsed.data[3] };
    case 'close':
      return { what: 'close', atUs, connection, isAnswered: parsed.data[3] === 1 };
    case 'CLOSE':
      return {
        ...{ what: 'CLOSE', atUs, connection },
        subscription: parsed.data[3],
        isAnswered: parsed.data[4] === 1,
      };
    case 'REQ':
    case 'COUNT':
      return {
        what: parsed.data[0],
        atUs,
        connection,
        subscription: parsed.data[3],
        filters: parsed.data[4],
      };
    case 'EVENT':
      return { what: 'EVENT', atUs, connection, event: parsed.data[3] };
    default:
      return { what: parsed.data[0], atUs, connection };
  }
}

export function invalid(message: string): RelayBenchError {
  return new RelayBenchError(message, {
    code: 'TRACE_INVALID',
    hint: 'record one with `relay-bench record --listen 7778 --relay ws://127.0.0.1:7777`',
  });
}
