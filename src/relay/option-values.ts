import { RelayBenchError } from '../base/errors.ts';
import { own } from '../base/own.ts';

/** Flags of the command line as they were given. */
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** The error about a flag that makes no sense. */
export function invalid(message: string, hint: string): RelayBenchError {
  return new RelayBenchError(message, { code: 'RELAY_OPTION_INVALID', hint });
}

/** The values of a flag that may be given more than once. */
export function listOf(values: Values, flag: string): string[] {
  const value = own(values, flag);
  return Array.isArray(value) ? value.map(String) : [];
}
