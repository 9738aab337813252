import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { messageOf, RelayBenchError } from '../base/errors.ts';

/** The file beside `run.json`: the ids of all acknowledged events, 32 bytes each, nothing else. */
export const ACKNOWLEDGED_FILE = 'acknowledged.bin';

const ID_BYTES = 32;

/** Takes ids while a run goes on. */
export interface AcknowledgedWriter {
  /** @param ids 32 bytes each */
  append(ids: Uint8Array): void;
  /** Ends the file. @returns the number of ids @throws RelayBenchError `FILE_NOT_WRITTEN` */
  close(): Promise<number>;
}

/** Begins the file. It is written as the ids come; nothing of it stays in memory. */
export function writeAcknowledged(path: string): AcknowledgedWriter {
  const stream: WriteStream = createWriteStream(path);
  let bytes = 0;
  let failure: Error | null = null;
  stream.on('error', (error) => {
    failure = error;
  });
  return {
    append: (ids) => {
      bytes += ids.length;
      stream.write(ids);
    },
    close: async () => {
      stream.end();
      if (failure === null) await once(stream, 'close');
      if (failure !== null) throw notWritten(path, failure);
      return bytes / ID_BYTES;
    },
  };
}

/**
 * Reads the ids of a file in batches.
 * @param batch ids at a time
 * @returns hex ids, every batch but the last one full
 * @throws RelayBenchError `AUDIT_FILE_INVALID`
 */
export async function* readAcknowledged(path: string, batch: number): AsyncGenerator<string[]> {
  await requireWhole(path);
  let ids: string[] = [];
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % ID_BYTES);
    for (let at = 0; at < whole; at += ID_BYTES) {
      ids.push(bytes.toString('hex', at, at + ID_BYTES));
      if (ids.length < batch) continue;
      yield ids;
      ids = [];
    }
    rest = bytes.subarray(whole);
  }
  if (ids.length > 0) yield ids;
}

async function requireWhole(path: string): Promise<void> {
  try {
    const { size } = await stat(path);
    if (size % ID_BYTES === 0) return;
  } catch (cause) {
    throw invalid(`${path} can't be read: ${messageOf(cause)}`, cause);
  }
  throw invalid(`${path} is cut off: its size is no multiple of ${ID_BYTES} bytes`);
}

function invalid(message: string, cause?: unknown): RelayBenchError {
  return new RelayBenchError(message, {
    code: 'AUDIT_FILE_INVALID',
    hint: `the run must have been made with --audit; ${ACKNOWLEDGED_FILE} lies beside its run.json`,
    cause,
  });
}

function notWritten(path: string, cause: Error): RelayBenchError {
  return new RelayBenchError(`${path} could not be written: ${cause.message}`, {
    code: 'FILE_NOT_WRITTEN',
    hint: 'name a writable directory with --out',
    cause,
  });
}
