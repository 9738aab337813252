import { type Document, isAlias, isCollection, isMap, isNode, isScalar, type LineCounter } from 'yaml';

export type Path = readonly PropertyKey[];
type Position = { readonly line: number; readonly column: number };

/** Where in the text the value at a path stands; the nearest enclosing one where there is no such value. */
export class Positions {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  /** The value at `path`. */
  ofValue(path: Path): Position {
    let offset = offsetOf(this.#document.contents) ?? 0;
    let node: unknown = this.#document.contents;
    for (const step of path) {
      node = this.#child(node, step);
      if (node === undefined) break;
      offset = offsetOf(node) ?? offset;
    }
    return this.#at(offset);
  }

  /** The key `key` of the map at `path`. */
  ofKey(path: Path, key: string): Position {
    let node: unknown = this.#document.contents;
    for (const step of path) node = this.#child(node, step);
    const map = this.#resolved(node);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    const offset = offsetOf(pair?.key);
    return offset === null ? this.ofValue(path) : this.#at(offset);
  }

  /** An offset in characters, as the YAML parser reports its errors. */
  ofOffset(offset: number): Position {
    return this.#at(offset);
  }

  #child(node: unknown, step: PropertyKey): unknown {
    const collection = this.#resolved(node);
    return isCollection(collection) ? collection.get(step, true) : undefined;
  }

  #resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  #at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function offsetOf(node: unknown): number | null {
  return isNode(node) && node.range ? node.range[0] : null;
}
