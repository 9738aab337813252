/** The tags of an event as JSON, written while they are thought of. */
export class Tags {
  #text = '';
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The JSON of all tags. */
  get json(): string {
    return `[${this.#text}]`;
  }

  /** Adds a tag of a name and a value; the value holds nothing that JSON escapes, or is escaped already. */
  add(name: string, value: string): this {
    return this.#put(`["${name}","${value}"]`);
  }

  /** Adds a tag of a name and any number of values. */
  addAll(name: string, values: readonly string[]): this {
    return values.length === 0 ? this.#put(`["${name}"]`) : this.#put(`["${name}","${values.join('","')}"]`);
  }

  #put(json: string): this {
    this.#text += this.#count === 0 ? json : `,${json}`;
    this.#count++;
    return this;
  }
}
