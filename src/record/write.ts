import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../base/directory.ts';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { jsonText } from './json-text.ts';
import { type RunRecord, runRecordSchema } from './schema.ts';

/**
 * The directory a run writes to where none is named: `reports/<UTC time>-<scenario>`, without colons so that
 * every file system takes it.
 * @param startedAt ISO 8601 in UTC
 */
export function defaultOutDir(startedAt: string, scenario: string): string {
  const time = startedAt.replace(/\.\d+/, '').replaceAll(':', '-');
  return join('reports', `${time}-${scenario}`);
}

/**
 * The exact text of `run.json`, its keys in the order of the schema. Validated first, so that no file exists that
 * can't be read back.
 * @throws RelayBenchError `RECORD_INVALID` (exit 1: a bug)
 */
export function recordToJson(record: RunRecord): string {
  return jsonText(validated(record));
}

function validated(record: RunRecord): RunRecord {
  const result = runRecordSchema.safeParse(record);
  if (result.success) return result.data;
  throw notOfTheSchema(result.error, '');
}

function notOfTheSchema(error: Error, more: string): RelayBenchError {
  return new RelayBenchError(`the run record does not match its schema: ${error.message}${more}`, {
    code: 'RECORD_INVALID',
    hint: 'this is a bug in relay-bench, please report it with the command you ran',
    exitCode: EXIT.internal,
    cause: error,
  });
}

/**
 * Write `run.json`. A record that does not match its schema is a bug, but an hour of measuring must not vanish with it:
 * it is kept beside as `run.json.broken`, where nothing takes it for a record.
 * @throws RelayBenchError `RECORD_INVALID` (exit 1: a bug) or `FILE_NOT_WRITTEN`
 */
export async function writeRunRecord(path: string, record: RunRecord): Promise<void> {
  const result = runRecordSchema.safeParse(record);
  if (!result.success) {
    await writeFileAtomic(`${path}.broken`, jsonText(record));
    throw notOfTheSchema(result.error, `; what was recorded is kept in ${path}.broken`);
  }
  await writeFileAtomic(path, jsonText(result.data));
}

/**
 * Write a file as a whole or not at all (temporary file, then rename); its directory is made where missing.
 * @param hint what to do where that is impossible
 * @throws RelayBenchError `FILE_NOT_WRITTEN`
 */
export async function writeFileAtomic(
  path: string,
  content: string,
  hint = 'name a writable directory with --out',
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await makeDirectory(dirname(path));
    await writeThenRename(temporary, path, content);
  } catch (cause) {
    throw new RelayBenchError(`${path} can't be written: ${messageOf(cause)}`, {
      code: 'FILE_NOT_WRITTEN',
      hint: isFull(cause) ? 'free some space on the disk, or name another directory' : hint,
      cause,
    });
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

async function writeThenRename(temporary: string, path: string, content: string): Promise<void> {
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
