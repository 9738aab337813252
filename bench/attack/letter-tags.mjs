// Filters with a condition on every letter, and with as many as are allowed.
import { attackModule, author, publishAll } from '../attack-client.mjs';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const EVENTS = 1_000;
const tagValue = (letter) => ('ep'.includes(letter) ? 'f'.repeat(64) : 'x');

export default attackModule({
  name: 'letter-tags',
  isCheap: false,
  told: 'REQ with conditions on 26 letters, and on 10',
  prepare: async (url) => {
    const { event } = author();
    const tags = LETTERS.map((letter) => [letter, tagValue(letter)]);
    await publishAll(
      url,
      Array.from({ length: EVENTS }, (_, i) => event({ kind: 1_113, tags, content: `${i}` })),
    );
  },
  begin: ({ send }) => {
    const filterOf = (letters) =>
      Object.fromEntries(letters.map((letter) => [`#${letter}`, [tagValue(letter), 'y'.repeat(64)]]));
    const plain = (letters) => {
      const filter = filterOf(letters);
      for (const letter of ['e', 'p']) if (filter[`#${letter}`]) filter[`#${letter}`] = [tagValue(letter)];
      return filter;
    };
    const filters = [plain(LETTERS), plain(LETTERS.slice(0, 10))];
    let next = 0;
    return () => {
      for (const filter of filters) send(['REQ', `s${next++ % 150}`, { ...filter, since: next }]);
    };
  },
});
