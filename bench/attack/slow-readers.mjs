// Readers that do not read: each subscribes to everything large, and publishes it.
import { attackModule, author } from '../attack-client.mjs';

const CONTENT_LENGTH = 200_000;

export default attackModule({
  name: 'slow-readers',
  isCheap: false,
  told: 'connections that read nothing of ephemeral events of 200 kB',
  reads: false,
  begin: ({ send }) => {
    for (let i = 0; i < 20; i++) send(['REQ', `s${i}`, { kinds: [20_001], limit: 0 }]);
    const { event } = author();
    let next = 0;
    return () => {
      next++;
      if (next % 100 === 1)
        send(['EVENT', event({ kind: 20_001, content: `${next} ${'x'.repeat(CONTENT_LENGTH)}` })]);
    };
  },
});
