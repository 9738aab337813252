import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { invalid, parseHead, parseStep, type TraceStep, type TraceWhat } from './format.ts';

/** What a trace holds, without its steps. */
export interface TraceSummary {
  /** From the first step to the last, µs. */
  readonly spanUs: number;
  /** When the first step was, µs after the recording began. */
  readonly firstUs: number;
  /** Connections that did something. */
  readonly connections: number;
  /** Most of them open at once. */
  readonly atOnce: number;
  readonly steps: Readonly<Record<TraceWhat, number>>;
  /** Most subscriptions that a connection had open at once. */
  readonly subscriptions: number;
}

/** Steps are held in memory while they are offered again: some 300 bytes each. */
export const MOST_STEPS = 2_000_000;

const PART = /^trace-\d{4,}\.jsonl$/;

/**
 * The files of a trace in their order: one file, or the parts in a directory.
 * @throws RelayBenchError `TRACE_NOT_FOUND`, `TRACE_INVALID`
 */
export async function traceFiles(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const parts = (await readdir(path)).filter((name) => PART.test(name)).sort();
    if (parts.length > 0) return parts.map((name) => join(path, name));
  } catch (cause) {
    throw new RelayBenchError(`trace ${path} can't be read: ${messageOf(cause)}`, {
      code: 'TRACE_NOT_FOUND',
      hint: 'name a file of `relay-bench record`, or the directory that it has written',
      cause,
    });
  }
  throw invalid(`in ${path} there is no trace-0001.jsonl`);
}

/**
 * The steps of a trace, in their order.
 * @throws RelayBenchError `TRACE_NOT_FOUND`, `TRACE_INVALID`
 */
export async function* readSteps(path: string): AsyncGenerator<TraceStep> {
  for (const file of await traceFiles(path)) {
    let number = 0;
    const input = createReadStream(file, 'utf8');
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      const value = parsed(line, number, file);
      if (number === 1) parseHead(value, file);
      else if (value !== CUT_OFF) yield parseStep(value, `line ${number} of ${file}`);
    }
    if (number === 0) parseHead(null, file);
  }
}

/** The last line of a recording that was killed. */
const CUT_OFF = Symbol('cut off');

function parsed(line: string, number: number, file: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    // A line is written as a whole or not at all, except where the process or the disk has ended.
    if (number > 1 && !line.endsWith(']')) return CUT_OFF;
    throw invalid(`line ${number} of ${file} is no JSON`);
  }
}

/**
 * Reads a trace as a whole.
 * @throws RelayBenchError as {@link readSteps}; `TRACE_TOO_LARGE`; `TRACE_INVALID` where nothing happens in it
 */
export async function summariseTrace(path: string): Promise<TraceSummary> {
  const steps: Record<TraceWhat, number> = {
    ...{ open: 0, close: 0, AUTH: 0, other: 0 },
    ...{ REQ: 0, COUNT: 0, CLOSE: 0, EVENT: 0 },
  };
  const seen = new Set<number>();
  const open = new OpenThings();
  let [count, firstUs, lastUs] = [0, 0, 0];
  for await (const step of readSteps(path)) {
    if (count === 0) firstUs = step.atUs;
    count++;
    if (count > MOST_STEPS) throw tooLarge(path);
    steps[step.what]++;
    lastUs = Math.max(lastUs, step.atUs);
    seen.add(step.connection);
    open.after(step);
  }
  if (count === 0) throw invalid(`nothing happens in the trace ${path}`);
  const { atOnce, subscriptions } = open;
  return { spanUs: lastUs - firstUs, firstUs, connections: seen.size, atOnce, steps, subscriptions };
}

function tooLarge(path: string): RelayBenchError {
  return new RelayBenchError(`the trace ${path} has more than ${MOST_STEPS} steps`, {
    code: 'TRACE_TOO_LARGE',
    hint: 'name one of its files instead of the directory, or record with a smaller --rotate',
  });
}

/** What is open at a moment of a trace, and the most of it. */
class OpenThings {
  readonly #subscriptions = new Map<number, Set<number>>();
  atOnce = 0;
  subscriptions = 0;

  after(step: TraceStep): void {
    if (step.what === 'close') {
      this.#subscriptions.delete(step.connection);
      return;
    }
    const known = this.#subscriptions.get(step.connection) ?? new Set<number>();
    this.#subscriptions.set(step.connection, known);
    this.atOnce = Math.max(this.atOnce, this.#subscriptions.size);
    if (step.what === 'REQ') known.add(step.subscription);
    if (step.what === 'CLOSE') known.delete(step.subscription);
    this.subscriptions = Math.max(this.subscriptions, known.size);
  }
}
