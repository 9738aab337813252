import { readFile, stat } from 'node:fs/promises';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { own } from '../base/own.ts';
import { withoutMark } from '../base/text.ts';
import { SUITE_VERSION, type Suite, suiteSchema } from './schema.ts';

/** A suite of a hundred relays stays below it. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_PROBLEMS = 5;

/**
 * Reads and validates a `suite.json`.
 * @throws RelayBenchError `SUITE_FILE_INVALID` (exit 2): unreadable, too large, no JSON, no suite, or of another major version
 */
export async function readSuite(path: string): Promise<Suite> {
  const value = await readJson(path);
  const version = versionOf(value);
  const [major] = SUITE_VERSION.split('.');
  if (version === null || version.split('.')[0] !== major)
    throw invalid(
      path,
      `suiteVersion: ${version ?? 'missing'} is not one that this tool reads (${SUITE_VERSION})`,
    );
  const result = suiteSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues
    .slice(0, MAX_PROBLEMS)
    .map(({ path: at, message }) => `${at.map(String).join('.') || '(top level)'}: ${message}`);
  throw invalid(path, problems.join('; '));
}

/** Whether a file says of itself that it is a suite; false also where it can't be read. */
export async function isSuite(path: string): Promise<boolean> {
  try {
    return versionOf(await readJson(path)) !== null;
  } catch (error) {
    if (error instanceof RelayBenchError) return false;
    throw error;
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES / 1024 / 1024} MiB`);
    return JSON.parse(withoutMark(await readFile(path, 'utf8')));
  } catch (cause) {
    throw invalid(path, messageOf(cause), cause);
  }
}

function versionOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const version = own(value as Record<string, unknown>, 'suiteVersion');
  return typeof version === 'string' ? version : null;
}

function invalid(name: string, problem: string, cause?: unknown): RelayBenchError {
  return new RelayBenchError(`${name} is not a readable suite: ${problem}`, {
    code: 'SUITE_FILE_INVALID',
    hint: 'give the suite.json that `relay-bench suite` wrote, unchanged',
    cause,
  });
}
