import { type Command, InvalidArgumentError } from 'commander';
import { tryParseBytes } from '../../fault/form/bytes.ts';
import { asTyped, portNumber, relayUrl, repeatable } from '../options.ts';

/** Options of `record`. */
export interface RecordFlags {
  readonly listen: number;
  readonly relay: string;
  readonly out?: string;
  /** Bytes. */
  readonly rotate: number;
  /** Bytes. */
  readonly limit: number;
  readonly keepIds: boolean;
  readonly keepContent: boolean;
  readonly insecure: boolean;
  readonly iOwnThisRelay?: readonly string[];
}

const DEFAULT_ROTATE_BYTES = 64e6;
const DEFAULT_LIMIT_BYTES = 1e9;
/** A file has a head, and a step of some length should fit into it. */
const LEAST_BYTES = 10_000;

/** Adds them. */
export function addRecordOptions(command: Command): Command {
  return command
    .requiredOption(
      '--listen <port>',
      'port of 127.0.0.1 at which clients connect; 0 takes a free one',
      portNumber,
    )
    .requiredOption('--relay <url>', 'relay that everything is passed on to', relayUrl)
    .option('--out <dir>', 'directory of the trace; default: reports/<UTC time>-record', asTyped)
    .option(
      '--rotate <size>',
      'begin a new file after so much; default: 64MB',
      traceSize,
      DEFAULT_ROTATE_BYTES,
    )
    .option('--limit <size>', 'record no more than this in all; default: 1GB', traceSize, DEFAULT_LIMIT_BYTES)
    .option('--keep-ids', 'keep ids, keys and values of tags; default: those of a keyed hash', false)
    .option('--keep-content', 'keep contents of events and words of searches; default: their lengths', false)
    .option('--insecure', 'accept any TLS certificate of a wss:// relay', false)
    .option(
      '--i-own-this-relay <host>',
      'consent to record at this host, repeatable; loopback needs none',
      repeatable(asTyped),
    );
}

function traceSize(text: string): number {
  const bytes = tryParseBytes(text);
  if (bytes !== null && bytes >= LEAST_BYTES) return bytes;
  throw new InvalidArgumentError('must be a size of at least 10KB, such as 64MB or 1GB.');
}
