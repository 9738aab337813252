import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { requireOwnDirectory, requireWritable } from '../../base/directory.ts';
import type { VerifierChoice } from '../../base/verifier-choice.ts';
import type { CorpusManifest } from '../../corpus/files/manifest.ts';
import { decompressed, readPieces } from '../../corpus/files/open-input.ts';
import { DROP_REASONS } from '../../corpus/import/drop-reasons.ts';
import { hintFor, importCorpus } from '../../corpus/import/import-corpus.ts';
import type { CommandHost } from '../host.ts';
import { chooseVerifier } from '../verifier-option.ts';
import { runInterruptibly } from './interruptible.ts';
import { printManifest } from './render-manifest.ts';

/** Options of `corpus import`. */
export interface ImportFlags {
  readonly out: string;
  readonly gzip: boolean;
  readonly workers: number;
  readonly verifier: VerifierChoice;
}

/** What stands for stdin. */
const STDIN = '-';

/** `corpus import`: make a corpus of real events. */
export async function runImport(file: string, flags: ImportFlags, host: CommandHost): Promise<void> {
  const { out: dir, gzip, workers: threads } = flags;
  requireOwnDirectory(dir, '--out');
  await requireWritable(dirname(dir), '--out');
  const { kind: verifier } = chooseVerifier(flags.verifier, host);
  let read_bytes = 0;
  const onRead = (bytes: number): void => {
    read_bytes += bytes;
  };
  const isStdin = file === STDIN;
  const input = isStdin ? host.io.stdin() : readPieces(file);
  const manifest = await runInterruptibly(host, {
    what: 'importing',
    total: isStdin ? 0 : await sizeOfFile(file),
    run: (progress, signal) =>
      importCorpus(decompressed(input, isStdin ? 'stdin' : file, onRead), {
        ...{ dir, gzip, threads, verifier, signal },
        onProgress: (events) => progress.update(read_bytes, events),
      }),
  });
  if (manifest === null) return;
  printManifest(manifest, dir, host);
  for (const hint of hintsFor(manifest)) host.io.stderr.write(`hint: ${hint}\n`);
}

function hintsFor({ source }: CorpusManifest): string[] {
  if (source.type !== 'imported') return [];
  const reasons = DROP_REASONS.filter((reason) => (source.dropped[reason] ?? 0) > 0);
  return reasons.map(hintFor).filter((hint) => hint !== undefined);
}

/** 0 where the file can't be looked at: reading it will tell why. */
function sizeOfFile(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
