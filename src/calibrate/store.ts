import { chmod, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory, writeTo } from '../base/directory.ts';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { withoutMark } from '../base/text.ts';
import { caller, readTrusted, requireTrustedDirectory, type TrustError } from '../base/trusted-path.ts';
import { writeFileAtomic } from '../record/write.ts';
import { type Calibration, calibrationSchema, FORMAT_VERSION } from './calibration.ts';

/** A calibration has about 1 KiB; anything much larger is something else. */
const MAX_BYTES = 64 * 1024;
const OTHERS_WRITE = 0o022;
/** A problem may repeat what the file says. */
const MAX_PROBLEM_CHARACTERS = 150;
const UNTRUSTED: TrustError = { what: 'the calibration in', code: 'CALIBRATION_UNTRUSTED' };
const WRITE_HINT = 'set XDG_STATE_HOME to a directory that can be written to';

/** What is stored: a calibration, nothing, or something unreadable, with the reason. */
export type Stored =
  | { readonly calibration: Calibration }
  | { readonly calibration: null; readonly problem: string | null };

/** The file of the calibration in the state directory of the user. */
export function calibrationPath(stateDir: string): string {
  return join(stateDir, 'calibration.json');
}

/** Reads a calibration. Never throws: a file that can't be used is as good as none. */
export async function readCalibration(path: string): Promise<Stored> {
  try {
    const text = await readBounded(path);
    return text === null ? { calibration: null, problem: null } : parseCalibration(text);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return { calibration: null, problem: null };
    }
    return { calibration: null, problem: messageOf(error) };
  }
}

/** The calibration in a text. */
export function parseCalibration(text: string): Stored {
  let value: unknown;
  try {
    value = JSON.parse(withoutMark(text));
  } catch {
    return { calibration: null, problem: 'it is not JSON' };
  }
  const result = calibrationSchema.safeParse(value);
  if (result.success) return { calibration: result.data };
  const [issue] = result.error.issues;
  if (isOfOtherVersion(value))
    return {
      calibration: null,
      problem: 'it was written by another version of relay-bench: calibrate again',
    };
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  const problem = `${where}${issue?.message ?? 'it does not have the form of a calibration'}`;
  return { calibration: null, problem: problem.slice(0, MAX_PROBLEM_CHARACTERS) };
}

function isOfOtherVersion(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('formatVersion' in value)) return false;
  return typeof value.formatVersion === 'number' && value.formatVersion !== FORMAT_VERSION;
}

/** As the XDG Base Directory Specification has it. */
const OWN = 0o700;

/** A directory of one's own that others may write to, made with an open umask, is closed to them: it holds nothing of theirs. */
async function closeToOthers(directory: string): Promise<void> {
  const { mode, uid } = await stat(directory);
  if (uid === caller()?.uid && (mode & OTHERS_WRITE) !== 0)
    await chmod(directory, mode & ~OTHERS_WRITE & 0o7777);
  requireTrustedDirectory(directory, UNTRUSTED);
}

/** Makes sure, before minutes are spent on measuring, that the result can be saved. @throws RelayBenchError */
export async function prepareToWrite(path: string): Promise<void> {
  try {
    const directory = dirname(path);
    await makeDirectory(directory, OWN);
    await closeToOthers(directory);
    await writeTo(directory);
  } catch (cause) {
    throw new RelayBenchError(`${path} can't be written: ${messageOf(cause)}`, {
      code: 'FILE_NOT_WRITTEN',
      hint: WRITE_HINT,
      cause,
    });
  }
}

/** The exact text of the file. */
export function calibrationToJson(calibration: Calibration): string {
  return `${JSON.stringify(calibrationSchema.parse(calibration), null, 2)}\n`;
}

/** Saves a calibration in place of an older one. @throws RelayBenchError `FILE_NOT_WRITTEN` */
export async function writeCalibration(path: string, calibration: Calibration): Promise<void> {
  await writeFileAtomic(path, calibrationToJson(calibration), WRITE_HINT);
}

/** Only a file: reading a pipe or a terminal would wait for ever. */
async function readBounded(path: string): Promise<string | null> {
  const info = await stat(path);
  if (!info.isFile()) throw new Error('it is not a file');
  if (info.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024} KiB`);
  // Who could write it could make every run valid, or none.
  requireTrustedDirectory(dirname(path), UNTRUSTED);
  return readTrusted(path, UNTRUSTED);
}
