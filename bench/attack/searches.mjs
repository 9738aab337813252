// Searches of what is stored, asked faster than they are answered, by clients that leave without waiting.
import { attackModule } from '../attack-client.mjs';
import { fill } from './counts.mjs';

export default attackModule({
  name: 'searches',
  isCheap: false,
  told: 'searches of all events, closed before they are answered',
  prepare: fill,
  begin: ({ send, socket }) => {
    let next = 0;
    return () => {
      for (let i = 0; i < 5; i++) send(['REQ', `s${next++ % 150}`, { search: `fox ${next}` }]);
      if (next > 400) socket.terminate();
    };
  },
});
