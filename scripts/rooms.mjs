// The rooms of src/, from the one list of them in rooms.json: the layer rules of dependency-cruiser, the table of
// docs/architecture.md, and what is wrong with the list itself. The list goes from the ground up, and a room may
// import from rooms below it alone, types included: so no arrow can go back.

import { readFileSync } from 'node:fs';

/** @typedef {import('./rooms.d.mts').Room} Room */

/** @type {readonly Room[]} */
export const ROOMS = JSON.parse(readFileSync(new URL('rooms.json', import.meta.url), 'utf8'));

/**
 * What is wrong with a list of rooms, one sentence each.
 * @param {readonly Room[]} rooms
 * @param {readonly string[]} folders that exist in src/
 */
export function roomProblems(rooms, folders) {
  const names = rooms.map(({ name }) => name);
  const missing = folders.filter((folder) => !names.includes(folder));
  const absent = names.filter((name) => !folders.includes(name));
  return [
    ...missing.map((folder) => `src/${folder} is no room of scripts/rooms.json`),
    ...absent.map((name) => `there is no src/${name}`),
    ...rooms.flatMap(({ name, imports, types = [] }, floor) =>
      [...imports, ...types]
        .filter((other) => !names.slice(0, floor).includes(other))
        .map((other) => `${name} may not import from ${other}: it stands above it or nowhere`),
    ),
  ];
}

/**
 * The rules of dependency-cruiser: one a room and kind, so that the message says which of the two was broken.
 * @param {readonly Room[]} rooms
 */
export function roomRules(rooms) {
  return [...rooms.flatMap((room) => rulesOf(room, rooms)), pureRule(rooms)];
}

/**
 * Paths of a room: its folder, and files of other folders that belong to it; without those of its own that belong to others.
 * @param {Room} room
 * @param {readonly Room[]} rooms
 */
function pathOf({ name, also = [] }, rooms) {
  const foreign = rooms.filter((other) => other.name !== name).flatMap((other) => other.also ?? []);
  const own = [`${name}/`, ...also].join('|');
  return foreign.length === 0 ? `^src/(?:${own})` : `^src/(?!(?:${foreign.join('|')}))(?:${own})`;
}

/**
 * @param {Room} room
 * @param {readonly Room[]} rooms
 */
function rulesOf(room, rooms) {
  const { name, imports, types = [], reason } = room;
  const pathsOf = (names) =>
    rooms.filter((each) => names.includes(each.name)).map((each) => pathOf(each, rooms));
  const rule = { comment: reason, severity: 'error', from: { path: pathOf(room, rooms) } };
  const rules = [
    {
      ...rule,
      name: `${name}-imports-only-its-floor`,
      to: { path: '^src/', pathNot: pathsOf([name, ...imports, ...types]) },
    },
  ];
  if (types.length > 0)
    rules.push({
      ...rule,
      name: `${name}-takes-only-types-from-${types.join('-and-')}`,
      to: { path: pathsOf(types), dependencyTypesNot: ['type-only'] },
    });
  return rules;
}

/** @param {readonly Room[]} rooms */
function pureRule(rooms) {
  const pure = rooms.filter((room) => room.pure === true).map((room) => pathOf(room, rooms));
  return {
    name: 'pure-rooms-do-no-io',
    comment: 'Plans, metrics and verdicts are functions of their arguments.',
    severity: 'error',
    from: { path: pure },
    // A hash is a function like any other.
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
  };
}

const TABLE_HEAD = '| layer | owns | may import |\n|---|---|---|\n';
const TABLE = /\| layer \| owns \| may import \|\n\|[-|]+\|\n(?:\|.*\n)*/;

/**
 * The table for docs/architecture.md.
 * @param {readonly Room[]} rooms
 */
export function roomTable(rooms) {
  const rows = rooms.map(
    (room) =>
      `| ${placesOf(room)} | ${room.owns}${room.pure === true ? '; pure' : ''} | ${importsText(room)} |\n`,
  );
  return TABLE_HEAD + rows.join('');
}

/** @param {Room} room */
function placesOf({ name, also = [] }) {
  const files = also.map(
    (pattern) => `\`${pattern.replace('[^/]+', '*').replaceAll('\\', '').replace('$', '')}\``,
  );
  return [`\`${name}\``, ...files].join(', ');
}

/** @param {Room} room */
function importsText({ imports, types = [] }) {
  const all = imports.length === 0 ? 'nothing' : imports.join(', ');
  return types.length === 0 ? all : `${all}, and types of ${types.join(', ')}`;
}

/**
 * The page with its table of rooms made anew.
 * @param {string} page
 * @param {readonly Room[]} rooms
 */
export function withRoomTable(page, rooms) {
  if (!TABLE.test(page)) throw new Error('docs/architecture.md has no table of layers');
  return page.replace(TABLE, () => roomTable(rooms));
}
