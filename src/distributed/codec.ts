import { own } from '../base/own.ts';

type TypedArray = Float64Array | Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

/** Arrays of numbers that messages hold, by name. */
const ARRAYS = { Float64Array, Float32Array, Uint32Array, Int32Array, Uint16Array, Uint8Array } as const;
type ArrayName = keyof typeof ARRAYS;

/**
 * A control message as text: JSON, with arrays of numbers, maps, sets and numbers that JSON does not know. Reading it makes
 * nothing but plain values, whoever wrote it.
 */
export function encodeMessage(message: unknown): string {
  return JSON.stringify(message, function (this: Record<string, unknown>, key: string, value: unknown) {
    // A Buffer comes as what its `toJSON` makes of it.
    return marked(own(this, key)) ?? value;
  });
}

/** @throws SyntaxError, TypeError, RangeError where the text is no message */
export function decodeMessage(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => unmarked(value));
}

function marked(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { $n: String(value) };
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Map) return { $m: [...value] };
  if (value instanceof Set) return { $s: [...value] };
  if (ArrayBuffer.isView(value)) return markedArray(value as TypedArray);
  // What looks like a mark already came from outside.
  const keys = Object.keys(value);
  if (!Array.isArray(value) && keys.some((key) => key.startsWith('$'))) return { $o: Object.entries(value) };
  return undefined;
}

function markedArray(array: TypedArray): unknown {
  const name = array instanceof Uint8Array ? 'Uint8Array' : array.constructor.name;
  if (!isArrayName(name)) throw new TypeError(`a message can't hold a ${name}`);
  return {
    $a: name,
    bytes: Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64'),
  };
}

function isArrayName(name: unknown): name is ArrayName {
  return typeof name === 'string' && Object.hasOwn(ARRAYS, name);
}

function unmarked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { $n, $m, $s, $o, $a, bytes } = value as Record<string, unknown>;
  if ($n !== undefined) return Number($n);
  if ($m !== undefined) return new Map($m as [unknown, unknown][]);
  if ($s !== undefined) return new Set($s as unknown[]);
  if ($o !== undefined) return Object.fromEntries($o as [string, unknown][]);
  if (isArrayName($a)) return arrayOf($a, String(bytes));
  return value;
}

function arrayOf(name: ArrayName, base64: string): TypedArray {
  const bytes = Buffer.from(base64, 'base64');
  // A buffer of its own: elements of several bytes must lie on multiples of their size.
  const own = new Uint8Array(bytes).buffer;
  return new ARRAYS[name](own);
}
