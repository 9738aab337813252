import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { readOpenFileLimit, readPortRange } from '../observe/limits.ts';

/** Descriptors that a process needs besides its connections: modules, pipes, epoll, log files. */
export const SPARE_DESCRIPTORS = 256;

/** What a run wants of this machine, and what the machine gives. */
export interface Demand {
  /** Connections over all workers at their peak. */
  readonly connections: number;
  readonly workers: number;
  /** Pairs of source and target address that connections are spread over; each has all local ports of its own. */
  readonly addressPairs: number;
  /** What messages call the relay where this run starts it, so that it lives under the same limits; else null. */
  readonly relay: string | null;
}

export interface Supply {
  /** Descriptors of one process; null where unknown. */
  readonly openFiles: number | null;
  /** Ephemeral ports; null where unknown. */
  readonly localPorts: number | null;
}

/**
 * Makes sure that this machine can hold the connections of a run, before it tries.
 * @throws RelayBenchError `LIMIT_TOO_LOW` (exit 3)
 */
export function checkLimits(demand: Demand, supply: Supply): void {
  checkDescriptors(demand, supply.openFiles);
  checkPorts(demand, supply.localPorts);
}

function checkDescriptors(demand: Demand, openFiles: number | null): void {
  if (openFiles === null) return;
  const share = Math.ceil(demand.connections / demand.workers) + SPARE_DESCRIPTORS;
  const relay = demand.relay !== null ? demand.connections + SPARE_DESCRIPTORS : 0;
  const needed = Math.max(share, relay);
  if (needed <= openFiles) return;
  const who = relay > share ? demand.relay : 'one worker';
  throw tooLow(
    `${who} needs ${needed} open files for ${demand.connections} connections, but the limit is ${openFiles}`,
    descriptorHint(demand, openFiles, needed),
  );
}

function descriptorHint(demand: Demand, openFiles: number, needed: number): string {
  const raise = `raise the limit with \`ulimit -n ${needed}\``;
  const room = openFiles - SPARE_DESCRIPTORS;
  if (demand.relay !== null || room <= 0) return `${raise}, or use fewer --connections`;
  return `${raise}, or use --workers ${Math.ceil(demand.connections / room)}`;
}

function checkPorts(demand: Demand, localPorts: number | null): void {
  if (localPorts === null) return;
  const perPair = Math.ceil(demand.connections / demand.addressPairs);
  if (perPair <= localPorts) return;
  throw tooLow(
    `${perPair} connections to one address need as many local ports, but this machine has ${localPorts}`,
    'widen net.ipv4.ip_local_port_range, or name more addresses with --relay',
  );
}

function tooLow(message: string, hint: string): RelayBenchError {
  return new RelayBenchError(message, { code: 'LIMIT_TOO_LOW', hint, exitCode: EXIT.unreachable });
}

/** What this machine gives to runs. */
export function readSupply(): Supply {
  const ports = readPortRange();
  return {
    openFiles: readOpenFileLimit()?.soft ?? null,
    localPorts: ports === null ? null : ports.last - ports.first + 1,
  };
}
