import type { InvalidClientMessage } from '../../nostr/client-message.ts';
import type { RelayLimits } from './limits.ts';

/** Shorter messages are parsed before anybody counts. */
const LONG_CHARACTERS = 64 * 1_024;
/** More than the commas between the fields of all filters, and between filters. */
const OTHER_COMMAS = 4_096;

/** The subscription of a request, at most as long as one may be; escapes are left to who parses. */
const HEAD = /^\s*\[\s*"(?:REQ|COUNT)"\s*,\s*"([^"\\]{1,64})"/;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];

/**
 * Says that a long request has too many values before it is parsed: to count its commas costs a tenth of that, and somebody
 * who sends such requests sends many. Whatever is not certain is left to who parses.
 * @returns null where it may be fine
 */
export function longRequestProblem(text: string, limits: RelayLimits): InvalidClientMessage | null {
  if (text.length < LONG_CHARACTERS) return null;
  const [, subscriptionId] = HEAD.exec(text) ?? [];
  const most = limits.maxRequestValues + OTHER_COMMAS;
  if (subscriptionId === undefined || !hasMoreCommas(text, most)) return null;
  const problem = `more than ${limits.maxRequestValues} values in all filters`;
  return { type: 'INVALID', problem, subscriptionId };
}

/** Whether more than so many commas stand outside of strings. */
function hasMoreCommas(text: string, most: number): boolean {
  let commas = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInString = !isInString;
    else if (isInString && code === BACKSLASH) at++;
    else if (!isInString && code === COMMA && ++commas > most) return true;
  }
  return false;
}
