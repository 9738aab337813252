import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { messageOf, RelayBenchError } from '../base/errors.ts';

/** The file beside `run.json`: the ids of all acknowledged events, 32 bytes each, nothing else. */
export const ACKNOWLEDGED_FILE = 'acknowledged.bin';

const ID_BYTES = 32;

/** What has become of the list of a run. */
export type AcknowledgedList =
  | { readonly count: number; readonly problem: null }
  /** It is not whole and was removed, which also frees its space. */
  | { readonly count: null; readonly problem: string };

/** Takes ids while a run goes on. Never throws: a list that can't be written costs the audit, not the run. */
export interface AcknowledgedWriter {
  /** @param ids 32 bytes each */
  append(ids: Uint8Array): void;
  /** Ends the file. */
  close(): Promise<AcknowledgedList>;
}

/**
 * What may wait for a slow disk: two million ids. The load does not wait for the list, so that beyond this the list
 * is given up.
 */
const MOST_WAITING_BYTES = 64 * 2 ** 20;

/**
 * Begins the file. It is written as the ids come; little of it is ever in memory.
 * @param mostWaiting bytes that may wait for the disk
 */
export function writeAcknowledged(path: string, mostWaiting = MOST_WAITING_BYTES): AcknowledgedWriter {
  const stream: WriteStream = createWriteStream(path);
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  let bytes = 0;
  let problem: string | null = null;
  const giveUp = (why: string): void => {
    problem ??= why;
    stream.destroy();
  };
  stream.on('error', (error) => giveUp(error.message));
  return {
    append: (ids) => {
      if (problem !== null) return;
      bytes += ids.length;
      stream.write(ids);
      if (stream.writableLength > mostWaiting) giveUp("the disk can't keep up with the acknowledgements");
    },
    close: async () => {
      if (problem === null) stream.end();
      await closed;
      if (problem === null) return { count: bytes / ID_BYTES, problem: null };
      const whereToLook = await removed(path);
      return { count: null, problem: `${path} could not be written: ${problem}${whereToLook}` };
    },
  };
}

/** What is to be said of a file that could not even be removed. */
async function removed(path: string): Promise<string> {
  try {
    await rm(path, { force: true });
    return '';
  } catch (error) {
    return `; what is left of it could not be removed: ${messageOf(error)}`;
  }
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
  throw invalid(`${path} is cut off: its size is not a multiple of ${ID_BYTES} bytes`);
}

function invalid(message: string, cause?: unknown): RelayBenchError {
  return new RelayBenchError(message, {
    code: 'AUDIT_FILE_INVALID',
    hint: `the run must have been made with --audit; ${ACKNOWLEDGED_FILE} lies beside its run.json`,
    cause,
  });
}
