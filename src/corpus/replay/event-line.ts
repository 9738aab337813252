import { NOT_HEX, readHex32 } from '../../base/hex.ts';

/**
 * Where the fields of an event stand in a line of a corpus: files are written by this program alone, always in the
 * same order and without white space, `{"id":"…","pubkey":"…","created_at":…,"kind":…,`. So reading a field costs no
 * parsing.
 */
export const ID_AT = '{"id":"'.length;
export const PUBKEY_AT = ID_AT + 64 + '","pubkey":"'.length;
const BEFORE_TIME = '","created_at":';
const TIME_AT = PUBKEY_AT + 64 + BEFORE_TIME.length;
const BEFORE_KIND = Buffer.from(',"kind":');

const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const HEAD = Buffer.from('{"id":"');
const TIME = Buffer.from(BEFORE_TIME);

/** Whether a line looks as `corpus generate` and `corpus import` write it, up to its kind. */
export function isEventLine(line: Buffer): boolean {
  return (
    holdsAt(line, HEAD, 0) &&
    holdsAt(line, TIME, TIME_AT - TIME.length) &&
    readHex32(line, ID_AT) !== NOT_HEX &&
    readHex32(line, ID_AT + 8) !== NOT_HEX &&
    readHex32(line, PUBKEY_AT) !== NOT_HEX
  );
}

/** `created_at` of a line, in seconds since 1970. */
export function createdAtOf(line: Buffer): number {
  return numberAt(line, TIME_AT);
}

/** The kind of a line. */
export function kindOf(line: Buffer): number {
  return numberAt(line, line.indexOf(BEFORE_KIND, TIME_AT) + BEFORE_KIND.length);
}

/** The public key of a line, 64 hex characters; allocates. */
export function pubkeyOf(line: Buffer): string {
  return line.toString('latin1', PUBKEY_AT, PUBKEY_AT + 64);
}

function holdsAt(line: Buffer, text: Buffer, at: number): boolean {
  return line.length >= at + text.length && text.compare(line, at, at + text.length) === 0;
}

/** A whole number in decimal digits. */
function numberAt(line: Buffer, start: number): number {
  const isNegative = line[start] === MINUS;
  let value = 0;
  for (let at = isNegative ? start + 1 : start; isDigit(line[at]); at++)
    value = value * 10 + (line[at] as number) - ZERO;
  return isNegative ? -value : value;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
