import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { PROFILE_NAMES } from '../../corpus/spec.ts';
import { type GenerateFlags, runGenerate } from '../corpus/generate.ts';
import { type ImportFlags, runImport } from '../corpus/import.ts';
import { type InfoFlags, runInfo } from '../corpus/info.ts';
import type { CommandHost } from '../host.ts';
import { asTyped, seedNumber, wholeNumber } from '../options.ts';
import { verifierOption } from '../verifier-option.ts';

/** More threads take more memory than they save time: one writes what they make. */
const MAX_DEFAULT_THREADS = 4;

/** `corpus`: signed events that are the same on every machine, or real ones. */
export function addCorpus(program: Command, host: CommandHost): void {
  const corpus = program.command('corpus').description('make, import and examine corpora of signed events');
  addGenerate(corpus, host);
  corpus
    .command('import')
    .description(
      'make a corpus of real events: one JSON object or WebSocket message per line, or one JSON array',
    )
    .argument('<file>', 'file, gzip or not; - for stdin')
    .requiredOption('--out <dir>', 'directory to create', asTyped)
    .option('--gzip', 'compress the events', false)
    .addOption(threadsOption('threads that check ids and signatures'))
    .addOption(verifierOption().default('auto'))
    .action(async (file: string, flags: ImportFlags) => runImport(file, flags, host));
  corpus
    .command('info')
    .description('show what a corpus holds')
    .argument('<corpus>', 'its directory or one of its files')
    .option('--json', 'print the manifest as JSON', false)
    .option('--verify', 'check every id, signature and figure against the file', false)
    .addOption(threadsOption('threads that verify'))
    .addOption(verifierOption().default('auto').implies({ verify: true }))
    .action(async (path: string, flags: InfoFlags) => runInfo(path, flags, host));
}

function addGenerate(corpus: Command, host: CommandHost): void {
  const profile = new Option('--profile <profile>', 'what the events are like')
    .choices(PROFILE_NAMES)
    .default('social');
  const cache = new Option(
    '--cache <dir>',
    'where corpora without --out are kept (default: in $XDG_CACHE_HOME)',
  );
  corpus
    .command('generate')
    .description('generate a corpus: the same events and signatures on every machine')
    .addOption(profile)
    .requiredOption('--events <n>', 'number of events', wholeNumber(1))
    .option('--seed <n>', 'seed of everything that is random', seedNumber, 1)
    .option('--out <dir>', 'directory to create; without it the corpus goes into the cache', asTyped)
    .addOption(cache.argParser(asTyped).conflicts('out'))
    .option('--gzip', 'compress the events', false)
    .addOption(threadsOption('threads that make events; their number changes nothing but the time it takes'))
    .option('--fresh', 'date the events by the clock instead of a fixed time', false)
    .action(async (flags: GenerateFlags) => runGenerate(flags, host));
}

function threadsOption(description: string): Option {
  return new Option('--workers <n>', description)
    .argParser(wholeNumber(1))
    .default(Math.min(MAX_DEFAULT_THREADS, availableParallelism()));
}
