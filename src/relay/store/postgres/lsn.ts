/**
 * A position in the write-ahead log (`16/B374D848`) as a number of bytes, which compares as positions do. Exact up to
 * 8 PiB of log.
 */
export function parseLsn(text: string): number {
  const [high = '', low = ''] = text.split('/');
  return Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16);
}
