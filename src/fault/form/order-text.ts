import { formatDurationMs } from '../../base/duration.ts';
import type { FaultOrder } from './form.ts';

/** An order in one line: `freeze postgres-1 for 5.00 s`, `delay relay/2 (link postgres, latency 50.0 ms)`. */
export function orderText(order: FaultOrder): string {
  const { action, on, for: forMs, latency, jitter, bandwidth, most } = order;
  const settings = [
    ['link', order.link],
    ['direction', order.direction],
    ['latency', latency === undefined ? undefined : formatDurationMs(latency)],
    ['jitter', jitter === undefined ? undefined : formatDurationMs(jitter)],
    ['bandwidth', bandwidth === undefined ? undefined : `${bandwidth / 1e3} KB/s`],
    ['how', order.how],
    ['most', most === undefined ? undefined : `${most / 1e9} GB`],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  const time = forMs === undefined ? '' : ` for ${formatDurationMs(forMs)}`;
  return `${action} ${on}${time}${settings.length === 0 ? '' : ` (${settings.join(', ')})`}`;
}
