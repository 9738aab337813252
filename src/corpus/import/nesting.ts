const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What a byte outside of strings does to the depth. */
const STEP = new Int8Array(256);
for (const opening of '[{') STEP[opening.charCodeAt(0)] = 1;
for (const closing of ']}') STEP[closing.charCodeAt(0)] = -1;

/** Whether brackets outside of strings are nested deeper than `limit`; of JSON and of anything else. */
export function isNestedDeeper(json: Uint8Array, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] as number;
    if (byte === BACKSLASH) at++;
    else if (byte === QUOTE) inString = !inString;
    else if (!inString) depth += STEP[byte] as number;
    if (depth > limit) return true;
  }
  return false;
}
