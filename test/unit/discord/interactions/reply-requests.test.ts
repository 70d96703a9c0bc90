/** The exact requests that a reply by an interaction’s token sends to Discord. */
import { ComponentType, REST, type APIMessageTopLevelComponent } from 'discord.js';
import { expect, test } from 'vitest';

import {
  deleteReply,
  editReply,
  fetchReply,
  sendFollowUp,
} from '#src/discord/interactions/reply-requests.ts';

const path = '/webhooks/7/secret/messages/@original';
const components: APIMessageTopLevelComponent[] = [
  { type: ComponentType.TextDisplay, content: 'x' },
];
const file = { name: 'report.png', data: Buffer.from('png') };
const other = { name: 'ledger.csv', data: Buffer.from('csv') };
interface Sent {
  readonly method: string | undefined;
  readonly path: string;
  readonly body: unknown;
  readonly files: readonly string[];
}

/** An interaction whose requests are recorded instead of sent. */
function anInteraction(answer: object = {}) {
  const sent: Sent[] = [];
  const rest = new REST({
    retries: 0,
    async makeRequest(url, { method, body }) {
      const path = decodeURIComponent(new URL(url).pathname).replace('/api/v10', '');
      sent.push({ method, path, ...read(body) });
      return Response.json(answer);
    },
  });
  return { sent, interaction: { applicationId: '7', token: 'secret', client: { rest } } };
}

function read(body: unknown): Pick<Sent, 'body' | 'files'> {
  if (typeof body === 'string') return { body: JSON.parse(body), files: [] };
  if (!(body instanceof FormData)) return { body: undefined, files: [] };
  const payload = body.get('payload_json');
  const files = [...body].flatMap(([, value]) => (typeof value === 'string' ? [] : [value.name]));
  return { body: typeof payload === 'string' ? JSON.parse(payload) : undefined, files };
}

test('an edit without files keeps the existing ones and pings nobody', async () => {
  const { sent, interaction } = anInteraction();
  await editReply(interaction, { components, flags: 32_768 });

  const body = { components, flags: 32_768, allowed_mentions: { parse: [] } };
  expect(sent).toEqual([{ method: 'PATCH', path, body, files: [] }]);
});

test('a follow-up names each of its files, in order', async () => {
  const { sent, interaction } = anInteraction();
  await sendFollowUp(interaction, { components, flags: 64, files: [file, other] });

  expect(sent).toEqual([
    {
      method: 'POST',
      path: '/webhooks/7/secret',
      files: ['report.png', 'ledger.csv'],
      body: {
        components,
        flags: 64,
        allowed_mentions: { parse: [] },
        attachments: [
          { id: '0', filename: 'report.png' },
          { id: '1', filename: 'ledger.csv' },
        ],
      },
    },
  ]);
});

test('a reply is read and deleted with the interaction’s token, not the bot’s', async () => {
  const { sent, interaction } = anInteraction({ id: '500', flags: 'none', content: 'x' });

  expect(await fetchReply(interaction)).toMatchObject({ id: '500', flags: undefined });
  await deleteReply(interaction);
  expect(sent).toEqual([
    { method: 'GET', path, body: undefined, files: [] },
    { method: 'DELETE', path, body: undefined, files: [] },
  ]);
});

test('an answer without an id is not a reply', async () => {
  await expect(fetchReply(anInteraction({ flags: 64 }).interaction)).rejects.toThrow('id');
});
