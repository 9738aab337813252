import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { messageOf, RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { maskUrl } from '../../base/mask-url.ts';
import { defaultOutDir } from '../../record/write.ts';
import { relayPlace } from '../../trace/http-head.ts';
import { type RecordingProxy, startRecordingProxy } from '../../trace/recording-proxy.ts';
import { TraceWriter } from '../../trace/trace-writer.ts';
import { requireConsent } from '../consent.ts';
import type { CommandHost } from '../host.ts';
import { watchInterruption } from '../interruption.ts';
import { addRecordOptions, type RecordFlags } from '../record/flags.ts';
import { recordingText, soFarText } from '../record/texts.ts';
import { makeOutDir, type OutDir } from '../run/out-dir.ts';
import { resolveTargets } from '../target.ts';

const SAY_EVERY_MS = 10_000;
const KEY_BYTES = 32;

/** `record`: a proxy before a relay that writes what real clients do, until a signal ends it, which is its normal end. */
export function addRecord(program: Command, host: CommandHost): void {
  const command = program
    .command('record')
    .description('record what the clients of a relay do, without ids, keys and content, to be offered again');
  addRecordOptions(command).action(async (flags: RecordFlags) => runRecord(flags, host));
}

async function runRecord(flags: RecordFlags, host: CommandHost): Promise<void> {
  requireConsent(await resolveTargets([flags.relay]), flags.iOwnThisRelay ?? []);
  const startedAt = new Date().toISOString();
  const outDir = await makeOutDir(flags.out ?? defaultOutDir(startedAt, 'record'));
  await requireNoTrace(outDir);
  const writer = await openWriter(flags, outDir, startedAt);
  const stop = new AbortController();
  const interruption = watchInterruption({
    io: host.io,
    onFirst: () => stop.abort(),
    onHardStop: async () => undefined,
  });
  try {
    const proxy = await openProxy(flags, outDir, writer);
    const from = `ws://127.0.0.1:${proxy.port}`;
    host.io.stderr.write(`recording ${from} → ${maskUrl(flags.relay)} in ${outDir.path}, until Ctrl-C\n`);
    await untilStopped(stop.signal, () => host.io.stderr.write(soFarText(proxy, writer.tally())));
    await proxy.close();
    await closed(writer);
    host.io.stdout.write(recordingText(proxy, writer.tally(), outDir.path));
  } finally {
    interruption.dispose();
  }
}

function openWriter(flags: RecordFlags, { path }: OutDir, startedAt: string): Promise<TraceWriter> {
  return TraceWriter.open({
    dir: path,
    head: {
      startedAt,
      ids: flags.keepIds ? 'kept' : 'mapped',
      content: flags.keepContent ? 'kept' : 'dropped',
    },
    rotateBytes: flags.rotate,
    limitBytes: flags.limit,
  });
}

/** Where it can't listen, nothing is left of the trace. */
async function openProxy(
  { relay, insecure, listen, keepIds, keepContent }: RecordFlags,
  outDir: OutDir,
  writer: TraceWriter,
): Promise<RecordingProxy> {
  try {
    return await startRecordingProxy({
      relay: relayPlace(relay),
      insecure,
      port: listen,
      // Whoever has it could find out whose keys those of the trace are: it ends with this process.
      keeping: { ids: keepIds, content: keepContent, key: randomBytes(KEY_BYTES) },
      onStep: (step) => writer.add(step),
    });
  } catch (error) {
    await writer.close();
    for (const file of writer.tally().files) await rm(file, { force: true });
    await outDir.removeIfEmpty();
    throw error;
  }
}

/** What an earlier recording has left there would be taken for a part of this one. */
async function requireNoTrace({ path }: OutDir): Promise<void> {
  const names = await readdir(path);
  if (!names.some((name) => /^trace-\d+\.jsonl$/.test(name))) return;
  throw new RelayBenchError(`in ${path} there is a trace already`, {
    code: 'TRACE_EXISTS',
    hint: 'name another directory with --out',
    exitCode: EXIT.usage,
  });
}

/** @param say how it goes, now and then */
function untilStopped(signal: AbortSignal, say: () => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(say, SAY_EVERY_MS);
    const end = (): void => {
      clearInterval(timer);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

async function closed(writer: TraceWriter): Promise<void> {
  try {
    await writer.close();
  } catch (cause) {
    throw new RelayBenchError(`the trace can't be written: ${messageOf(cause)}`, {
      code: 'FILE_NOT_WRITTEN',
      hint: 'free some space on the disk, or name another directory with --out',
      cause,
    });
  }
}
