/** The clock and the cores of a machine. */
export class Machine {
  constructor(cores: number);
  readonly now_us: number;
  at(time_us: number, action: () => void): void;
  run(work_us: number, action: () => void): void;
  until(end_us: number): void;
}

/** A program or a thread: jobs wait in line. */
export class Station {
  constructor(machine: Machine, servers?: number);
  readonly done_us: number;
  submit(work_us: number, action: () => void): void;
}

/** Takes what has come while the batch before was on its way, all together. */
export class Batches<Item> {
  constructor(carryOut: (items: readonly Item[], done: () => void) => void, most?: number);
  add(item: Item): void;
}

export function exponential_us(perSecond: number, random: () => number): number;
