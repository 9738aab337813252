import { own } from '../../base/own.ts';

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};
const BYTES = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/;

/** A size such as `512MB` or `1GiB` in bytes; null where the text is not one. */
export function tryParseBytes(text: string): number | null {
  const [, digits = '', name = ''] = BYTES.exec(text.trim()) ?? [];
  const unit = own(UNITS, name);
  return unit === undefined ? null : Math.round(Number(digits) * unit);
}

/** A bandwidth such as `64KB/s` in bytes a second; null where the text is not one. */
export function tryParseBytesPerS(text: string): number | null {
  return text.trim().endsWith('/s') ? tryParseBytes(text.trim().slice(0, -2)) : null;
}
