import { readFile, stat } from 'node:fs/promises';
import type * as z from 'zod';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { own } from '../base/own.ts';
import { withoutMark } from '../base/text.ts';
import { type RunRecord, runRecordSchema, SCHEMA_VERSION } from './schema.ts';

/** A soak of a day stays below it; anything larger is not a run record. */
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_PROBLEMS = 5;

/**
 * Read and validate a `run.json`. Unknown keys are refused, except in a file of a newer minor version, where
 * they are additions that this version does not know and drops.
 * @throws RelayBenchError `RUN_FILE_INVALID` (exit 2): unreadable, too large, no JSON, not a run record, or of
 * another major schema version
 */
export async function readRunRecord(path: string): Promise<RunRecord> {
  return parseRunRecord(await readBounded(path), path);
}

/**
 * The run record in a text.
 * @param name what the messages call it
 * @throws RelayBenchError `RUN_FILE_INVALID`
 */
export function parseRunRecord(text: string, name: string): RunRecord {
  const value = parseJson(text, name);
  const newerMinor = checkVersion(value, name) === 'newer-minor';
  const result = runRecordSchema.safeParse(value);
  if (result.success) return result.data;
  if (!newerMinor) throw invalid(name, describe(result.error.issues));
  const retry = runRecordSchema.safeParse(withoutUnknownKeys(value, result.error.issues));
  if (retry.success) return retry.data;
  throw invalid(name, describe(retry.error.issues));
}

async function readBounded(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size <= MAX_BYTES) return await readFile(path, 'utf8');
  } catch (cause) {
    throw invalid(path, messageOf(cause), cause);
  }
  throw invalid(path, `larger than ${MAX_BYTES / 1024 / 1024} MiB`);
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(withoutMark(text));
  } catch (cause) {
    throw invalid(name, `not JSON: ${messageOf(cause)}`, cause);
  }
}

function checkVersion(value: unknown, name: string): 'known' | 'newer-minor' {
  const text = isObject(value) ? value['schemaVersion'] : undefined;
  const version = typeof text === 'string' ? /^(\d+)\.(\d+)\.\d+$/.exec(text) : null;
  if (version === null) throw invalid(name, 'schemaVersion: missing or not a version such as 1.0.0');
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const [knownMajor = 0, knownMinor = 0] = SCHEMA_VERSION.split('.').map(Number);
  if (major !== knownMajor) {
    throw invalid(
      name,
      `schemaVersion: ${text} differs in its major version from ${SCHEMA_VERSION}, which this tool reads`,
    );
  }
  return minor > knownMinor ? 'newer-minor' : 'known';
}

/** A copy of `value` without the keys that validation did not know. */
function withoutUnknownKeys(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy = structuredClone(value);
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const parent = issue.path.reduce<unknown>(
      (at, key) => (isObject(at) ? own(at, String(key)) : undefined),
      copy,
    );
    if (isObject(parent)) for (const key of issue.keys) Reflect.deleteProperty(parent, key);
  }
  return copy;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function describe(issues: readonly z.core.$ZodIssue[]): string {
  const problems = issues
    .slice(0, MAX_PROBLEMS)
    .map((issue) => `${issue.path.map(String).join('.') || '(top level)'}: ${issue.message}`);
  const more = issues.length - problems.length;
  return problems.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function invalid(name: string, problem: string, cause?: unknown): RelayBenchError {
  return new RelayBenchError(`${name} is not a readable run record: ${problem}`, {
    code: 'RUN_FILE_INVALID',
    hint: 'give the run.json that `relay-bench run` wrote, unchanged',
    cause,
  });
}
