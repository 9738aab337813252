// Messages that are no text of the protocol, each of which would be answered with a NOTICE.
import { attackModule } from '../attack-client.mjs';

const AT_ONCE = 1_000;

export default attackModule({
  name: 'notices',
  told: 'floods of []',
  begin:
    ({ send }) =>
    () => {
      for (let i = 0; i < AT_ONCE; i++) send('[]');
    },
});
