/**
 * The value of a JSON text from outside, or undefined (which no JSON text means) where it is not JSON.
 * V8 parses without recursion, so nesting is harmless here; whoever reads the value must not recurse.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
