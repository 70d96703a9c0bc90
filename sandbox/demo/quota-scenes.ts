/** `npm run demo -- quotas`: a moderator sets a limit, a member reaches it, and the reports show everything. */
import type { Scene } from './scenes.ts';
import type { Stage } from './stage.ts';

const LIMIT = 42;
const GRANT = 40;
/** The price of five seconds of 2.0-mini. */
const SPENT = 39;

const asMia = (stage: Stage): Stage => stage.as(stage.cast.mia);

export const QUOTA_SCENES: readonly Scene[] = [
  {
    title: `A moderator limits a role to ${LIMIT} credits a day`,
    play: async (stage) =>
      asMia(stage).asks(
        'quota role',
        { role: stage.cast.extras, credits: LIMIT, per: 'day', at_once: 2 },
        ['Before: no limits set', `Now: ${LIMIT} credits a day · 2 at once`],
      ),
  },
  {
    title: 'A member with that role makes a video',
    play: async (stage) =>
      stage.makes('1-within-the-limit', {
        prompt: 'A paper boat drifts across a quiet bay at dawn',
      }),
  },
  {
    title: 'The next one exceeds the limit of the role',
    play: async (stage) =>
      stage.isRefused(
        { prompt: 'The boat reaches the open sea' },
        `your limit is ${LIMIT} credits a day (the role`,
      ),
  },
  {
    title: 'Why not? The member checks their credits',
    play: async (stage) =>
      stage.asks('credits', {}, [`${LIMIT - SPENT} credits left of ${LIMIT} today`]),
  },
  {
    title: 'The moderator grants more',
    play: async (stage) =>
      asMia(stage).asks(
        'quota grant',
        { user: stage.cast.alice.id, amount: GRANT, note: 'For the harbour festival' },
        [`Before: ${LIMIT - SPENT} credits left`, `Now: ${LIMIT + GRANT - SPENT} credits left`],
      ),
  },
  {
    title: 'Now it is made',
    play: async (stage) =>
      stage.makes('2-after-the-grant', {
        prompt: 'The boat reaches the open sea',
        model: '1.0-pro-fast',
      }),
  },
  {
    title: 'Where did it go? The report, with its chart',
    play: async (stage) =>
      asMia(stage).asks('quota report', { period: 'this_month' }, ['By member', 'By model']),
  },
  {
    title: 'Every step is in the log',
    play: async (stage) =>
      asMia(stage).asks('quota log', {}, [
        `${GRANT} credits granted`,
        'For the harbour festival',
        `no limits set → ${LIMIT} credits a day`,
      ]),
  },
  {
    title: 'And every credit in a file',
    play: async (stage) => asMia(stage).asks('quota export', {}, ['Ledger from']),
  },
];
