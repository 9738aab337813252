import { own } from '../../base/own.ts';
import type { Figures } from './figures.ts';

/** Fields of Redis' INFO, by the names that they have here. */
const FIELDS: Readonly<Record<string, string>> = {
  connected_clients: 'connections',
  total_commands_processed: 'commands_total',
  keyspace_hits: 'hits_total',
  keyspace_misses: 'misses_total',
  evicted_keys: 'evicted_total',
  used_memory: 'usedMemory_bytes',
  pubsub_channels: 'channels',
  total_net_output_bytes: 'bytesOut_total',
};

/** The figures in the text of Redis' INFO command. */
export function redisFigures(info: string): Figures {
  const figures = new Map<string, number>();
  for (const line of info.split(/\r?\n/)) {
    const [field = '', value = ''] = line.split(':', 2);
    const name = own(FIELDS, field);
    if (name !== undefined && /^\d+$/.test(value)) figures.set(name, Number(value));
  }
  return Object.fromEntries(figures);
}
