import { join } from 'node:path';
import { RelayBenchError } from '../../base/errors.ts';
import type { Format, RenderOptions } from '../../report/format.ts';
import { FORMATS, formatNames } from '../../report/formats.ts';
import { fileReporter, stdoutReporter } from '../../report/render-reporters.ts';
import type { Reporter } from '../../report/reporter.ts';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';
import { sizeOf } from '../io.ts';

/** Made where `--format` is not given. */
export const DEFAULT_FORMATS: readonly string[] = formatNames(
  FORMATS.run.filter(({ isDefault }) => isDefault === true),
);
/** The record itself; written to every output directory whatever the formats are. */
export const RECORD_FILE = 'run.json';

type FileFormat = Format & { readonly fileName: string };

/** Where the reports of a run go: at most one format owns stdout, the others are files. */
export interface ReportChoice {
  readonly onStdout: Format | null;
  readonly files: readonly FileFormat[];
}

/**
 * Sorts the wanted formats: `terminal` and `json` are printed, the others are files.
 * @throws RelayBenchError `FORMAT_CONFLICT` where two formats want stdout
 */
export function chooseReports(names: readonly string[] = DEFAULT_FORMATS): ReportChoice {
  const wanted = FORMATS.run.filter(({ name }) => names.includes(name));
  const isFile = (format: Format): format is FileFormat =>
    format.fileName !== null && format.fileName !== RECORD_FILE;
  const [onStdout = null, second] = wanted.filter((format) => !isFile(format));
  if (onStdout !== null && second !== undefined) {
    throw new RelayBenchError(`--format can't print both ${onStdout.name} and ${second.name} on stdout`, {
      code: 'FORMAT_CONFLICT',
      hint: `${RECORD_FILE} is written to the output directory in any case`,
    });
  }
  return { onStdout, files: wanted.filter(isFile) };
}

/** The directory of a run, and what lies in it besides the reports. */
export interface RunFiles {
  readonly directory: string;
  /** Names of files that are worth naming. */
  readonly others: readonly string[];
}

/** The reporters that show a finished run, in the order in which they do it: files first, so that all exist. */
export function resultReporters(
  choice: ReportChoice,
  { directory, others }: RunFiles,
  host: CommandHost,
): Reporter[] {
  const reporters = choice.files.map((format) => fileReporter(format, join(directory, format.fileName)));
  if (choice.onStdout === null) return reporters;
  const names = [RECORD_FILE, ...choice.files.map((format) => format.fileName), ...others];
  const files = names.map((name) => join(directory, name));
  const write = (text: string): void => {
    host.io.stdout.write(text);
  };
  return [...reporters, stdoutReporter(choice.onStdout, write, screenOptions(host, files))];
}

/** How a record is rendered for this stdout. */
export function screenOptions({ io, colourFlag }: CommandHost, files: readonly string[]): RenderOptions {
  return {
    color: wantsColour(colourFlag(), io.env, io.stdout),
    columns: sizeOf(io.stdout).columns,
    files,
  };
}
