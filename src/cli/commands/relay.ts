import { type Command, InvalidArgumentError, Option } from 'commander';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { own } from '../../base/own.ts';
import { RELAY_LIMIT_FLAGS } from '../../base/relay-limit-flags.ts';
import { verifierText } from '../../base/verifier-choice.ts';
import { startEmbeddedRelay } from '../../stack/embedded-relay.ts';
import type { CommandHost } from '../host.ts';
import { watchInterruption } from '../interruption.ts';
import { asTyped, portNumber, repeatable, wholeNumber } from '../options.ts';
import { verifierOption } from '../verifier-option.ts';

/** Bytes may be many. */
const HIGHEST_LIMIT = 999_999_999_999_999;

type RelayFlags = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** `relay`: the reference relay alone, in the foreground, until a signal ends it, which is its normal end. */
export function addRelay(program: Command, host: CommandHost): void {
  const command = program
    .command('relay')
    .description('run the reference relay alone until Ctrl-C')
    .option('--host <address>', 'address to listen on', asTyped, '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 takes a free one', portNumber, 7777)
    .option(
      '--store <where>',
      'where events are kept: memory, or the postgres:// URL of a primary',
      asTyped,
      'memory',
    )
    .option('--replica <url>', 'postgres:// URL of a replica to read from; repeatable', repeatable(asTyped))
    .option(
      '--read-pool <n>',
      'highest number of connections that read from each Postgres server; default: 50',
      wholeNumber(1),
    )
    .option(
      '--redis <url>',
      'Redis that carries events between relay processes; cluster: that of --redis-cluster',
    )
    .option('--redis-cluster <host:port>', 'node of the second cache layer; repeatable', repeatable(asTyped))
    .addOption(
      new Option('--cache <layers>', 'cache layers before Postgres; default: all that are there').choices([
        'off',
        'l1',
        'l2',
      ]),
    )
    .option('--secrets <file>', 'passwords and keys as JSON, in a file that nobody else may read', asTyped)
    .option('--relay-id <name>', 'tells the relay processes of one stack apart')
    .option(
      '--memory-limit <size>',
      'size of the memory store; default: 512MB, or what the heap can hold',
      memorySize,
    )
    .option('--no-verify', 'accept events without checking their signatures')
    .option('--compression', 'compress messages for clients that offer permessage-deflate');
  command.option(
    '--verify-workers <n>',
    'threads that check signatures; default: one fewer than there are cores',
    wholeNumber(1),
  );
  command.addOption(verifierOption());
  for (const [flag, { description, least }] of Object.entries(RELAY_LIMIT_FLAGS)) {
    command.option(`--${flag} <n>`, description, wholeNumber(least, HIGHEST_LIMIT));
  }
  addEdge(command);
  addOperation(command);
  addAccess(command);
  command.action(async (flags: RelayFlags) => runRelay(relayArgs(command, flags), host));
}

/** What makes it an edge of another relay. */
function addEdge(command: Command): void {
  command
    .addOption(
      new Option('--role <role>', 'relay, or edge: serves what another relay keeps; default: relay').choices([
        'relay',
        'edge',
      ]),
    )
    .option('--origin <url>', 'ws:// URL of the relay that an edge serves', asTyped)
    .option(
      '--max-stale-s <n>',
      'seconds for which an edge answers from what it holds while its origin is away; default: 30',
      wholeNumber(5),
    );
}

/** What those who operate it ask. */
function addOperation(command: Command): void {
  command
    .option('--metrics-port <n>', 'port at which /metrics is served; default: nowhere', portNumber)
    .option(
      '--liveness-port <n>',
      'port at which a thread of its own answers /health; default: nowhere',
      portNumber,
    )
    .option('--metrics-host <address>', 'address of both ports; default: 127.0.0.1', asTyped);
}

/** Who may see what, and who is who. */
function addAccess(command: Command): void {
  command
    .option('--open-gift-wraps', 'serve gift wraps to everybody, not only to their recipients')
    .option('--public-url <url>', 'where clients reach the relay, for AUTH; repeatable', repeatable(asTyped))
    .option(
      '--trust-proxy <address>',
      'proxy whose X-Forwarded-For is trusted; repeatable',
      repeatable(asTyped),
    );
}

/** Of a relay that a second signal stops: less than that signal waits. */
const HARD_GRACE_MS = 1_500;

async function runRelay(args: readonly string[], { io }: CommandHost): Promise<void> {
  const stop: { relay: ((graceMs?: number) => Promise<void>) | null } = { relay: null };
  const interruption = watchInterruption({
    io,
    onFirst: () => void stop.relay?.(),
    onHardStop: async () => stop.relay?.(HARD_GRACE_MS),
  });
  try {
    const relay = await startEmbeddedRelay({ args, onLog: (text) => io.stderr.write(text) });
    stop.relay = relay.stop;
    if (interruption.received() !== null) await relay.stop();
    if (relay.verifier !== null) {
      io.stderr.write(`signatures are checked by ${verifierText(relay.verifier)}\n`);
    }
    io.stdout.write(`relay listens on ${relay.url}\n`);
    const reason = await relay.ended;
    if (interruption.received() === null) throw endedByItself(reason);
  } finally {
    interruption.dispose();
  }
}

/** Options as flags of the relay program, which has the same names. */
function relayArgs(command: Command, flags: RelayFlags): string[] {
  return command.options.flatMap((option) => {
    const value = own(flags, option.attributeName());
    if (option.negate) return value === false && option.long ? [option.long] : [];
    const { long } = option;
    if (value === undefined || !long) return [];
    if (value === true) return [long];
    return [value].flat().flatMap((one) => [long, String(one)]);
  });
}

function memorySize(text: string): string {
  if (/^\d{1,12}(KB|MB|GB)?$/.test(text)) return text;
  throw new InvalidArgumentError('must be a size such as 512MB or 2GB.');
}

function endedByItself(reason: string): RelayBenchError {
  return new RelayBenchError(`the relay ended by itself: ${reason}`, {
    code: 'RELAY_ENDED',
    hint: 'its log above says why',
    exitCode: EXIT.unreachable,
  });
}
