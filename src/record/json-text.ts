import { INVISIBLE } from './invisible.ts';

/**
 * Indented JSON with a line end. Characters that act on a terminal are written as `\uXXXX`, which means the same in
 * JSON, so that a file with relay-supplied text can be shown as it is.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replace(INVISIBLE, (found) => (found === '\n' ? found : jsonEscape(found)))}\n`;
}

function jsonEscape(character: string): string {
  const units = [...Array(character.length).keys()].map((at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
