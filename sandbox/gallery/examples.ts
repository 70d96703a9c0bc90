/** An example: what the bot would send, and when. */
import { MessageFlags, MessageType, type APIMessage } from 'discord-api-types/v10';

import type { MessageBody } from '../../src/discord/messages/job-message.ts';
import type { Job } from '../../src/jobs/record/job.ts';
import { EXAMPLE_IDS } from './example-job.ts';
import type { GalleryEntry, GalleryGroup } from './protocol.ts';

export interface Example {
  readonly title: string;
  readonly isForThemAlone?: boolean | undefined;
  readonly body: Pick<MessageBody, 'components'>;
  /** The record that the message was rendered from. */
  readonly job?: Job | undefined;
}

export interface ExampleGroup {
  readonly id: string;
  readonly title: string;
  readonly examples: readonly Example[];
}

/** The file of every example of a finished video. */
export const EXAMPLE_VIDEO = 'boat.mp4';
export const EXAMPLE_VIDEO_PATH = `files/${EXAMPLE_VIDEO}`;
const SENT_VIDEO = JSON.stringify({ url: `attachment://${EXAMPLE_VIDEO}` });
const SHOWN_VIDEO = JSON.stringify({ url: EXAMPLE_VIDEO_PATH, content_type: 'video/mp4' });

export function groupOf({ id, title, examples }: ExampleGroup): GalleryGroup {
  return { id, title, entries: examples.map(entryOf) };
}

function entryOf(example: Example): GalleryEntry {
  const { title, isForThemAlone = false } = example;
  return { title, isForThemAlone, message: messageOf(example) };
}

/** Returns the message as Discord’s API would return it, with its file next to the page. */
function messageOf({ body, isForThemAlone = false }: Example): Omit<APIMessage, 'components'> & {
  readonly components: unknown;
} {
  const whose = isForThemAlone ? MessageFlags.Ephemeral : 0;
  return {
    id: EXAMPLE_IDS.message,
    channel_id: EXAMPLE_IDS.channel,
    author: {
      id: '1',
      username: 'seedance',
      discriminator: '0',
      global_name: null,
      avatar: null,
      bot: true,
    },
    content: '',
    timestamp: new Date(0).toISOString(),
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    attachments: [],
    embeds: [],
    pinned: false,
    type: MessageType.Default,
    flags: MessageFlags.IsComponentsV2 | whose,
    components: JSON.parse(JSON.stringify(body.components).replaceAll(SENT_VIDEO, SHOWN_VIDEO)),
  };
}
