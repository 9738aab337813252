import * as z from 'zod';
import { COUNTER_MAP_NAMES, counterMapDefinition } from '../metric/counter-maps.ts';
import { COUNTER_NAMES, counterDefinition } from '../metric/counters.ts';

const whole = z.int().min(0);
const counterMap = z.record(z.string(), whole);
/** Records of before a counter was added have none of it: nothing of the sort was counted. */
const plainCounters = COUNTER_NAMES.map((name) => [
  name,
  counterDefinition(name).since === undefined ? whole : whole.default(0),
]);
const counterMaps = COUNTER_MAP_NAMES.map((name) => [
  name,
  counterMapDefinition(name).since === undefined ? counterMap : counterMap.default({}),
]);
/** All counters of the catalogue. */
export const counters = z.strictObject({
  ...(Object.fromEntries(plainCounters) as Record<(typeof COUNTER_NAMES)[number], typeof whole>),
  ...(Object.fromEntries(counterMaps) as Record<(typeof COUNTER_MAP_NAMES)[number], typeof counterMap>),
});
