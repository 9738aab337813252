import { own } from '../base/own.ts';
import { ACCOUNTS } from '../metric/accounts.ts';
import { COUNTER_MAP_NAMES, counterMapDefinition } from '../metric/counter-maps.ts';
import { COUNTER_NAMES, counterDefinition } from '../metric/counters.ts';
import { wordSamples } from '../metric/exposed.ts';
import { RATIO_NAMES, ratioDefinition } from '../metric/ratios.ts';
import type { RunRecord } from '../record/schema.ts';
import { counter, type Family, gauge } from './family.ts';

/** All counters of the catalogue, those of several words by word. */
export function counterFamilies({ counters }: RunRecord): Family[] {
  const plain = COUNTER_NAMES.map((name) =>
    counter({ name, help: counterDefinition(name).description }, [{ labels: {}, value: counters[name] }]),
  );
  const maps = COUNTER_MAP_NAMES.map((name) => {
    const { label, description } = counterMapDefinition(name);
    return counter({ name, help: description }, wordSamples(label, counters[name]));
  });
  return [...plain, ...maps];
}

/** What was due and what of it ended well, by sort of operation. */
export function operationFamilies({ counters, load }: RunRecord, isOver: boolean): Family[] {
  // While it goes on the record has what is offered in all, of which most is not due yet.
  const offered = ACCOUNTS.map(({ noun, sent, unsent, dropped }) => ({
    labels: { operation: noun },
    value: isOver ? load.offered[noun] : counters[sent] + counters[unsent] + counters[dropped],
  }));
  const achieved = ACCOUNTS.map(({ noun }) => ({
    labels: { operation: noun },
    value: load.achieved[noun],
  }));
  return [
    counter({ name: 'operations_offered', help: 'operations that were due in the measured phases' }, offered),
    counter(
      { name: 'operations_achieved', help: 'operations of the measured phases that ended well, in time' },
      achieved,
    ),
  ];
}

/** Ratios of the run so far; what only its end tells comes at its end. */
export function ratioFamilies({ ratios }: RunRecord, isOver: boolean): Family[] {
  return RATIO_NAMES.filter((name) => isOver || ratioDefinition(name).of !== null).map((name) =>
    gauge({ name, help: ratioDefinition(name).description }, [{ value: own(ratios, name) ?? null }]),
  );
}
