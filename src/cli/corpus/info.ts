import type { VerifierChoice } from '../../base/verifier-choice.ts';
import { damaged } from '../../corpus/files/errors.ts';
import type { CorpusManifest } from '../../corpus/files/manifest.ts';
import { corpusDir, readManifest } from '../../corpus/files/read-manifest.ts';
import { verifyCorpus } from '../../corpus/import/verify-corpus.ts';
import { visible } from '../../report/escape.ts';
import type { CommandHost } from '../host.ts';
import { chooseVerifier } from '../verifier-option.ts';
import { runInterruptibly } from './interruptible.ts';
import { printManifest } from './render-manifest.ts';

/** Options of `corpus info`. */
export interface InfoFlags {
  readonly json: boolean;
  readonly verify: boolean;
  readonly workers: number;
  readonly verifier: VerifierChoice;
}

/** `corpus info`: what a corpus holds, and whether it still does. */
export async function runInfo(path: string, flags: InfoFlags, host: CommandHost): Promise<void> {
  const manifest = await readManifest(path);
  const dir = corpusDir(path);
  if (flags.verify && !(await verify(dir, manifest, flags, host))) return;
  if (flags.json) host.io.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
  else printManifest(manifest, dir, host);
}

/**
 * @returns false where it was interrupted
 * @throws RelayBenchError `CORPUS_DAMAGED`
 */
async function verify(
  dir: string,
  manifest: CorpusManifest,
  flags: InfoFlags,
  host: CommandHost,
): Promise<boolean> {
  const { kind: verifier } = chooseVerifier(flags.verifier, host);
  const problems = await runInterruptibly(host, {
    what: 'verifying',
    total: manifest.events,
    run: (progress, signal) =>
      verifyCorpus(dir, {
        ...{ threads: flags.workers, verifier, signal },
        onProgress: (done) => progress.update(done, done),
      }),
  });
  if (problems === null) return false;
  for (const problem of problems) host.io.stderr.write(`${visible(problem, 300)}\n`);
  if (problems.length > 0) throw damaged(dir, 'its events are not what the manifest says');
  host.io.stderr.write('verified: every id, every signature and every figure\n');
  return true;
}
