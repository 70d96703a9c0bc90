/**
 * Which of Discord’s routes are implemented, and how far. A test compares this list with the routes
 * that are served, so that the list stays true.
 */
import type { RouteName } from './rest/router.ts';

export interface CoveredRoute {
  readonly route: RouteName;
  readonly extent: 'full' | 'partial';
  /** What is missing, for a partial one. */
  readonly missing?: string;
}

export const COVERED_ROUTES: readonly CoveredRoute[] = [
  {
    route: 'GET /gateway/bot',
    extent: 'partial',
    missing: 'always one shard; starting sessions is not counted',
  },
  { route: 'GET /users/@me', extent: 'full' },
  { route: 'GET /applications/@me', extent: 'full' },
  {
    route: 'GET /channels/:channel',
    extent: 'partial',
    missing: 'no threads, no group direct messages',
  },
  { route: 'GET /guilds/:guild', extent: 'partial', missing: 'with_counts' },
  { route: 'DELETE /users/@me/guilds/:guild', extent: 'full' },
  {
    route: 'POST /users/@me/channels',
    extent: 'partial',
    missing: 'group direct messages; the unpublished limit on opening many',
  },
  {
    route: 'PUT /applications/:app/commands',
    extent: 'partial',
    missing: 'the 200 creations a day; localised texts do not count for the size',
  },
  { route: 'GET /applications/:app/commands', extent: 'full' },
  {
    route: 'PUT /applications/:app/guilds/:guild/commands',
    extent: 'partial',
    missing: 'as for the global list',
  },
  { route: 'GET /applications/:app/guilds/:guild/commands', extent: 'full' },
  {
    route: 'POST /interactions/:interaction/:token/callback',
    extent: 'partial',
    missing: 'activities and premium upsells; the rules of select menus in messages',
  },
  {
    route: 'POST /webhooks/:app/:token',
    extent: 'partial',
    missing: 'the five follow-ups of user-installed applications; polls and voice messages',
  },
  { route: 'GET /webhooks/:app/:token/messages/@original', extent: 'full' },
  { route: 'PATCH /webhooks/:app/:token/messages/@original', extent: 'full' },
  { route: 'DELETE /webhooks/:app/:token/messages/@original', extent: 'full' },
  { route: 'GET /webhooks/:app/:token/messages/:message', extent: 'full' },
  { route: 'PATCH /webhooks/:app/:token/messages/:message', extent: 'full' },
  { route: 'DELETE /webhooks/:app/:token/messages/:message', extent: 'full' },
  {
    route: 'POST /channels/:channel/messages',
    extent: 'partial',
    missing: 'polls, stickers, forwards by the bot, files named in embeds, slow mode, threads',
  },
  { route: 'GET /channels/:channel/messages', extent: 'full' },
  { route: 'GET /channels/:channel/messages/:message', extent: 'full' },
  { route: 'PATCH /channels/:channel/messages/:message', extent: 'full' },
  { route: 'DELETE /channels/:channel/messages/:message', extent: 'full' },
  {
    route: 'GET /attachments/:channel/:file/:name',
    extent: 'partial',
    missing: 'byte ranges and the resizing of the media proxy',
  },
  {
    route: 'GET /ephemeral-attachments/:channel/:file/:name',
    extent: 'partial',
    missing: 'as above; people’s uploads are never removed while the sandbox runs',
  },
  {
    route: 'GET /external/:key/:address*',
    extent: 'partial',
    missing: 'the resizing of the media proxy; only pictures of embeds are served here',
  },
];

/** Gateway operations that the sandbox accepts from a bot; any other closes with 4001. */
export const COVERED_OPERATIONS = [
  { op: 1, name: 'heartbeat' },
  { op: 2, name: 'identify' },
  { op: 3, name: 'presence update, accepted and ignored' },
  { op: 6, name: 'resume' },
] as const;

/** What people can do with a bot here, by Discord’s type of interaction, and what is not implemented. */
export const COVERED_INTERACTIONS = [
  { type: 2, does: 'runs slash commands and message commands', missing: 'user commands' },
  { type: 3, does: 'clicks buttons', missing: 'select menus in messages' },
  { type: 4, does: 'types into autocompleted options', missing: 'in direct messages' },
  { type: 5, does: 'submits forms with every kind of field', missing: undefined },
] as const;
