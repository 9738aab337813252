import type { Io, TextStream } from './io.ts';

/**
 * Whether text on `stream` is coloured. Precedence: the flag, then NO_COLOR (https://no-color.org, any non-empty
 * value), then FORCE_COLOR (non-empty and not `0`/`false`), then whether the stream is a terminal that knows
 * colours.
 * @param flag `true` for `--color`, `false` for `--no-color`, undefined without either
 */
export function wantsColour(flag: boolean | undefined, env: Io['env'], stream: TextStream): boolean {
  if (flag !== undefined) return flag;
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
