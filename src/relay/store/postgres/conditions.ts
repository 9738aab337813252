/** Collects the conditions of a statement and the values that they refer to. */
export class Conditions {
  readonly values: unknown[] = [];

  /** The placeholder of a value. */
  value(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }

  /** `column = value`, or `column = any (values)` where there are several: each has a plan of its own. */
  oneOf(column: string, values: readonly unknown[], type: string): string {
    const distinct = [...new Set(values)];
    if (distinct.length === 1) return `${column} = ${this.value(distinct[0], type)}`;
    return `${column} = any (${this.value(distinct, `${type}[]`)})`;
  }
}
