import { visible } from '../../report/escape.ts';
import { bytes, count, duration } from '../../report/quantity.ts';
import type { RecordingProxy } from '../../trace/recording-proxy.ts';
import type { TraceTally } from '../../trace/trace-writer.ts';

type Proxied = Pick<RecordingProxy, 'open' | 'unreached' | 'problem' | 'addedLatency'>;

const NEVER_OFFERED = 'messages that a trace does not hold: invalid, too long, or NIP-77';

/** A line while a recording goes on. */
export function soFarText(proxy: Proxied, tally: TraceTally): string {
  const { unrecorded } = tally;
  const missing = unrecorded.limit + unrecorded.disk;
  const parts = [
    `${count(proxy.open)} connections open`,
    `${count(of(tally, 'REQ'))} REQ, ${count(of(tally, 'EVENT'))} EVENT, ${count(of(tally, 'CLOSE'))} CLOSE`,
    bytes(tally.bytes),
    addedText(proxy),
    ...(missing > 0 ? [`${count(missing)} steps not recorded`] : []),
  ];
  return `${parts.join('; ')}\n`;
}

/** What has come of a recording. */
export function recordingText(proxy: Proxied, tally: TraceTally, dir: string): string {
  const { files, unrecorded } = tally;
  const rows = [
    [
      'trace',
      `${visible(dir, 1_000)}: ${count(files.length)} ${files.length === 1 ? 'file' : 'files'}, ${bytes(tally.bytes)}`,
    ],
    ['connections', `${count(of(tally, 'open'))} opened, ${count(of(tally, 'close'))} closed`],
    [
      'messages',
      (['REQ', 'CLOSE', 'EVENT', 'COUNT', 'AUTH'] as const)
        .map((what) => `${count(of(tally, what))} ${what}`)
        .join(', '),
    ],
    ['added latency', addedText(proxy)],
    ...(of(tally, 'other') > 0 ? [['passed on only', `${count(of(tally, 'other'))} ${NEVER_OFFERED}`]] : []),
    ...(unrecorded.limit > 0
      ? [['not recorded', `${count(unrecorded.limit)} steps: --limit was reached`]]
      : []),
    ...(unrecorded.disk > 0
      ? [['not recorded', `${count(unrecorded.disk)} steps: the disk did not keep up`]]
      : []),
    ...(proxy.unreached > 0
      ? [
          [
            'not connected',
            `${count(proxy.unreached)} connections, the last: ${visible(proxy.problem ?? '', 200)}`,
          ],
        ]
      : []),
    ['next', `relay-bench run replay --trace ${visible(dir, 1_000)}`],
  ];
  return `${rows.map(([label = '', text = '']) => `${label.padEnd(15)} ${text}`).join('\n')}\n`;
}

function of({ recorded }: TraceTally, what: Parameters<TraceTally['recorded']['get']>[0]): number {
  return recorded.get(what) ?? 0;
}

function addedText(proxy: Proxied): string {
  const { count: pieces, p50_us, p99_us, max_us } = proxy.addedLatency();
  if (pieces === 0) return 'adds nothing: nothing was passed on';
  return `adds at most ${duration(p50_us)} (p50), ${duration(p99_us)} (p99), ${duration(max_us)} (max) to ${count(pieces)} pieces of data`;
}
