/** The number that a gate is about, in its base unit (µs, 0..1, 1/s), or why there is none. */
export type Reading = { readonly value: number } | { readonly reason: string };
