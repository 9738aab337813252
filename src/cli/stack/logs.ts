import { closeSync, existsSync, readSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RelayBenchError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import { visible } from '../../report/escape.ts';
import { openServiceFile } from '../../stack/service-files.ts';
import { logOf, type Service, type StackState } from '../../stack/state.ts';
import type { CommandHost } from '../host.ts';
import { watchInterruption } from '../interruption.ts';
import { requireStack } from './running-stack.ts';

export interface LogsFlags {
  readonly dir?: string;
  readonly follow: boolean;
}

/** Without a name, this much of the end of each log is shown. */
const TAIL_BYTES = 4_096;
/** Of one log at most this much is read at once. */
const MOST_BYTES = 4 * 2 ** 20;
const FOLLOW_EVERY_MS = 200;
const MOST_LINE_CHARACTERS = 4_000;

/** `stack logs`: what the processes wrote; `--follow` goes on until a signal. */
export async function runLogs(
  name: string | undefined,
  { dir, follow }: LogsFlags,
  host: CommandHost,
): Promise<void> {
  const services = servicesNamed(requireStack(dir, host), name);
  const tails = services.map((service) => new Tail(service, name === undefined ? TAIL_BYTES : MOST_BYTES));
  const print = (): void => {
    for (const tail of tails) {
      const prefix = tails.length === 1 ? '' : `${tail.name.padEnd(12)} `;
      for (const line of tail.newLines()) {
        host.io.stdout.write(`${prefix}${visible(line, MOST_LINE_CHARACTERS)}\n`);
      }
    }
  };
  print();
  if (!follow) return;
  const { io } = host;
  const interruption = watchInterruption({ io, onFirst: () => undefined, onHardStop: async () => undefined });
  while (interruption.received() === null) {
    await sleep(FOLLOW_EVERY_MS);
    print();
  }
  interruption.dispose();
}

function servicesNamed(state: StackState, name: string | undefined): Service[] {
  const services = state.services.filter((service) => name === undefined || service.name === name);
  if (services.length > 0) return services;
  const names = state.services.map((service) => service.name);
  throw new RelayBenchError(`the stack has no service "${name}"${didYouMean(name ?? '', names)}`, {
    code: 'STACK_SERVICE_UNKNOWN',
    hint: `services: ${names.join(', ')}`,
  });
}

/** Reads on in one log. */
class Tail {
  readonly name: string;
  readonly #path: string;
  #at: number;

  constructor(service: Service, bytes: number) {
    this.name = service.name;
    this.#path = logOf(service);
    this.#at = Math.max(0, this.#size() - bytes);
  }

  /** Complete lines since the last call. */
  newLines(): string[] {
    const length = Math.min(MOST_BYTES, this.#size() - this.#at);
    if (length <= 0) return [];
    const buffer = Buffer.alloc(length);
    const file = openServiceFile(this.#path);
    try {
      readSync(file, buffer, 0, length, this.#at);
    } finally {
      closeSync(file);
    }
    const end = buffer.lastIndexOf(0x0a) + 1;
    this.#at += end;
    return end === 0 ? [] : buffer.toString('utf8', 0, end - 1).split('\n');
  }

  #size(): number {
    return existsSync(this.#path) ? statSync(this.#path).size : 0;
  }
}
