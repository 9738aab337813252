/**
 * The value that an object itself has under a key that came from outside. A plain `object[key]` also finds what every
 * object inherits: `constructor` is a function there.
 * @returns undefined where the object has no such key of its own
 */
export function own<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
